package org.cryonext.models.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;

/** Operators that give the same elements another shape, and the one that tells a shape. */
final class ShapeRules {
    private ShapeRules() {}

    static void add(Map<String, Rule> rules) {
        rules.put(
                "Reshape", Rule.of(2, 2, ShapeRules::reshape).with("allowzero").shapedBy(1));
        rules.put("Flatten", Rule.of(1, 1, ShapeRules::flatten).with("axis"));
        rules.put("Squeeze", Rule.of(1, 2, ShapeRules::squeeze).with("axes").shapedBy(1));
        rules.put("Unsqueeze", Rule.of(1, 2, ShapeRules::unsqueeze).with("axes").shapedBy(1));
        rules.put("Shape", Rule.of(1, 1, ShapeRules::shape).with("start", "end"));
    }

    private static Term reshape(Site s) {
        Term x = s.in(0);
        long[] dims = s.knownLongs(1, "shape");
        String wanted = Arrays.toString(dims);
        boolean zeroIsZero = s.attributes().flag("allowzero", false);
        long known = 1;
        int open = -1;
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] == 0 && !zeroIsZero) {
                if (i >= x.shape().rank()) {
                    throw s.bad("copies extent " + i + " of " + x.shape() + ", which has none, into " + wanted);
                }
                dims[i] = x.shape().dim(i);
            }
            if (dims[i] == -1) {
                if (open >= 0) {
                    throw s.bad("leaves two extents of " + wanted + " open");
                }
                open = i;
            } else if (dims[i] < 0) {
                throw s.bad("has the negative extent " + dims[i] + " in " + wanted);
            } else {
                known = Math.multiplyExact(known, dims[i]);
            }
        }
        if (open >= 0) {
            if (known == 0 || x.shape().size() % known != 0) {
                throw s.bad("cannot make " + wanted + " of " + x.shape());
            }
            dims[open] = x.shape().size() / known;
            known *= dims[open];
        }
        if (known != x.shape().size()) {
            throw s.bad("cannot make " + wanted + " of " + x.shape());
        }
        return s.reshape(x, Shape.of(dims));
    }

    private static Term flatten(Site s) {
        Term x = s.in(0);
        int axis = s.axisOrEnd(s.attributes().integer("axis", 1), x.shape().rank());
        List<Long> dims = x.shape().dims();
        return s.reshape(
                x,
                Shape.of(new Shape(dims.subList(0, axis)).size(), new Shape(dims.subList(axis, dims.size())).size()));
    }

    private static Term squeeze(Site s) {
        Term x = s.in(0);
        long[] axes = s.longs("axes", 1, 13);
        Set<Integer> removed = new HashSet<>();
        if (axes != null) {
            for (long a : axes) {
                int axis = s.axis(a, x.shape().rank());
                if (x.shape().dim(axis) != 1) {
                    throw s.bad("removes dimension " + axis + " of " + x.shape() + ", which is not 1");
                }
                removed.add(axis);
            }
        }
        List<Long> dims = new ArrayList<>();
        for (int i = 0; i < x.shape().rank(); i++) {
            if (axes == null ? x.shape().dim(i) != 1 : !removed.contains(i)) {
                dims.add(x.shape().dim(i));
            }
        }
        return s.reshape(x, new Shape(dims));
    }

    private static Term unsqueeze(Site s) {
        Term x = s.in(0);
        long[] axes = s.longs("axes", 1, 13);
        if (axes == null) {
            throw s.bad("lacks its axes");
        }
        int rank = Math.addExact(x.shape().rank(), axes.length);
        Set<Integer> added = new HashSet<>();
        for (long a : axes) {
            if (!added.add(s.axis(a, rank))) {
                throw s.bad("adds dimension " + a + " twice");
            }
        }
        List<Long> dims = new ArrayList<>();
        int next = 0;
        for (int i = 0; i < rank; i++) {
            dims.add(added.contains(i) ? 1L : x.shape().dim(next++));
        }
        return s.reshape(x, new Shape(dims));
    }

    private static Term shape(Site s) {
        Shape x = s.in(0).shape();
        int start = bound(s.attributes().integer("start", 0), x.rank());
        int end = bound(s.attributes().integer("end", x.rank()), x.rank());
        long[] dims = Arrays.copyOfRange(x.toArray(), start, Math.max(start, end));
        return s.constant(Tensor.of(dims, dims.length));
    }

    private static int bound(long position, int rank) {
        return Math.clamp(position < 0 ? Math.max(position, -rank) + rank : position, 0, rank);
    }
}
