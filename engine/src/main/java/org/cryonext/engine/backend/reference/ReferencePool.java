package org.cryonext.engine.backend.reference;

/** {@link org.cryonext.engine.op.GlobalAveragePool} and its gradient. */
final class ReferencePool {
    private ReferencePool() {}

    static void forward(ReferenceBlock x, ReferenceBlock y) {
        int channels = x.channels();
        int positions = x.rows() / x.dim(0);
        for (int sample = 0; sample < x.dim(0); sample++) {
            for (int c = 0; c < channels; c++) {
                double sum = 0;
                for (int p = 0; p < positions; p++) {
                    sum += x.get((sample * positions + p) * channels + c);
                }
                y.set(sample * channels + c, sum / positions);
            }
        }
    }

    static void gradient(ReferenceBlock dy, ReferenceBlock dx) {
        int channels = dx.channels();
        int positions = dx.rows() / dx.dim(0);
        for (int i = 0; i < dx.size(); i++) {
            int sample = i / channels / positions;
            dx.set(i, dy.get(sample * channels + i % channels) / positions);
        }
    }
}
