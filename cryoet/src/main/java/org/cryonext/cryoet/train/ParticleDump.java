package org.cryonext.cryoet.train;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.cryonext.cryoet.network.BatchFit;
import org.cryonext.cryoet.run.Channels;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.triplet.Preprocess;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.SafetensorsWriter;
import org.cryonext.engine.tensor.Tensor;

/** Writes what particles look like to the network, for other programs to train on. */
final class ParticleDump {
    private ParticleDump() {}

    /**
     * Writes {@code slices} U8 [N, V, edge, edge], {@code x} F32 [N, I, C, H, W] and {@code labels} I64 [N] of the first
     * particles that the first epoch trains, not turned or flipped.
     *
     * @param count particles asked for; there may be fewer
     */
    static void write(Path file, PreparedRun run, SliceStore slices, int count) {
        NetworkInput input = run.settings().input();
        List<int[]> batches = run.batches().apply(0);
        int[] samples =
                batches.stream().flatMapToInt(IntStream::of).limit(count).toArray();
        int views = input.views().size();
        int images = Math.multiplyExact(samples.length, input.images());
        Preprocess preprocess = input.preprocess();
        long bytes = (long) images * preprocess.floats() * Float.BYTES;
        if (bytes > Runtime.getRuntime().maxMemory() / 3 || bytes / Float.BYTES > Integer.MAX_VALUE - 8) {
            throw new InputException("--dump-particles " + count + " needs " + BatchFit.gibibytes(bytes)
                    + " for the images; take fewer particles, or give more with --memory");
        }
        byte[] cut = new byte[Math.multiplyExact(samples.length, input.sliceBytes())];
        float[] x = new float[images * preprocess.floats()];
        long[] labels = new long[samples.length];
        int slice = input.crop() * input.crop();
        for (int i = 0; i < samples.length; i++) {
            slices.read(samples[i], cut, i * input.sliceBytes());
            labels[i] = run.samples().samples().get(samples[i]).label();
            for (int v = 0; v < input.images(); v++) {
                int image = i * input.images() + v;
                if (input.channels() == Channels.VIEWS) {
                    preprocess.coloursFirst(cut, image * input.viewsAnImage() * slice, x, image * preprocess.floats());
                } else {
                    preprocess.channelsFirst(cut, image * slice, x, image * preprocess.floats());
                }
            }
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("slices", Tensor.of(cut, samples.length, views, input.crop(), input.crop()));
        tensors.put(
                "x",
                Tensor.of(
                        x,
                        samples.length,
                        input.images(),
                        input.imageChannels(),
                        input.imageSize(),
                        input.imageSize()));
        tensors.put("labels", Tensor.of(labels, samples.length));
        SafetensorsWriter.write(file, tensors, Map.of());
    }
}
