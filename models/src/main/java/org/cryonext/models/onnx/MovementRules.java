package org.cryonext.models.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.cryonext.engine.op.Concat;
import org.cryonext.engine.op.Expand;
import org.cryonext.engine.op.Gather;
import org.cryonext.engine.op.Pad;
import org.cryonext.engine.op.PadMode;
import org.cryonext.engine.op.Permute;
import org.cryonext.engine.op.Slice;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;

/** Operators that move elements and compute none. */
final class MovementRules {
    private MovementRules() {}

    static void add(Map<String, Rule> rules) {
        rules.put("Transpose", Rule.of(1, 1, MovementRules::transpose).with("perm"));
        rules.put("Expand", Rule.of(2, 2, MovementRules::expand).shapedBy(1));
        rules.put("Concat", Rule.of(1, Integer.MAX_VALUE, MovementRules::concat).with("axis"));
        rules.put("Gather", Rule.of(2, 2, MovementRules::gather).with("axis"));
        rules.put("Slice", Rule.of(3, 5, MovementRules::slice).shapedBy(1, 2, 3, 4));
        rules.put("Pad", Rule.of(2, 4, MovementRules::pad).with("mode").shapedBy(1, 3));
    }

    private static Term transpose(Site s) {
        Term x = s.in(0);
        int rank = x.shape().rank();
        List<Integer> order = new ArrayList<>();
        long[] perm = s.attributes().integers("perm").orElse(null);
        for (int i = 0; i < rank; i++) {
            order.add(rank - 1 - i);
        }
        if (perm != null) {
            order = LongStream.of(perm).mapToObj(axis -> s.axis(axis, rank)).toList();
            if (order.size() != rank || new HashSet<>(order).size() != rank) {
                throw s.bad("has the perm " + Arrays.toString(perm) + ", expected each of " + rank + " axes once");
            }
        }
        return s.apply(new Permute(order), x);
    }

    private static Term expand(Site s) {
        Term x = s.in(0);
        long[] wanted = s.knownLongs(1, "shape");
        int rank = Math.max(wanted.length, x.shape().rank());
        long[] dims = new long[rank];
        for (int i = 0; i < rank; i++) {
            int ofWanted = i - (rank - wanted.length);
            int ofX = i - (rank - x.shape().rank());
            long a = ofWanted < 0 ? 1 : wanted[ofWanted];
            long b = ofX < 0 ? 1 : x.shape().dim(ofX);
            if (a != b && a != 1 && b != 1) {
                throw s.bad("expands " + x.shape() + " to " + Arrays.toString(wanted) + ", which do not fit together");
            }
            dims[i] = a == 1 ? b : a;
        }
        Shape shape = Shape.of(dims);
        return x.shape().equals(shape) ? x : s.apply(new Expand(shape), x);
    }

    private static Term concat(Site s) {
        if (!s.attributes().has("axis")) {
            throw s.bad("lacks its attribute axis");
        }
        Term[] in = new Term[s.inputs()];
        Arrays.setAll(in, s::in);
        int axis = s.axis(s.attributes().integer("axis", 0), in[0].shape().rank());
        return in.length == 1 ? in[0] : s.apply(new Concat(axis), in);
    }

    /** Indices may count from the end; known ones are checked here, others by the kernel. */
    private static Term gather(Site s) {
        Term x = s.in(0);
        int axis = s.axis(s.attributes().integer("axis", 0), x.shape().rank());
        if (s.in(1) instanceof Term.Constant(String name, Tensor indices)) {
            for (long i = 0; i < indices.size(); i++) {
                long index = indices.getLong(i);
                if (index < -x.shape().dim(axis) || index >= x.shape().dim(axis)) {
                    throw s.bad("takes entry " + index + " of dimension " + axis + " of " + x.shape());
                }
            }
        }
        return s.apply(new Gather(axis), x, s.in(1));
    }

