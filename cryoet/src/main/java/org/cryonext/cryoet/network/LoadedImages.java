package org.cryonext.cryoet.network;

import java.util.stream.IntStream;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.engine.runtime.Program;
import org.cryonext.models.convnext.ConvNext;

/** Images that are made here, on a thread of their own, and sent to the program's device. */
final class LoadedImages implements ImageFeed {
    private final Program program;
    private final SliceSource slices;
    private final ProfileSource profiles;
    private final int batch;
    private final int shots;
    private final ImageLoader loader;

    /** @param shots how many there are in all */
    LoadedImages(
            Program program, NetworkInput input, SliceSource slices, ProfileSource profiles, int batch, int shots) {
        this.program = program;
        this.slices = slices;
        this.profiles = profiles;
        this.batch = batch;
        this.shots = shots;
        loader = new ImageLoader(input, batch);
    }

    @Override
    public void set(int first) {
        if (first == 0) {
            request(0);
        }
        ImageLoader.Batch ready = loader.take();
        program.set("x", ready.images());
        if (ready.profiles() != null) {
            program.set(ConvNext.PROFILE, ready.profiles());
        }
        // While this one travels and is computed.
        if (first + batch < shots) {
            request(first + batch);
        }
    }

    private void request(int first) {
        int[] range = IntStream.range(first, Math.min(first + batch, shots)).toArray();
        loader.request(slices, profiles, range);
    }

    @Override
    public void close() {
        loader.close();
    }
}
