package org.cryonext.cryoet.network;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.triplet.GreyRange;
import org.cryonext.cryoet.triplet.ImageRecipe;
import org.cryonext.cryoet.triplet.Normalisation;
import org.cryonext.cryoet.triplet.SliceCutter;
import org.cryonext.cryoet.volume.RescaledVolume;
import org.cryonext.cryoet.volume.Volume;
import org.cryonext.engine.backend.MemoryException;
import org.cryonext.engine.backend.SliceImages;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.tensor.TensorType;

/**
 * Makes the images of particles on the card that holds their tomogram, where a card can and it saves something; they have the
 * bits of {@link LoadedImages}.
 */
final class CardImages {
    /** Java's longest array, or nearly. */
    private static final long MOST_VOXELS_OF_A_SLICE = Integer.MAX_VALUE - 8L;

    private final SliceImages images;
    private final boolean scaled;
    private final long bytesOfShot;
    private final int batch;

    private CardImages(SliceImages images, boolean scaled, long bytesOfShot, int batch) {
        this.images = images;
        this.scaled = scaled;
        this.bytesOfShot = bytesOfShot;
        this.batch = batch;
    }

    /** Why a card cannot make what a network reads, a clause; empty if it can. */
    static Optional<String> refusal(NetworkInput input) {
        return input.profile() != null
                ? Optional.of("the network reads profiles beside the images")
                : ImageRecipe.refusal(input.views(), input.crop());
    }

    /**
     * Those of a network; empty where they are made here.
     *
     * @param program has the input {@code x}, the images of a batch
     */
    static Optional<CardImages> of(NetworkInput input, Program program, int batch) {
        if (refusal(input).isPresent()) {
            return Optional.empty();
        }
        SliceImages.Recipe recipe = ImageRecipe.of(input.views(), input.viewsAnImage(), input.preprocess());
        TensorType x = program.plan().graph().inputs().get("x").type();
        boolean scaled = input.views().stream().anyMatch(view -> view.normalisation() == Normalisation.TOMOGRAM);
        return program.sliceImages("x", recipe).map(images -> new CardImages(images, scaled, x.bytes() / batch, batch));
    }

    /**
     * Brings a volume onto the card, if it has room for it and fewer bytes travel so than the images would be.
     *
     * @param shots particles that are to be looked at, each mirroring by itself
     */
    boolean take(SliceCutter cutter, int shots) {
        Volume volume = cutter.volume();
        int nx = volume.nx();
        int ny = volume.ny();
        int nz = volume.nz();
        // One that is rescaled is computed where it is read, and all of it may be much.
        if (volume instanceof RescaledVolume
                || (long) nx * ny > MOST_VOXELS_OF_A_SLICE
                || SliceImages.bytes(nx, ny, nz) >= shots * bytesOfShot
                || !images.fits(nx, ny, nz)) {
            return false;
        }
        try {
            GreyRange range = scaled ? cutter.range() : new GreyRange(0, 0);
            images.begin(nx, ny, nz, range.low(), range.high());
            float[] slice = new float[nx * ny];
            for (int z = 0; z < nz; z++) {
                volume.readSlice(z, slice);
                images.slice(z, slice);
            }
            return true;
        } catch (InputException e) {
            // A voxel is no number. If a particle needs it, whoever reads only what particles need says so.
            return false;
        } catch (MemoryException e) {
            // Somebody else was faster.
            return false;
        }
    }

    /** The images of particles of the volume that was taken. */
    ImageFeed feed(SliceCutter cutter, List<Particle> particles, Mirrors mirrors) {
        int each = mirrors.count();
        int shots = particles.size() * each;
        return first -> images.make(IntStream.range(first, Math.min(first + batch, shots))
                .mapToObj(shot -> cutter.position(particles.get(shot / each), mirrors.axes(shot % each)))
                .toList());
    }
}
