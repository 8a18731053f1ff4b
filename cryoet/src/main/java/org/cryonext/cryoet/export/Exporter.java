package org.cryonext.cryoet.export;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.io.SafetensorsWriter;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.convnext.Parameter;
import org.cryonext.models.export.OnnxWriter;

/** Writes a trained network as a file that other programs read. */
public final class Exporter {
    private Exporter() {}

    /**
     * Exports a network.
     *
     * @return the files that were written
     * @throws InputException if the network cannot be read or a file cannot be written
     */
    public static Export run(ExportSettings settings, Progress progress) {
        Path out = settings.out();
        if (settings.format() == Format.ONNX && Files.isDirectory(out)) {
            throw new InputException(out + " is a folder; give the name of a file with --out");
        }
        ExportSource source = ExportSource.open(settings.source(), progress);
        List<Path> files = switch (settings.format()) {
            case ONNX ->
                OnnxWriter.write(out, ParticleGraph.of(source, settings), Metadata.onnx(source, settings), progress);
            case SAFETENSORS -> writeSafetensors(source, settings);
        };
        return new Export(source.checkpoint().config(), files);
    }

    private static List<Path> writeSafetensors(ExportSource source, ExportSettings settings) {
        Checkpoint checkpoint = source.checkpoint();
        Path out = settings.out();
        if (!out.toString().endsWith(Format.SAFETENSORS.ending())) {
            checkpoint.write(out, settings.floats());
            return List.of(out);
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Parameter p : Parameter.of(checkpoint.config())) {
            tensors.put(p.name(), p.toTorch(checkpoint.parameters().get(p.name())));
        }
        SafetensorsWriter.write(out, tensors, Metadata.safetensors(source, settings), settings.floats());
        return List.of(out);
    }
}
