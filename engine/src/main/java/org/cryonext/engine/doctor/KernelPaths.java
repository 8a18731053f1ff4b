package org.cryonext.engine.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.cryonext.engine.backend.cuda.tune.Measurement;
import org.cryonext.engine.doctor.Diagnosis.Finding;
import org.cryonext.engine.op.DepthwiseConv;
import org.cryonext.engine.op.DepthwiseConvInputGradient;
import org.cryonext.engine.op.DepthwiseConvWeightGradient;
import org.cryonext.engine.op.DepthwiseNorm;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.LinearInputGradient;
import org.cryonext.engine.op.LinearWeightGradient;
import org.cryonext.engine.op.Mlp;
import org.cryonext.engine.op.PatchConv;
import org.cryonext.engine.op.PatchConvInputGradient;
import org.cryonext.engine.op.PatchConvWeightGradient;

/** Which kernels run the operators for which a card has several, and what was gained by choosing. */
final class KernelPaths {
    private static final List<Class<?>> OPERATORS = List.of(
            Linear.class,
            LinearInputGradient.class,
            LinearWeightGradient.class,
            Mlp.class,
            PatchConv.class,
            PatchConvInputGradient.class,
            PatchConvWeightGradient.class,
            DepthwiseConv.class,
            DepthwiseConvInputGradient.class,
            DepthwiseConvWeightGradient.class,
            DepthwiseNorm.class);

    private KernelPaths() {}

    /** @param measurements by work, which begins with the operator's name */
    static List<Finding> of(SortedMap<String, Measurement> measurements) {
        List<Finding> findings = new ArrayList<>();
        for (Class<?> operator : OPERATORS) {
            String name = operator.getSimpleName();
            List<Measurement> mine = measurements.entrySet().stream()
                    .filter(entry -> entry.getKey().startsWith(name + "["))
                    .map(Map.Entry::getValue)
                    .toList();
            findings.add(new Finding(name, mine.isEmpty() ? "this program's own; nothing was measured" : text(mine)));
        }
        return findings;
    }

    private static String text(List<Measurement> measurements) {
        SortedMap<String, Integer> counts = new TreeMap<>();
        measurements.forEach(measurement -> counts.merge(family(measurement.chosen()), 1, Integer::sum));
        List<String> parts = new ArrayList<>();
        counts.forEach((family, count) -> parts.add(family + " in " + count));
        double most = measurements.stream().mapToDouble(Measurement::gain).max().orElse(1);
        long leftOut = measurements.stream()
                .flatMap(measurement -> measurement.failed().keySet().stream())
                .count();
        return String.join(", ", parts) + " of " + measurements.size()
                + String.format(Locale.ROOT, "; up to %.2f times as fast as without choosing", most)
                + (leftOut == 0 ? "" : "; " + leftOut + " kernels were left out, the file says why");
    }

    private static String family(String kernel) {
        return switch (kernel.split(" ", 2)[0]) {
            case "cublas" -> "cuBLAS";
            case "cudnn" -> "cuDNN";
            case "parts" -> "the kernels of its parts";
            default -> "this program's own";
        };
    }
}
