package org.cryonext.cryoet.train;

import org.cryonext.cryoet.network.ImageLoader;
import org.cryonext.cryoet.network.SliceSource;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.tensor.Tensor;

/** Brings images, made a batch ahead on another thread. */
final class ImageFeed implements BatchFeed {
    private final ImageLoader loader;

    ImageFeed(NetworkInput input, int batch) {
        loader = new ImageLoader(input, batch);
    }

    @Override
    public void request(SliceSource slices, int[] samples, double share) {
        loader.request(slices, samples, share);
    }

    @Override
    public void take(Program program) {
        Tensor images = loader.take().images();
        long wanted = program.plan()
                .graph()
                .inputs()
                .get(TrainingGraphs.IMAGES)
                .shape()
                .dim(0);
        program.set(TrainingGraphs.IMAGES, images.slice(0, wanted));
    }

    @Override
    public void close() {
        loader.close();
    }
}
