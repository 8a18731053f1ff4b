package org.cryonext.tools.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.onnx.OnnxRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs any ONNX graph of the operators that are read. */
@Command(
        name = "run",
        description = {
            "Runs an ONNX model on given tensors and writes what it computes.",
            "",
            "The model may be any graph of the operators in docs/onnx.md, not only a ConvNeXt. It is run as it stands,"
                    + " operator by operator, which the reference device does exactly and slowly; the cpu device lacks"
                    + " most of these operators. To train or classify with a ConvNeXt, import it.",
            ""
        },
        footerHeading = "%nExample:%n",
        footer = "  ./cryonext run model.onnx --input x.safetensors --output y.safetensors")
final class RunCommand extends Job {
    @Parameters(index = "0", paramLabel = "MODEL", description = "ONNX file.")
    private Path model;

    @Option(
            names = "--input",
            required = true,
            paramLabel = "FILE",
            description = "Tensors named as the model's inputs, safetensors; a single one may have any name.")
    private Path input;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "FILE",
            description = "Where the outputs are written, safetensors.")
    private Path output;

    @Mixin
    private DeviceOption device;

    @Override
    int run(Progress progress) {
        try (OnnxRun run = OnnxRun.open(model, input);
                Backend backend = backend(run)) {
            run.inputs().forEach((name, tensor) -> out().println("input  " + name + "  " + tensor.type()));
            Map<String, Tensor> outputs = run.run(backend, output, progress);
            outputs.forEach((name, tensor) -> out().println("output " + name + "  " + tensor.type()));
            out().println("Written to " + output + ", computed on " + backend.description());
        }
        return 0;
    }

    /** The device asked for; in place of the fastest the reference, if that lacks an operator. */
    private Backend backend(OnnxRun run) {
        Backend backend = device.open();
        List<String> lacking = run.lacking(backend);
        if (lacking.isEmpty() || backend instanceof ReferenceBackend) {
            return backend;
        }
        backend.close();
        if (!device.isAuto()) {
            throw new InputException("--device " + backend.name() + " cannot run " + model + ": it lacks "
                    + String.join(", ", lacking) + " for this graph's types; use --device reference");
        }
        return new ReferenceBackend();
    }
}
