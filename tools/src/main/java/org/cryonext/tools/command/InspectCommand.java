package org.cryonext.tools.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import org.cryonext.cryoet.run.RunFacts;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.inspect.Architecture;
import org.cryonext.models.inspect.Drawing;
import org.cryonext.models.inspect.Fact;
import org.cryonext.models.inspect.Inspection;
import org.cryonext.models.inspect.Inspector;
import org.cryonext.models.inspect.PartCost;
import org.cryonext.models.inspect.Units;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what is in a model file. */
@Command(
        name = "inspect",
        description = {
            "Shows what a model file or run holds: architecture, the work of its parts, labels, precision, producer.",
            "",
            "An ONNX file may hold any network: of one that is no ConvNeXt, its inputs, outputs and operators are shown.",
            ""
        },
        footerHeading = "%nExample:%n",
        footer = "  ./cryonext inspect convnext-tiny/ --graph convnext-tiny.svg")
final class InspectCommand extends Job {
    @Parameters(
            index = "0",
            paramLabel = "FILE",
            description = "Checkpoint folder, weight file, ONNX file, folder of a run, or the name of a published model"
                    + " that cryonext fetch has brought.")
    private String source;

    @Option(
            names = "--image-size",
            paramLabel = "N",
            description = "Edge of the image for which work is counted, in pixels (default: the model's own; 224 where"
                    + " an ONNX file leaves it open).")
    private Integer imageSize;

    @Option(
            names = "--graph",
            paramLabel = "FILE",
            description = "Draw the network there: a picture (.svg) or a graph in Graphviz's language (.dot).")
    private Path graph;

    @Override
    int run(Progress progress) {
        OptionalInt size = usage(this::checked);
        Path path = CheckpointName.locate(source);
        List<Fact> facts = new ArrayList<>();
        if (RunFacts.isRun(path)) {
            RunFolder run = RunFolder.open(path);
            facts.addAll(RunFacts.of(run));
            path = RunFacts.checkpoint(run);
        }
        Inspection inspection = Inspector.of(path, size);
        facts.addAll(inspection.facts());
        print(inspection, facts);
        if (graph != null) {
            Drawing.write(inspection, graph);
            out().println("The network is drawn in " + graph);
        }
        return 0;
    }

    private OptionalInt checked() {
        if (graph != null) {
            Drawing.requireEnding(graph);
        }
        if (imageSize != null && (imageSize < 1 || imageSize > 1 << 16)) {
            throw new InputException("--image-size is " + imageSize + ", expected 1 to " + (1 << 16));
        }
        return imageSize == null ? OptionalInt.empty() : OptionalInt.of(imageSize);
    }

    private void print(Inspection inspection, List<Fact> facts) {
        out().println(inspection.title());
        int width = facts.stream().mapToInt(fact -> fact.name().length()).max().orElse(0);
        facts.forEach(fact -> out().printf("  %-" + width + "s  %s%n", fact.name(), fact.value()));
        inspection.architecture().ifPresent(this::print);
        if (!inspection.operators().isEmpty()) {
            out().println();
            inspection.operators().forEach((name, count) -> out().printf(Locale.ROOT, "%7d  %s%n", count, name));
        }
    }

    private void print(Architecture architecture) {
        String columns = "%-9s %6s  %-16s %14s %12s %14s%n";
        out().println();
        out().printf(columns, "part", "blocks", "gives", "parameters", "FLOP", "bytes moved");
        for (PartCost part : architecture.parts()) {
            out().printf(
                            columns,
                            part.name(),
                            part.blocks() == 0 ? "" : part.blocks(),
                            part.output(),
                            Units.exact(part.parameters()),
                            Units.decimal(part.cost().flops()),
                            Units.bytes(part.cost().bytes()));
        }
        out().printf(
                        columns,
                        "all",
                        "",
                        "",
                        Units.exact(architecture.parameters()),
                        Units.decimal(architecture.cost().flops()),
                        Units.bytes(architecture.cost().bytes()));
        out().println("for one image of " + architecture.imageSize() + " x " + architecture.imageSize()
                + "; bytes are F32, each value of weights and results counted once where it is read or written");
    }
}
