package org.cryonext.cryoet.triplet;

import java.util.Objects;
import org.cryonext.engine.io.InputException;

/**
 * Turns slices into the network's input, as Pillow and torchvision do it: grey to three equal channels, or several slices to a channel each; resized as bytes
 * (bilinear, antialiased, the same bits as Pillow), divided by 255, less the mean, by the deviation. The grey image is
 * resized once for the three channels. One thread at a time; nothing is allocated by a call.
 */
public final class Preprocess {
    /** What a weight of 1 is in {@link #resizeWeights}: Pillow's fixed point has 22 bits after the point. */
    public static final int RESIZE_UNIT = 1 << BilinearResize.PRECISION;

    private static final int COLOURS = 3;

    private final int edge;
    private final int channels;
    private final int height;
    private final int width;
    private final BilinearResize resize;
    private final byte[] resized;
    private final float[] values;

    /** Of slices of 48 x 48. */
    public Preprocess(int height, int width, float[] mean, float[] deviation) {
        this(View.SIZE, height, width, mean, deviation);
    }

    /**
     * @param edge of the slices in pixels
     * @param height of the network's images
     * @param width of the network's images
     * @param mean of each channel, of pixels from 0 to 1; ImageNet's three are 0.485, 0.456, 0.406
     * @param deviation of each channel; ImageNet's are 0.229, 0.224, 0.225
     */
    public Preprocess(int edge, int height, int width, float[] mean, float[] deviation) {
        if (height < 1 || width < 1) {
            throw new InputException("An image size of " + height + " x " + width + "; at least 1 x 1 is needed");
        }
        if (mean.length < 1 || deviation.length != mean.length) {
            throw new InputException("The image's mean and standard deviation have " + mean.length + " and "
                    + deviation.length
                    + " values, one for each channel was expected (preprocessor_config.json: image_mean, image_std)");
        }
        channels = mean.length;
        for (float value : deviation) {
            if (!(value > 0)) {
                throw new InputException(
                        "A standard deviation of " + value
                                + " for the image's channels; numbers above 0 were expected (preprocessor_config.json: image_std)");
            }
        }
        this.edge = edge;
        this.height = height;
        this.width = width;
        resize = height == edge && width == edge ? null : new BilinearResize(edge, edge, height, width);
        resized = new byte[Math.multiplyExact(height, width)];
        values = new float[256 * channels];
        for (int grey = 0; grey < 256; grey++) {
            for (int c = 0; c < channels; c++) {
                values[channels * grey + c] = (grey / 255f - mean[c]) / deviation[c];
            }
        }
    }

    /**
     * What the resize of a slice does along one axis, as a matrix [size, edge]: pixel i of the new image is the sum of its row's
     * weights times the old pixels, plus half a {@link #RESIZE_UNIT}, divided by the unit and rounded down. The rows of
     * an image are resized first, then its columns.
     */
    public static int[] resizeWeights(int edge, int size) {
        return BilinearResize.matrix(edge, size);
    }

    /** Edge of the slices. */
    int edge() {
        return edge;
    }

    /** What a grey becomes in each channel: [256, channels]. */
    float[] values() {
        return values.clone();
    }

    /** Height of the images. */
    public int height() {
        return height;
    }

    /** Width of the images. */
    public int width() {
        return width;
    }

    /** Floats of one image: height x width x channels. */
    public int floats() {
        return Math.multiplyExact(resized.length, channels);
    }

    /**
     * Fills one image of a batch, [height, width, 3] (NHWC).
     *
     * @param slices unsigned bytes, [edge, edge] from {@code from} on
     * @param out the batch
     * @param at where the image begins in it
     */
    public void channelsLast(byte[] slices, int from, float[] out, int at) {
        Objects.checkFromIndexSize(at, floats(), out.length);
        requireColours();
        resize(slices, from, resized, 0);
        int to = at;
        for (byte grey : resized) {
            int value = (grey & 0xFF) * COLOURS;
            out[to] = values[value];
            out[to + 1] = values[value + 1];
            out[to + 2] = values[value + 2];
            to += COLOURS;
        }
    }

    /**
     * Fills one image of a batch, [height, width, channels] (NHWC), whose channels are slices.
     *
     * @param slices unsigned bytes, channels x [edge, edge] from {@code from} on
     * @param out the batch
     * @param at where the image begins in it
     */
    public void coloursLast(byte[] slices, int from, float[] out, int at) {
        Objects.checkFromIndexSize(at, floats(), out.length);
        for (int c = 0; c < channels; c++) {
            resize(slices, from + c * edge * edge, resized, 0);
            for (int i = 0; i < resized.length; i++) {
                out[at + i * channels + c] = values[(resized[i] & 0xFF) * channels + c];
            }
        }
    }

    /** Fills one image of a batch in PyTorch's order, [channels, height, width] (NCHW), whose channels are slices. */
    public void coloursFirst(byte[] slices, int from, float[] out, int at) {
        Objects.checkFromIndexSize(at, floats(), out.length);
        for (int c = 0; c < channels; c++) {
            resize(slices, from + c * edge * edge, resized, 0);
            int to = at + c * resized.length;
            for (int i = 0; i < resized.length; i++) {
                out[to + i] = values[(resized[i] & 0xFF) * channels + c];
            }
        }
    }

    /** Fills one image of a batch in PyTorch's order, [3, height, width] (NCHW). */
    public void channelsFirst(byte[] slices, int from, float[] out, int at) {
        Objects.checkFromIndexSize(at, floats(), out.length);
        requireColours();
        resize(slices, from, resized, 0);
        for (int c = 0; c < COLOURS; c++) {
            int to = at + c * resized.length;
            for (int i = 0; i < resized.length; i++) {
                out[to + i] = values[(resized[i] & 0xFF) * channels + c];
            }
        }
    }

    private void requireColours() {
        if (channels != COLOURS) {
            throw new IllegalStateException("a grey image has 3 equal channels, not " + channels);
        }
    }

    /** Resizes one slice only: [edge, edge] from {@code from} on to [height, width] from {@code at} on, unsigned bytes. */
    public void resize(byte[] slices, int from, byte[] out, int at) {
        if (resize == null) {
            System.arraycopy(slices, from, out, at, edge * edge);
        } else {
            resize.resize(slices, from, out, at);
        }
    }
}
