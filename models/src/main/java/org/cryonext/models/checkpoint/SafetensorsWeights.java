package org.cryonext.models.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/**
 * The tensors of one safetensors file.
 *
 * @param safetensors the open file
 */
record SafetensorsWeights(Safetensors safetensors) implements WeightSource {
    static SafetensorsWeights open(Path file) {
        return new SafetensorsWeights(Safetensors.open(file));
    }

    @Override
    public Path file() {
        return safetensors.file();
    }

    @Override
    public String format() {
        return "safetensors";
    }

    @Override
    public SequencedMap<String, TensorType> types() {
        return safetensors.types();
    }

    @Override
    public Map<String, String> metadata() {
        return safetensors.metadata();
    }

    @Override
    public Tensor tensor(String name) {
        return safetensors.tensor(name);
    }

    @Override
    public List<String> notes() {
        return List.of();
    }

    @Override
    public void close() {
        safetensors.close();
    }
}
