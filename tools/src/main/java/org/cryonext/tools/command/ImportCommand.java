package org.cryonext.tools.command;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.tensor.DType;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.inspect.Units;
import org.cryonext.models.load.Head;
import org.cryonext.models.load.ImportSettings;
import org.cryonext.models.load.Importer;
import org.cryonext.models.load.LabelFile;
import org.cryonext.models.load.ModelFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a checkpoint of a model in another file. */
@Command(
        name = "import",
        description = {
            "Makes a checkpoint of a ConvNeXt in whatever file it is, and changes its classifier if asked to.",
            "",
            "Read are safetensors (one file, or several with their model.safetensors.index.json), PyTorch checkpoints"
                    + " (.bin, .pth, .pt; nothing in them is executed) and checkpoint folders, with the names of Hugging"
                    + " Face, timm, torchvision or the original code. Which these are is found and printed.",
            "",
            "In an ONNX file the network is found by structure and proved: the file's own graph and the rebuilt network"
                    + " run on a random image, and a difference of more than 1e-4 of the largest result ends the import."
                    + " Without --memory that takes at most 512 MiB and eight times the bytes of the file and its data,"
                    + " or 75%% of what there is.",
            ""
        },
        footerHeading = "%nExample, a network for 12 other classes:%n",
        footer = "  ./cryonext import convnext_tiny_1k_224_ema.pth --out convnext-tiny --classes 12")
final class ImportCommand extends Job {
    @Parameters(
            index = "0",
            paramLabel = "FILE",
            description =
                    "The model: a weight file, a list of weight files, an ONNX file, a checkpoint folder, or the name of a"
                            + " published model that cryonext fetch has brought.")
    private String source;

    @Option(
            names = "--out",
            paramLabel = "CHECKPOINT",
            required = true,
            description = "Folder to write, new or empty, or with a checkpoint that is to be replaced.")
    private Path out;

    @Option(
            names = "--classes",
            paramLabel = "N|NAMES",
            description = "Replace the classifier by a fresh one: for N classes, or for those of a file with one name a"
                    + " line, or JSON (a list, or id2label as in a config.json).")
    private String classes;

    @Option(
            names = "--labels",
            paramLabel = "NAMES",
            description = "Keep the classifier and name its classes by such a file.")
    private Path labels;

    @Option(names = "--drop-head", description = "Take the classifier away; the model then gives features.")
    private boolean dropHead;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "For the fresh classifier's weights (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--f16", description = "Write the weights in half precision (default: F32).")
    private boolean f16;

    @Option(names = "--bf16", description = "Write the weights as BF16.")
    private boolean bf16;

    @Override
    int run(Progress progress) {
        usage(() -> {
            if (Stream.of(classes != null, labels != null, dropHead)
                            .filter(given -> given)
                            .count()
                    > 1) {
                throw new InputException("Of --classes, --labels and --drop-head give one");
            }
            if (f16 && bf16) {
                throw new InputException("Of --f16 and --bf16 give one");
            }
            return null;
        });
        Path path = CheckpointName.locate(source);
        if (ModelFile.isOnnx(path)) {
            out().println("Uses a heap of at most "
                    + Units.bytes(Runtime.getRuntime().maxMemory()) + "; --memory changes that");
        }
        DType weights = f16 ? DType.F16 : bf16 ? DType.BF16 : DType.F32;
        Checkpoint written = Importer.run(new ImportSettings(path, out, head(), weights), progress);
        written.report().forEach(out()::println);
        return 0;
    }

    private Head head() {
        if (classes != null) {
            return new Head.Fresh(freshLabels(), seed);
        }
        if (labels != null) {
            return new Head.Renamed(labels, LabelFile.read(labels));
        }
        return dropHead ? new Head.Dropped() : new Head.Kept();
    }

    private List<String> freshLabels() {
        if (!classes.matches("\\d+")) {
            return LabelFile.read(Path.of(classes));
        }
        return usage(() -> {
            if (classes.length() > 7 || Integer.parseInt(classes) < 1) {
                throw new InputException("--classes is " + classes + ", expected 1 to " + ConvNextConfig.MOST_CLASSES
                        + " or a file of names; --drop-head takes the classifier away");
            }
            return ConvNextConfig.numbered(Integer.parseInt(classes));
        });
    }
}
