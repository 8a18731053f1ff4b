package org.cryonext.cryoet.export;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.tensor.DType;
import org.cryonext.models.export.OnnxGraph;

/**
 * What to export.
 *
 * @param source folder of a run, whose best checkpoint is meant, or a checkpoint
 * @param format of the file; null for what the ending of {@code out} says
 * @param out the file; for safetensors also a folder, which becomes a checkpoint in Hugging Face's layout
 * @param opset version of ONNX's operators, 17 to 20; null for 17
 * @param half whether the weights are F16; an ONNX graph then also computes in F16
 * @param dynamic whether the ONNX graph takes any number of particles, and images of any size
 * @param singleView whether the ONNX graph takes single images of a run rather than a particle's views
 * @param preprocess whether the ONNX graph takes slices rather than images
 */
public record ExportSettings(
        Path source,
        Format format,
        Path out,
        Integer opset,
        boolean half,
        boolean dynamic,
        boolean singleView,
        boolean preprocess) {

    /** @throws InputException where options contradict each other, or the opset is none of 17 to 20 */
    public ExportSettings {
        if (format == null) {
            format = formatOf(out);
        }
        if (format == Format.ONNX) {
            opset = new OnnxGraph(opset == null ? OnnxGraph.OLDEST : opset).opset();
        } else {
            requireAbsent("--opset", opset != null);
            requireAbsent("--dynamic", dynamic);
            requireAbsent("--single-view", singleView);
            requireAbsent("--preprocess", preprocess);
        }
    }

    private static void requireAbsent(String option, boolean given) {
        if (given) {
            throw new InputException(option + " belongs to --format onnx; a safetensors file holds the weights alone");
        }
    }

    private static Format formatOf(Path out) {
        String name = out.toString().toLowerCase(Locale.ROOT);
        return Arrays.stream(Format.values())
                .filter(format -> name.endsWith(format.ending()))
                .findFirst()
                .orElseThrow(() -> new InputException(
                        "--out " + out + " ends in neither .onnx nor .safetensors; say which it is with --format"));
    }

    /** Element type of the weights. */
    DType floats() {
        return half ? DType.F16 : DType.F32;
    }
}
