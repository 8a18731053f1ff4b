package org.cryonext.peers;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.LayerNorm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.cryonext.bench.protocol.Served;
import org.cryonext.bench.protocol.Server;

/**
 * A ConvNeXt of PyTorch's own operators, called one by one as eager PyTorch does. Built from DJL's functions rather than
 * from a TorchScript file, so that neither Python nor a second copy of the weights is needed.
 *
 * <p>Images stay in PyTorch's [N, C, H, W]; with channels last, theirs and the kernels' memory is ordered [N, H, W, C].
 */
final class PyTorch implements Served {
    private static final Shape ONE = new Shape(1, 1);
    private static final Shape NONE = new Shape(0, 0);

    private final NDManager manager = Engine.getEngine("PyTorch").newBaseManager();
    private final Map<String, NDArray> weights = new HashMap<>();
    private final Architecture net;
    private final boolean channelsLast;
    private final NDArray images;
    private float[] logits;

    private PyTorch(Path folder, String layout) throws IOException {
        net = Architecture.read(folder);
        channelsLast = layout.equals("channels_last");
        try (FileChannel values = FileChannel.open(folder.resolve("weights.f32"))) {
            for (String line : Files.readAllLines(folder.resolve("weights.txt"))) {
                String[] parts = line.split(" ");
                long[] dims = Arrays.stream(parts[1].split(","))
                        .mapToLong(Long::parseLong)
                        .toArray();
                weights.put(parts[0], array(values, dims));
            }
        }
        try (FileChannel values = FileChannel.open(folder.resolve("images.f32"))) {
            images = array(values, net.batch(), 3, net.imageSize(), net.imageSize());
        }
    }

    /**
     * Serves a model.
     *
     * @param args its folder, the number of threads, and the layout of images: {@code contiguous} or {@code channels_last}
     */
    static void main(String[] args) throws Exception {
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("ai.djl.pytorch.num_threads", args[1]);
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        Server.run(new PyTorch(Path.of(args[0]), args[2]), 1);
        // Its threads would keep the process alive.
        System.exit(0);
    }

    /** The next array of a file. */
    private NDArray array(FileChannel file, long... dims) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.toIntExact(4 * new Shape(dims).size())).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (file.read(bytes) < 0) {
                throw new IOException("The file ends before its last array does");
            }
        }
        FloatBuffer values = bytes.flip().asFloatBuffer();
        // A channel alone has no order: depthwise kernels stay as they are.
        if (!channelsLast || dims.length != 4 || dims[1] == 1) {
            return manager.create(values, new Shape(dims));
        }
        int channels = (int) dims[1];
        int pixels = (int) (dims[2] * dims[3]);
        FloatBuffer turned = FloatBuffer.allocate(values.remaining());
        for (int n = 0; n < dims[0]; n++) {
            for (int p = 0; p < pixels; p++) {
                for (int c = 0; c < channels; c++) {
                    turned.put(values.get((n * channels + c) * pixels + p));
                }
            }
        }
        return manager.create(turned.flip(), new Shape(dims[0], dims[2], dims[3], dims[1]))
                .transpose(0, 3, 1, 2);
    }

    @Override
    public String description() {
        Engine engine = Engine.getEngine("PyTorch");
        return "PyTorch " + engine.getVersion() + " by DJL " + Engine.getDjlVersion()
                + (channelsLast ? ", channels last" : "");
    }

    @Override
    public float[] result() {
        return logits;
    }

    @Override
    public void step() {
        NDArray h = convolution(images, "embeddings.patch_embeddings", net.patch());
        h = then(h, imageNorm(h, "embeddings.layernorm"));
        for (int s = 0; s < net.depths().length; s++) {
            String stage = "encoder.stages." + s;
            if (s > 0) {
                h = then(h, imageNorm(h, stage + ".downsampling_layer.0"));
                h = then(h, convolution(h, stage + ".downsampling_layer.1", 2));
            }
            for (int b = 0; b < net.depths()[s]; b++) {
                h = then(h, block(h, stage + ".layers." + b + "."));
            }
        }
        // DJL takes means over one axis alone.
        h = then(h, h.reshape(h.getShape().get(0), h.getShape().get(1), -1));
        h = then(h, h.mean(new int[] {2}));
        h = then(h, norm(h, "layernorm", net.headEpsilon()));
        h = then(h, linear(h, "classifier"));
        logits = h.toFloatArray();
        h.close();
    }

    private NDArray block(NDArray x, String name) {
        NDArray h = Conv2d.conv2d(
                        x,
                        weights.get(name + "dwconv.weight"),
                        weights.get(name + "dwconv.bias"),
                        ONE,
                        new Shape(3, 3),
                        ONE,
                        (int) x.getShape().get(1))
                .singletonOrThrow();
        h = then(h, h.transpose(0, 2, 3, 1));
        h = then(h, norm(h, name + "layernorm", net.epsilon()));
        h = then(h, linear(h, name + "pwconv1"));
        h = then(h, Activation.gelu(h));
        if (net.version() == 2) {
            h = then(h, responseNorm(h, name + "grn"));
        }
        h = then(h, linear(h, name + "pwconv2"));
        NDArray scale = weights.get(name + "layer_scale_parameter");
        if (scale != null) {
            h = then(h, h.mul(scale));
        }
        h = then(h, h.transpose(0, 3, 1, 2));
        return then(h, x.add(h));
    }

    /** Global response normalisation of [N, H, W, C]. */
    private NDArray responseNorm(NDArray x, String name) {
        NDArray length = x.square();
        length = then(length, length.sum(new int[] {1, 2}, true));
        length = then(length, length.sqrt());
        NDArray mean = length.mean(new int[] {3}, true);
        mean = then(mean, mean.add((float) net.epsilon()));
        length = then(length, length.div(mean));
        mean.close();
        NDArray h = x.mul(length);
        length.close();
        h = then(h, h.mul(weights.get(name + ".weight")));
        h = then(h, h.add(weights.get(name + ".bias")));
        return then(h, h.add(x));
    }

    private NDArray convolution(NDArray x, String name, int stride) {
        return Conv2d.conv2d(
                        x,
                        weights.get(name + ".weight"),
                        weights.get(name + ".bias"),
                        new Shape(stride, stride),
                        NONE,
                        ONE,
                        1)
                .singletonOrThrow();
    }

    private NDArray linear(NDArray x, String name) {
        return Linear.linear(x, weights.get(name + ".weight"), weights.get(name + ".bias"))
                .singletonOrThrow();
    }

    /** LayerNorm over the channels of [N, C, H, W]. */
    private NDArray imageNorm(NDArray x, String name) {
        NDArray h = x.transpose(0, 2, 3, 1);
        h = then(h, norm(h, name, net.epsilon()));
        return then(h, h.transpose(0, 3, 1, 2));
    }

    /** LayerNorm over the last dimension. */
    private NDArray norm(NDArray x, String name, double epsilon) {
        NDArray weight = weights.get(name + ".weight");
        return LayerNorm.layerNorm(x, weight.getShape(), weight, weights.get(name + ".bias"), (float) epsilon)
                .singletonOrThrow();
    }

    /** The second, once the first is not needed any more: PyTorch too gives memory back as soon as it can. */
    private static NDArray then(NDArray before, NDArray after) {
        before.close();
        return after;
    }
}
