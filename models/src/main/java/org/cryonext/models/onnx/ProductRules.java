package org.cryonext.models.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.cryonext.engine.op.Binary;
import org.cryonext.engine.op.BinaryFunction;
import org.cryonext.engine.op.Convolution;
import org.cryonext.engine.op.MatMul;
import org.cryonext.engine.op.Permute;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;

/** Convolutions and products of matrices. */
final class ProductRules {
    private ProductRules() {}

    static void add(Map<String, Rule> rules) {
        rules.put(
                "Conv",
                Rule.of(2, 3, ProductRules::conv)
                        .with("auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"));
        rules.put("Gemm", Rule.of(2, 3, ProductRules::gemm).with("alpha", "beta", "transA", "transB"));
        rules.put("MatMul", Rule.of(2, 2, ProductRules::matMul));
    }

    private static Term conv(Site s) {
        Shape x = s.in(0).shape();
        Shape weight = s.in(1).shape();
        if (x.rank() < 3 || weight.rank() != x.rank()) {
            throw s.bad("reads " + x + " and the weight " + weight
                    + ", expected [N, C, spatial...] and [O, C / group, kernel...]");
        }
        int spatial = x.rank() - 2;
        List<Long> kernel = weight.dims().subList(2, weight.rank());
        List<Long> kernelShape = perDimension(s, "kernel_shape", kernel);
        if (!kernelShape.equals(kernel)) {
            throw s.bad("has the kernel_shape " + kernelShape + ", but a weight of " + weight);
        }
        List<Long> ones = Collections.nCopies(spatial, 1L);
        List<Long> strides = perDimension(s, "strides", ones);
        List<Long> dilations = perDimension(s, "dilations", ones);
        List<Long> before = new ArrayList<>();
        List<Long> after = new ArrayList<>();
        pads(s, x, kernel, strides, dilations, before, after);
        long groups = s.attributes().integer("group", 1);
        return s.apply(new Convolution(strides, dilations, before, after, groups), s.in(0), s.in(1), s.optional(2));
    }

    private static List<Long> perDimension(Site s, String name, List<Long> absent) {
        List<Long> values = s.attributes()
                .integers(name)
                .map(given -> LongStream.of(given).boxed().toList())
                .orElse(absent);
        if (values.size() != absent.size()) {
            throw s.bad("has the " + name + " " + values + ", expected " + absent.size() + " numbers");
        }
        return values;
    }

    private static void pads(
            Site s,
            Shape x,
            List<Long> kernel,
            List<Long> strides,
            List<Long> dilations,
            List<Long> before,
            List<Long> after) {
        int spatial = kernel.size();
        String auto = s.attributes().text("auto_pad", "NOTSET");
        if (!auto.equals("NOTSET")
                && LongStream.of(s.attributes().integers("pads").orElse(new long[0]))
                        .anyMatch(pad -> pad != 0)) {
            throw s.bad("has both pads and auto_pad " + auto);
        }
        switch (auto) {
            case "NOTSET" -> {
                List<Long> pads = perDimension(s, "pads", Collections.nCopies(2 * spatial, 0L));
                before.addAll(pads.subList(0, spatial));
                after.addAll(pads.subList(spatial, 2 * spatial));
            }
            case "VALID" -> {
                before.addAll(Collections.nCopies(spatial, 0L));
                after.addAll(Collections.nCopies(spatial, 0L));
            }
            case "SAME_UPPER", "SAME_LOWER" -> {
                for (int i = 0; i < spatial; i++) {
                    long stride = strides.get(i);
                    if (stride < 1) {
                        throw s.bad("has the stride " + stride);
                    }
                    long extent = x.dim(2 + i);
                    long reach = Math.addExact(Math.multiplyExact(dilations.get(i), kernel.get(i) - 1), 1);
                    long steps = Math.ceilDiv(extent, stride);
                    long all = Math.max(0, Math.addExact(Math.multiplyExact(steps - 1, stride), reach) - extent);
                    long smaller = all / 2;
                    before.add(auto.equals("SAME_UPPER") ? smaller : all - smaller);
                    after.add(auto.equals("SAME_UPPER") ? all - smaller : smaller);
                }
            }
            default ->
                throw s.bad("has the auto_pad \"" + auto + "\", expected NOTSET, VALID, SAME_UPPER or SAME_LOWER");
        }
    }

    /** y = alpha a b + beta c, a and b turned first where the attributes say so; halves are rounded once, at the end. */
    private static Term gemm(Site s) {
        float alpha = s.attributes().real("alpha", 1);
        float beta = s.attributes().real("beta", 1);
        boolean adds = s.has(2) && beta != 0;
        DType dtype = s.in(0).dtype();
        DType wide = (adds || alpha != 1) && dtype.isFloating() && dtype.bytes() == 2 ? DType.F32 : dtype;
        Term a = turned(s, s.cast(s.in(0), wide), s.attributes().flag("transA", false));
        Term b = turned(s, s.cast(s.in(1), wide), s.attributes().flag("transB", false));
        Term y = scaled(s, s.apply(new MatMul(), a, b), alpha);
        if (adds) {
            Shape product = y.shape();
            y = s.apply(new Binary(BinaryFunction.ADD), y, scaled(s, s.cast(s.in(2), wide), beta));
            if (!y.shape().equals(product)) {
                throw s.bad("adds " + s.in(2).shape() + " to " + product + ", which would change its shape");
            }
        }
        return s.cast(y, dtype);
    }

    private static Term turned(Site s, Term x, boolean turn) {
        if (x.shape().rank() != 2) {
            throw s.bad("reads " + x.shape() + ", expected two dimensions");
        }
        return turn ? s.apply(new Permute(List.of(1, 0)), x) : x;
    }

    private static Term scaled(Site s, Term x, float factor) {
        if (factor == 1) {
            return x;
        }
        if (!x.dtype().isFloating()) {
            throw s.bad("has a factor of " + factor + " for integers, expected 1");
        }
        return s.apply(new Binary(BinaryFunction.MUL), x, s.scalar(x.dtype(), factor));
    }

    /** Vectors are matrices of one row or column for the product. */
    private static Term matMul(Site s) {
        Term a = s.in(0);
        Term b = s.in(1);
        if (a.shape().rank() == 0 || b.shape().rank() == 0) {
            throw s.bad("reads a number without dimensions, expected vectors or matrices");
        }
        boolean row = a.shape().rank() == 1;
        boolean column = b.shape().rank() == 1;
        if (row) {
            a = s.reshape(a, Shape.of(1, a.shape().dim(0)));
        }
        if (column) {
            b = s.reshape(b, Shape.of(b.shape().dim(0), 1));
        }
        Term y = s.apply(new MatMul(), a, b);
        List<Long> dims = new ArrayList<>(y.shape().dims());
        if (column) {
            dims.removeLast();
        }
        if (row) {
            dims.remove(dims.size() - (column ? 1 : 2));
        }
        return s.reshape(y, new Shape(dims));
    }
}
