package org.cryonext.tools.command;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.compare.Compare;
import org.cryonext.models.compare.Comparison;
import org.cryonext.models.compare.Gates;
import org.cryonext.models.compare.Row;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lays a model's outputs, gradients and updates beside those of another program. */
@Command(
        name = "compare",
        description = {
            "Compares a model's outputs, gradients and AdamW steps with those that another program computed.",
            "",
            "REFERENCE holds x [N,3,H,W] and any of logits, stem, stage0 .. stage3, pooled; with labels [N] also"
                    + " loss, grad.PARAMETER and adamw<K>.PARAMETER. Parameters may have the names of Hugging Face,"
                    + " timm, torchvision or the original code.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all tensors are within their gates",
            "1:some are not, or a file cannot be used",
            "2:wrong usage"
        },
        footerHeading = "%nExample:%n",
        footer = "  ./cryonext compare convnext-tiny/ reference.safetensors --json result.json")
final class CompareCommand extends Job {
    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description = "Checkpoint folder, weight file, ONNX file, or model that was fetched.")
    private String model;

    @Parameters(index = "1", paramLabel = "REFERENCE", description = "Tensors of the other program, safetensors.")
    private Path reference;

    @Option(
            names = "--forward-tolerance",
            paramLabel = "X",
            defaultValue = "1e-5",
            description = "Largest difference of outputs and loss, as a part of the tensor's largest magnitude"
                    + " (default: ${DEFAULT-VALUE}).")
    private double forwardTolerance;

    @Option(
            names = "--gradient-tolerance",
            paramLabel = "X",
            defaultValue = "1e-4",
            description = "The same for gradients (default: ${DEFAULT-VALUE}).")
    private double gradientTolerance;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the result there as JSON too.")
    private Path json;

    @Mixin
    private DeviceOption device;

    @Override
    int run(Progress progress) {
        Gates gates = usage(() -> new Gates(forwardTolerance, gradientTolerance));
        Comparison comparison;
        try (Backend backend = device.open()) {
            comparison = Compare.run(CheckpointName.locate(model), reference, backend, gates, progress);
        }
        print(comparison, out());
        if (json != null) {
            comparison.writeJson(json);
        }
        return comparison.passed() ? 0 : 1;
    }

    private static void print(Comparison comparison, PrintWriter out) {
        comparison.report().forEach(out::println);
        int name = comparison.rows().stream()
                .mapToInt(row -> row.tensor().length())
                .max()
                .orElse(0);
        int shape = comparison.rows().stream()
                .mapToInt(row -> row.shape().toString().length())
                .max()
                .orElse(0);
        String columns = "%-" + Math.max(name, 6) + "s  %-" + Math.max(shape, 5) + "s  %10s  %10s  %s%n";
        out.printf(Locale.ROOT, columns, "tensor", "shape", "max abs", "relative", "");
        for (Row row : comparison.rows()) {
            out.printf(
                    Locale.ROOT,
                    columns,
                    row.tensor(),
                    row.shape(),
                    String.format(Locale.ROOT, "%.3g", row.maxAbsolute()),
                    String.format(Locale.ROOT, "%.3g", row.relative()),
                    (row.passed() ? "pass" : "FAIL") + (row.note().isEmpty() ? "" : "  " + row.note()));
        }
        if (!comparison.notCompared().isEmpty()) {
            out.println("Not compared: " + String.join(", ", comparison.notCompared()));
        }
        long failed = comparison.rows().stream().filter(row -> !row.passed()).count();
        out.println(
                failed == 0
                        ? "All " + comparison.rows().size() + " tensors pass, on " + comparison.device()
                        : failed + " of " + comparison.rows().size() + " tensors fail, on " + comparison.device());
    }
}
