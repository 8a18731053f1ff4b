package org.cryonext.engine.backend.reference;

import java.util.Arrays;
import java.util.List;
import org.cryonext.engine.op.Convolution;
import org.cryonext.engine.tensor.Shape;

/** {@link Convolution}. */
final class ReferenceConvolution {
    private static final int OUTSIDE = -1;

    private ReferenceConvolution() {}

    static void convolution(
            Convolution op, ReferenceBlock x, ReferenceBlock weight, ReferenceBlock bias, ReferenceBlock y) {
        int groups = Math.toIntExact(op.groups());
        int channels = x.dim(1) / groups;
        int outputs = y.dim(1) / groups;
        Shape in = spatial(x);
        Shape out = spatial(y);
        Shape kernel = spatial(weight);
        int inSize = Math.toIntExact(in.size());
        int outSize = Math.toIntExact(out.size());
        int kernelSize = Math.toIntExact(kernel.size());
        boolean pixelwise = kernelSize == 1
                && in.equals(out)
                && op.strides().stream().allMatch(stride -> stride == 1)
                && op.before().stream().allMatch(pad -> pad == 0);
        Tap[] taps = pixelwise ? null : taps(op, in, out, kernel);
        double[] sums = new double[outSize];
        for (int image = 0; image < x.dim(0); image++) {
            for (int group = 0; group < groups; group++) {
                int from = (image * groups + group) * channels * inSize;
                int filters = group * outputs;
                int to = (image * groups + group) * outputs * outSize;
                if (pixelwise) {
                    double[] start = bias == null ? null : values(bias, filters, outputs);
                    ReferenceMatMul.product(
                            weight, filters * channels, x, from, start, y, to, outputs, channels, inSize);
                    continue;
                }
                for (int o = 0; o < outputs; o++) {
                    Arrays.fill(sums, bias == null ? 0 : bias.get(filters + o));
                    for (int c = 0; c < channels; c++) {
                        int w = ((filters + o) * channels + c) * kernelSize;
                        for (int t = 0; t < kernelSize; t++) {
                            taps[t].add(weight.get(w + t), x.array(), x.offset() + from + c * inSize, sums);
                        }
                    }
                    for (int i = 0; i < outSize; i++) {
                        y.set(to + o * outSize + i, sums[i]);
                    }
                }
            }
        }
    }

    private static Shape spatial(ReferenceBlock block) {
        List<Long> dims = block.type().shape().dims();
        return new Shape(dims.subList(2, dims.size()));
    }

    private static double[] values(ReferenceBlock block, int from, int count) {
        return Arrays.copyOfRange(block.array(), block.offset() + from, block.offset() + from + count);
    }

    /**
     * What one element of the kernel meets: for each row of the result, along the last dimension, where in x the row
     * would begin that it is multiplied with.
     *
     * @param rows offset of the row in x, or {@link #OUTSIDE}
     * @param length of the result's rows
     * @param shift from the row's offset to what the result's first element meets, perhaps outside
     * @param stride along the row
     * @param first element of the result's row that meets x
     * @param end of the elements that do
     */
    private record Tap(int[] rows, int length, int shift, int stride, int first, int end) {
        void add(double weight, double[] x, int plane, double[] sums) {
            for (int row = 0; row < rows.length; row++) {
                if (rows[row] == OUTSIDE) {
                    continue;
                }
                int from = plane + rows[row] + shift;
                int to = row * length;
                if (stride == 1) {
                    for (int i = first; i < end; i++) {
                        sums[to + i] += weight * x[from + i];
                    }
                } else {
                    for (int i = first; i < end; i++) {
                        sums[to + i] += weight * x[from + i * stride];
                    }
                }
            }
        }
    }

    private static Tap[] taps(Convolution op, Shape in, Shape out, Shape kernel) {
        int last = in.rank() - 1;
        int[] steps = Odometer.steps(in);
        int[] outer = Arrays.copyOf(out.toInts(), last);
        int[] index = new int[in.rank()];
        Tap[] taps = new Tap[Math.toIntExact(kernel.size())];
        for (int t = 0; t < taps.length; t++) {
            long[] shifts = new long[in.rank()];
            for (int d = 0; d <= last; d++) {
                shifts[d] = index[d] * op.dilations().get(d) - op.before().get(d);
            }
            int[] rows = new int[Math.toIntExact(out.size() / out.dim(last))];
            int[] at = new int[last];
            for (int row = 0; row < rows.length; row++) {
                for (int d = 0; d < last && rows[row] != OUTSIDE; d++) {
                    long i = at[d] * op.strides().get(d) + shifts[d];
                    rows[row] = i < 0 || i >= in.dim(d) ? OUTSIDE : rows[row] + (int) i * steps[d];
                }
                count(at, outer);
            }
            long stride = op.strides().get(last);
            long first = Math.max(0, Math.ceilDiv(-shifts[last], stride));
            long end = Math.min(Math.floorDiv(in.dim(last) - 1 - shifts[last], stride) + 1, out.dim(last));
            // Shift and stride fit an int where anything is met, for then they are bounded by x.
            taps[t] = first >= end
                    ? new Tap(new int[0], 0, 0, 1, 0, 0)
                    : new Tap(rows, (int) out.dim(last), (int) shifts[last], (int) stride, (int) first, (int) end);
            count(index, kernel.toInts());
        }
        return taps;
    }

    /** Goes to the next index of a space, the last dimension fastest. */
    private static void count(int[] index, int[] dims) {
        for (int d = dims.length - 1; d >= 0; d--) {
            if (++index[d] < dims[d]) {
                return;
            }
            index[d] = 0;
        }
    }
}
