package org.cryonext.tools.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.cryonext.cryoet.export.Export;
import org.cryonext.cryoet.export.ExportSettings;
import org.cryonext.cryoet.export.Exporter;
import org.cryonext.cryoet.export.Format;
import org.cryonext.engine.io.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a trained network for other programs. */
@Command(
        name = "export",
        description = {
            "Writes a trained network as a file for other programs.",
            "",
            "ONNX: a graph of standard operators that takes the images of a particle's views, F32 [N, views, 3, H, W],"
                    + " and gives logits and probabilities [N, classes], the views fused as the run's settings say."
                    + " Class names, preprocessing and views are in its metadata.",
            "safetensors: the weights under Hugging Face's names, as one file, or, where --out does not end in"
                    + " .safetensors, as a folder that transformers loads.",
            ""
        },
        footerHeading = "%nExample, a network that takes slices as they are cut from tomograms:%n",
        footer = "  ./cryonext export run --format onnx --out network.onnx --preprocess --dynamic")
final class ExportCommand extends Job {
    @Parameters(
            index = "0",
            paramLabel = "RUN",
            description =
                    "Folder of a run (its best checkpoint is exported), or a checkpoint: a folder, a weight file, an"
                            + " ONNX file or the name of a fetched model, which is exported for single images.")
    private String source;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "What to write: ${COMPLETION-CANDIDATES} (default: what the ending of --out says).")
    private Format format;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "Where to.")
    private Path out;

    @Option(
            names = "--opset",
            paramLabel = "N",
            description = "Version of ONNX's operators, 17 to 20 (default: 17, which the most programs know; 20 has"
                    + " GELU as one operator).")
    private Integer opset;

    @Option(
            names = "--f16",
            description = "Half precision: F16 weights, and an ONNX graph that computes in F16 but for its sensitive"
                    + " sums; its inputs and results stay F32.")
    private boolean half;

    @Option(
            names = "--dynamic",
            description = "Let whoever runs the ONNX file choose N, H and W (default: N is 1, H and W are those of the"
                    + " training).")
    private boolean dynamic;

    @Option(
            names = "--single-view",
            description = "Take single images [N, 3, H, W], or slices, and give their logits, without fusion.")
    private boolean singleView;

    @Option(
            names = "--preprocess",
            description =
                    "Take slices as bytes, U8 [N, views, edge, edge], in place of images; the resize (Pillow's, to the"
                            + " bit) and the normalisation are then in the graph.")
    private boolean preprocess;

    @Override
    int run(Progress progress) {
        Path path = CheckpointName.locate(source);
        ExportSettings settings =
                usage(() -> new ExportSettings(path, format, out, opset, half, dynamic, singleView, preprocess));
        Export export = Exporter.run(settings, progress);
        out().println(export.config().summary());
        for (Path file : export.files()) {
            out().println(file + size(file));
        }
        return 0;
    }

    private static String size(Path file) {
        try {
            return Files.isDirectory(file)
                    ? ""
                    : String.format(Locale.ROOT, "  %.1f MiB", Files.size(file) / 1024.0 / 1024.0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
