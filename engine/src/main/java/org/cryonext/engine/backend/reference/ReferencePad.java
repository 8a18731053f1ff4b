package org.cryonext.engine.backend.reference;

import org.cryonext.engine.op.Pad;
import org.cryonext.engine.op.PadMode;

/** {@link Pad}. */
final class ReferencePad {
    private static final int NONE = -1;

    private final ReferenceBlock x;
    private final ReferenceBlock y;
    private final double value;
    /** For each dimension and index of the result the offset it adds in x, or {@link #NONE}. */
    private final int[][] sources;

    private int written;

    private ReferencePad(ReferenceBlock x, ReferenceBlock y, double value, int[][] sources) {
        this.x = x;
        this.y = y;
        this.value = value;
        this.sources = sources;
    }

    static void pad(Pad op, ReferenceBlock x, ReferenceBlock value, ReferenceBlock y) {
        int[] steps = Odometer.steps(x.type().shape());
        int[][] sources = new int[steps.length][];
        for (int d = 0; d < steps.length; d++) {
            int before = Math.toIntExact(op.before().get(d));
            sources[d] = new int[y.dim(d)];
            for (int i = 0; i < sources[d].length; i++) {
                int source = source(op.mode(), i - before, x.dim(d));
                sources[d][i] = source == NONE ? NONE : source * steps[d];
            }
        }
        new ReferencePad(x, y, value == null ? 0 : value.get(0), sources).fill(0, 0);
    }

    /** The index in a dimension that an index inside or outside of it stands for. */
    private static int source(PadMode mode, int index, int extent) {
        if (index >= 0 && index < extent) {
            return index;
        }
        return switch (mode) {
            case CONSTANT -> NONE;
            case EDGE -> Math.clamp(index, 0, extent - 1);
            case WRAP -> Math.floorMod(index, extent);
            case REFLECT -> {
                int period = Math.max(1, 2 * (extent - 1));
                int folded = Math.floorMod(index, period);
                yield Math.min(folded, period - folded);
            }
        };
    }

    private void fill(int dimension, int from) {
        if (dimension == sources.length) {
            y.set(written++, from == NONE ? value : x.get(from));
            return;
        }
        for (int source : sources[dimension]) {
            fill(dimension + 1, from == NONE || source == NONE ? NONE : from + source);
        }
    }
}
