package org.cryonext.models.onnx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.cryonext.engine.op.Reduce;
import org.cryonext.engine.op.ReduceFunction;
import org.cryonext.engine.tensor.Shape;

/** Operators that join the elements along some axes. */
final class ReductionRules {
    private ReductionRules() {}

    static void add(Map<String, Rule> rules) {
        rules.put("ReduceMean", rule(ReduceFunction.MEAN, 18));
        rules.put("ReduceL2", rule(ReduceFunction.L2, 18));
        rules.put("ReduceSum", rule(ReduceFunction.SUM, 13));
        rules.put("GlobalAveragePool", Rule.of(1, 1, ReductionRules::globalAveragePool));
    }

    /** @param inputSince version since which the axes are an input */
    private static Rule rule(ReduceFunction function, long inputSince) {
        return Rule.of(1, 2, s -> reduce(s, function, inputSince))
                .with("axes", "keepdims", "noop_with_empty_axes")
                .shapedBy(1);
    }

    private static Term reduce(Site s, ReduceFunction function, long inputSince) {
        Term x = s.in(0);
        int rank = x.shape().rank();
        boolean keep = s.attributes().flag("keepdims", true);
        boolean noneMeansNone = s.attributes().flag("noop_with_empty_axes", false);
        long[] given = s.longs("axes", 1, inputSince);
        Set<Integer> axes = new HashSet<>();
        if (given != null) {
            for (long axis : given) {
                if (!axes.add(s.axis(axis, rank))) {
                    throw s.bad("reduces axis " + axis + " twice");
                }
            }
        }
        if (axes.isEmpty() && !noneMeansNone) {
            IntStream.range(0, rank).forEach(axes::add);
        }
        Term y = s.apply(new Reduce(function, axes.stream().sorted().toList()), x);
        if (keep) {
            return y;
        }
        List<Long> dims = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            if (!axes.contains(i)) {
                dims.add(x.shape().dim(i));
            }
        }
        return s.reshape(y, new Shape(dims));
    }

    private static Term globalAveragePool(Site s) {
        int rank = s.in(0).shape().rank();
        if (rank < 3) {
            throw s.bad("reads " + s.in(0).shape() + ", expected [N, C, spatial...]");
        }
        return s.apply(
                new Reduce(ReduceFunction.MEAN, IntStream.range(2, rank).boxed().toList()), s.in(0));
    }
}
