package org.cryonext.models;

import java.util.Map;
import java.util.TreeMap;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.pass.FuseLinear;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.convnext.ConvNext;

/** Runs checkpoints on the images of reference files. */
public final class Models {
    private Models() {}

    /** The logits for the {@code x} of a reference file. */
    public static float[] logits(Checkpoint checkpoint, Safetensors reference, Backend backend) {
        return output("logits", checkpoint, reference, backend);
    }

    /** One output for the {@code x} of a reference file. */
    public static float[] output(String name, Checkpoint checkpoint, Safetensors reference, Backend backend) {
        Tensor x = reference.tensor("x").transpose(0, 2, 3, 1);
        Graph graph = FuseLinear.apply(ConvNext.inference(
                checkpoint.config(),
                x.shape().dim(0),
                x.shape().dim(1),
                x.shape().dim(2)));
        try (Variables variables = new Variables(backend)) {
            checkpoint.upload(variables);
            try (Program program = Program.compile(graph, variables)) {
                program.set("x", x);
                program.run();
                return program.get(name).toFloats();
            }
        }
    }

    /** Largest difference over the largest expected magnitude. */
    public static double relative(float[] found, float[] expected) {
        double difference = 0;
        double magnitude = 0;
        for (int i = 0; i < expected.length; i++) {
            difference = Math.max(difference, Math.abs(found[i] - expected[i]));
            magnitude = Math.max(magnitude, Math.abs(expected[i]));
        }
        return difference / magnitude;
    }

    /** A copy of a weight file's tensors, to be changed and written again. */
    public static Map<String, Tensor> copy(Safetensors file) {
        Map<String, Tensor> tensors = new TreeMap<>();
        file.types().keySet().forEach(name -> {
            Tensor t = file.tensor(name);
            Tensor copy = Tensor.zeros(t.type());
            copy.data().copyFrom(t.data());
            tensors.put(name, copy);
        });
        return tensors;
    }
}
