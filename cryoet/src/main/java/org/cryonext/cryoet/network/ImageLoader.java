package org.cryonext.cryoet.network;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.triplet.Preprocess;
import org.cryonext.engine.tensor.Tensor;

/**
 * Makes the images of batches on a thread of its own, a batch ahead of the network: call {@link #request} for the next
 * batch, run the network on the present one, then {@link #take}.
 */
public final class ImageLoader implements AutoCloseable {
    /** One is in the network's hands while the other is filled. */
    private static final int BUFFERS = 2;

    /** Memory for a batch: its images, and what stands beside their features. */
    private record Buffer(float[] images, float[] profiles) {}

    /**
     * A batch.
     *
     * @param images [batch * images, H, W, C]
     * @param profiles [batch, numbers]; null where the network reads none
     */
    public record Batch(Tensor images, Tensor profiles) {}

    private final NetworkInput input;
    private final int batch;
    private final Preprocess preprocess;
    private final byte[] slices;
    private final Deque<Buffer> buffers = new ArrayDeque<>();
    private final Deque<Future<Buffer>> pending = new ArrayDeque<>();
    private final ExecutorService worker = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "images");
        thread.setDaemon(true);
        return thread;
    });

    /** @param batch particles of a full batch */
    public ImageLoader(NetworkInput input, int batch) {
        this.input = input;
        this.batch = batch;
        preprocess = input.preprocess();
        slices = new byte[Math.multiplyExact(batch, input.sliceBytes())];
        for (int i = 0; i < BUFFERS; i++) {
            buffers.add(new Buffer(
                    new float[Math.multiplyExact(batch * input.images(), preprocess.floats())],
                    new float[batch * input.profileLength()]));
        }
    }

    /** Bytes that the loader of a batch takes. */
    public static long bytes(NetworkInput input, int batch) {
        long images = (long) batch * input.images();
        return images * BUFFERS * input.imageChannels() * Float.BYTES * input.imageSize() * input.imageSize()
                + (long) batch * input.sliceBytes();
    }

    /**
     * Begins a batch; there may be one that was requested and not yet taken.
     *
     * @param source where the slices come from
     * @param particles their indices; fewer than the batch leave the other images as they were
     */
    public void request(SliceSource source, int[] particles) {
        request(source, ProfileSource.NONE, particles, 1);
    }

    /** As {@link #request(SliceSource, int[])}, for a network that reads profiles. */
    public void request(SliceSource source, ProfileSource profiles, int[] particles) {
        request(source, profiles, particles, 1);
    }

    /**
     * Begins a batch whose particles' images are mixed with those in reverse order.
     *
     * @param share what of a particle's images is its own; 1 for all
     */
    public void request(SliceSource source, int[] particles, double share) {
        request(source, ProfileSource.NONE, particles, share);
    }

    private void request(SliceSource source, ProfileSource profiles, int[] particles, double share) {
        if (particles.length > batch) {
            throw new IllegalArgumentException(particles.length + " particles for a batch of " + batch);
        }
        Buffer buffer = buffers.remove();
        buffers.add(buffer);
        pending.add(worker.submit(() -> fill(source, profiles, particles, share, buffer)));
    }

    private Buffer fill(SliceSource source, ProfileSource profiles, int[] particles, double share, Buffer buffer) {
        int images = input.images();
        int bytes = input.viewsAnImage() * input.crop() * input.crop();
        for (int i = 0; i < particles.length; i++) {
            source.read(particles[i], slices, i * input.sliceBytes());
            for (int k = 0; k < images; k++) {
                int image = i * images + k;
                input.image(preprocess, slices, image * bytes, buffer.images(), image * preprocess.floats());
            }
            profiles.read(particles[i], buffer.profiles(), i * input.profileLength());
        }
        if (share != 1) {
            ReverseMix.mix(buffer.images(), images * preprocess.floats(), particles.length, share);
        }
        return buffer;
    }

    /** The oldest batch that was requested; valid until the next but one request. */
    public Batch take() {
        try {
            Buffer buffer = pending.remove().get();
            Tensor images = Tensor.of(
                    buffer.images(),
                    (long) batch * input.images(),
                    input.imageSize(),
                    input.imageSize(),
                    input.imageChannels());
            return new Batch(
                    images,
                    input.profile() == null ? null : Tensor.of(buffer.profiles(), batch, input.profileLength()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for images");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    @Override
    public void close() {
        worker.shutdownNow();
    }
}
