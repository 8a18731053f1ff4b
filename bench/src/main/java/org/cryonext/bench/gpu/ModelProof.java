package org.cryonext.bench.gpu;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.cryonext.bench.model.Mode;
import org.cryonext.bench.model.ModelProgram;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.compare.Compare;
import org.cryonext.models.compare.Comparison;
import org.cryonext.models.compare.Gates;
import org.cryonext.models.compare.Row;

/** Judges whole models: small ones by PyTorch's tensors, tiny ones at 224 by the cpu backend. */
final class ModelProof {
    /** PyTorch's tensors, beside a golden's weights. */
    static final String REFERENCE = "reference.safetensors";

    private static final int BATCH = 4;
    private static final int STEPS = 3;
    private static final int SHOWN = 8;

    private final TinyModels models;
    private final Map<List<Object>, float[]> expected = new HashMap<>();

    ModelProof(TinyModels models) {
        this.models = models;
    }

    Finding golden(Path folder, Backend backend) {
        Comparison comparison = Compare.run(folder, folder.resolve(REFERENCE), backend, Gates.DEFAULT, Progress.none());
        Row worst = comparison.rows().stream()
                .filter(row -> !row.tensor().startsWith("adamw"))
                .max(Comparator.comparingDouble(
                        row -> Double.isNaN(row.relative()) ? Double.MAX_VALUE : row.relative()))
                .orElseThrow();
        return new Finding.Golden(
                folder.getFileName().toString(),
                comparison.rows().size(),
                worst.relative(),
                worst.tensor(),
                comparison.rows().stream()
                        .filter(row -> !row.passed())
                        .map(Row::tensor)
                        .limit(SHOWN)
                        .toList(),
                comparison.passed());
    }

    Finding logits(GpuTask.Logits task, Backend backend) {
        TinyModels.Choice choice = new TinyModels.Choice(task.version(), Mode.INFER, task.precision(), BATCH);
        float[] reference = expected(choice, 1);
        float[] first = results(choice, 1, backend);
        float[] second = results(choice, 1, backend);
        double error = 0;
        double power = 0;
        for (int i = 0; i < reference.length; i++) {
            double d = first[i] - reference[i];
            error += d * d;
            power += (double) reference[i] * reference[i];
        }
        return agreement(task.title(), error / power, logitsTolerance(task.precision()), first, second);
    }

    Finding losses(GpuTask.Losses task, Backend backend) {
        TinyModels.Choice choice = new TinyModels.Choice(task.version(), Mode.TRAIN_FULL, task.precision(), BATCH);
        float[] reference = expected(choice, STEPS);
        float[] first = results(choice, STEPS, backend);
        float[] second = results(choice, STEPS, backend);
        double error = IntStream.range(0, STEPS)
                .mapToDouble(i -> Math.abs(first[i] - reference[i]) / Math.abs(reference[i]))
                .reduce(0, (a, b) -> Double.isNaN(a) || a > b ? a : b);
        return agreement(task.title(), error, lossTolerance(task.precision()), first, second);
    }

    private static Finding agreement(String what, double error, double tolerance, float[] first, float[] second) {
        boolean same = Arrays.equals(first, second);
        List<Float> shown = IntStream.range(0, Math.min(SHOWN, first.length))
                .mapToObj(i -> first[i])
                .toList();
        return new Finding.Agreement(what, error, tolerance, same, shown, error <= tolerance && same);
    }

    /**
     * Some sixty roundings follow each other on the way to the logits: of 2^-11 in f16, of 2^-8 in bf16, and in tf32 of
     * 2^-11 in the products alone; squared they come to 5e-6, 3e-4 and less, and the tolerances leave a factor of 20.
     */
    private static double logitsTolerance(Precision precision) {
        return switch (precision) {
            case F32 -> 1e-9;
            case TF32, F16 -> 1e-4;
            case BF16 -> 5e-3;
        };
    }

    private static double lossTolerance(Precision precision) {
        return switch (precision) {
            case F32 -> 1e-5;
            case TF32, F16 -> 1e-2;
            case BF16 -> 5e-2;
        };
    }

    /** The cpu backend's, in single precision; computed once for all precisions. */
    private float[] expected(TinyModels.Choice choice, int steps) {
        return expected.computeIfAbsent(List.of(choice.version(), choice.mode()), key -> {
            try (Backend cpu = new CpuBackend(Runtime.getRuntime().availableProcessors())) {
                return results(choice.in(Precision.F32), steps, cpu);
            }
        });
    }

    /** Logits, or the losses of the first steps. */
    private float[] results(TinyModels.Choice choice, int steps, Backend backend) {
        try (ModelProgram program = models.program(choice, backend)) {
            return Stream.generate(() -> {
                        program.step();
                        return program.result();
                    })
                    .limit(steps)
                    .reduce(new float[0], ModelProof::joined);
        }
    }

    private static float[] joined(float[] a, float[] b) {
        float[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }
}
