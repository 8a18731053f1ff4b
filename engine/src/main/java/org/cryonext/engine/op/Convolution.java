package org.cryonext.engine.op;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * Cross-correlation with the channels in front, over any number of spatial dimensions. x: [N, C, spatial...]; weight: [O,
 * C / groups, kernel...]; bias, optional: [O]; y: [N, O, spatial...], each spatial extent being floor((x + before + after
 * - dilation * (kernel - 1) - 1) / stride) + 1. The surroundings of x are 0. Any numeric type, the same for all. Source:
 * ONNX Conv.
 *
 * @param strides from one position to the next, of each spatial dimension
 * @param dilations from one element of the kernel to the next
 * @param before zeros in front
 * @param after zeros behind
 * @param groups parts the channels are divided into, each with its own kernels
 */
public record Convolution(List<Long> strides, List<Long> dilations, List<Long> before, List<Long> after, long groups)
        implements Primitive {
    private static final Slots SLOTS = Slots.of("x, weight, bias?");

    /** Copies the lists. */
    public Convolution {
        strides = List.copyOf(strides);
        dilations = List.copyOf(dilations);
        before = List.copyOf(before);
        after = List.copyOf(after);
    }

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        in.requireNumeric("x");
        in.require("weight", in.type("x").dtype());
        in.require("bias", in.type("x").dtype());
        Shape x = in.shape("x");
        if (x.rank() < 3) {
            throw in.error("x is " + x + ", expected [N, C, spatial...]");
        }
        Shape weight = in.rank("weight", x.rank());
        int spatial = x.rank() - 2;
        for (List<Long> each : List.of(strides, dilations, before, after)) {
            if (each.size() != spatial) {
                throw in.error(each + " does not have a number for each of the " + spatial + " spatial dimensions");
            }
        }
        if (groups < 1 || x.dim(1) % groups != 0 || weight.dim(0) % groups != 0 || weight.dim(1) != x.dim(1) / groups) {
            throw in.error(
                    "weight is " + weight + ", which does not fit x, which is " + x + ", in " + groups + " groups");
        }
        in.require("bias", weight.dim(0));
        List<Long> dims = new ArrayList<>(List.of(x.dim(0), weight.dim(0)));
        for (int i = 0; i < spatial; i++) {
            dims.add(extent(in, i));
        }
        return List.of(in.result("x", dims));
    }

    private long extent(Inputs in, int i) {
        long kernel = in.shape("weight").dim(i + 2);
        if (strides.get(i) < 1 || dilations.get(i) < 1 || before.get(i) < 0 || after.get(i) < 0 || kernel < 1) {
            throw in.error("stride, dilation and kernel must be at least 1 and pads at least 0 in spatial dimension "
                    + i + " with weight " + in.shape("weight"));
        }
        long padded = in.sum("spatial dimension " + i, in.shape("x").dim(i + 2), before.get(i), after.get(i));
        // Divides rather than multiplies, which might overflow.
        if (padded < 1 || kernel - 1 > (padded - 1) / dilations.get(i)) {
            throw in.error("the kernel of weight " + in.shape("weight") + " reaches beyond x " + in.shape("x")
                    + " in spatial dimension " + i + ", padded to " + padded);
        }
        return (padded - dilations.get(i) * (kernel - 1) - 1) / strides.get(i) + 1;
    }

    @Override
    public long flops(Inputs in) {
        Shape weight = in.shape("weight");
        long taps = weight.dim(0) == 0 ? 0 : weight.size() / weight.dim(0);
        return 2 * infer(in).getFirst().shape().size() * taps;
    }
}