    private static Term slice(Site s) {
        Term x = s.in(0);
        int rank = x.shape().rank();
        long[] starts = s.knownLongs(1, "starts");
        long[] ends = s.knownLongs(2, "ends");
        int count = starts.length;
        long[] axes =
                s.has(3) ? s.knownLongs(3, "axes") : LongStream.range(0, count).toArray();
        long[] steps = new long[count];
        Arrays.fill(steps, 1);
        if (s.has(4)) {
            steps = s.knownLongs(4, "steps");
        }
        if (ends.length != count || axes.length != count || steps.length != count) {
            throw s.bad("has " + count + " starts, " + ends.length + " ends, " + axes.length + " axes and "
                    + steps.length + " steps, expected as many of each");
        }
        long[] from = new long[rank];
        long[] step = new long[rank];
        Arrays.fill(step, 1);
        long[] dims = x.shape().toArray();
        Set<Integer> sliced = new HashSet<>();
        for (int i = 0; i < count; i++) {
            int axis = s.axis(axes[i], rank);
            if (!sliced.add(axis)) {
                throw s.bad("slices axis " + axis + " twice");
            }
            if (steps[i] == 0) {
                throw s.bad("has a step of 0");
            }
            long extent = dims[axis];
            // A longest step is as good as any longer one, and can be counted with.
            long by = Math.clamp(steps[i], -extent - 1, extent + 1);
            long first = fromEnd(starts[i], extent);
            long last = fromEnd(ends[i], extent);
            first = by > 0 ? Math.clamp(first, 0, extent) : Math.clamp(first, 0, Math.max(extent - 1, 0));
            last = by > 0 ? Math.clamp(last, 0, extent) : Math.clamp(last, -1, Math.max(extent - 1, 0));
            long reach = by > 0 ? last - first : first - last;
            dims[axis] = extent == 0 || reach <= 0 ? 0 : (reach - 1) / Math.abs(by) + 1;
            from[axis] = dims[axis] == 0 ? 0 : first;
            step[axis] = by;
        }
        return cut(s, x, from, step, Shape.of(dims));
    }

    private static long fromEnd(long index, long extent) {
        return index < 0 ? Math.max(index, -extent - 1) + extent : index;
    }

    private static Term cut(Site s, Term x, long[] from, long[] step, Shape shape) {
        boolean whole = shape.equals(x.shape()) && LongStream.of(step).allMatch(by -> by == 1);
        return whole ? x : s.apply(new Slice(boxed(from), boxed(step), shape), x);
    }

    private static List<Long> boxed(long[] values) {
        return LongStream.of(values).boxed().toList();
    }

    private static Term pad(Site s) {
        Term x = s.in(0);
        int rank = x.shape().rank();
        long[] pads = s.knownLongs(1, "pads");
        long[] axes =
                s.has(3) ? s.knownLongs(3, "axes") : LongStream.range(0, rank).toArray();
        if (pads.length != 2 * axes.length) {
            throw s.bad("has " + pads.length + " pads for " + axes.length + " axes, expected two for each");
        }
        PadMode mode = mode(s);
        long[] before = new long[rank];
        long[] after = new long[rank];
        Set<Integer> padded = new HashSet<>();
        for (int i = 0; i < axes.length; i++) {
            int axis = s.axis(axes[i], rank);
            if (!padded.add(axis)) {
                throw s.bad("pads axis " + axis + " twice");
            }
            before[axis] = pads[i];
            after[axis] = pads[axes.length + i];
        }
        // Negative pads take elements away, before others are added.
        long[] from = new long[rank];
        long[] dims = x.shape().toArray();
        for (int i = 0; i < rank; i++) {
            long less = Math.addExact(Math.min(before[i], 0), Math.min(after[i], 0));
            dims[i] = Math.addExact(dims[i], less);
            if (dims[i] < 0) {
                throw s.bad("takes " + -less + " of " + x.shape().dim(i) + " entries away");
            }
            from[i] = dims[i] == 0 ? 0 : -Math.min(before[i], 0);
            before[i] = Math.max(before[i], 0);
            after[i] = Math.max(after[i], 0);
        }
        Term inner = cut(s, x, from, ones(rank), Shape.of(dims));
        if (LongStream.concat(LongStream.of(before), LongStream.of(after)).allMatch(n -> n == 0)) {
            return inner;
        }
        Pad op = new Pad(boxed(before), boxed(after), mode);
        return mode == PadMode.CONSTANT ? s.apply(op, inner, value(s)) : s.apply(op, inner);
    }

    private static long[] ones(int rank) {
        long[] ones = new long[rank];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static Term value(Site s) {
        if (!s.has(2)) {
            return null;
        }
        if (s.in(2).shape().size() != 1) {
            throw s.bad("has a constant_value of shape " + s.in(2).shape() + ", expected one number");
        }
        return s.reshape(s.in(2), Shape.of());
    }

    private static PadMode mode(Site s) {
        String mode = s.attributes().text("mode", "constant");
        return switch (mode) {
            case "constant" -> PadMode.CONSTANT;
            case "reflect" -> PadMode.REFLECT;
            case "edge" -> PadMode.EDGE;
            case "wrap" -> PadMode.WRAP;
            default -> throw s.bad("has the mode \"" + mode + "\", expected constant, reflect, edge or wrap");
        };
    }
}
