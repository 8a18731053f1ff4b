package org.cryonext.models.onnx;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.cryonext.engine.tensor.DType;

/**
 * What a file says of an input or output of its graph.
 *
 * @param name its name
 * @param dtype element type; empty where the file does not say, or it is none that tensors have here
 * @param dims extents, outermost first; empty where the file does not say
 */
public record OnnxPort(String name, Optional<DType> dtype, Optional<List<Dim>> dims) {
    /**
     * An extent: a number, or free.
     *
     * @param extent the number, at least 0
     * @param symbol the name of a free extent, for instance {@code batch}; may be empty
     */
    public record Dim(OptionalLong extent, String symbol) {
        @Override
        public String toString() {
            return extent.isPresent() ? Long.toString(extent.getAsLong()) : symbol.isEmpty() ? "?" : symbol;
        }
    }

    /** For instance {@code F32 [batch, 3, 224, 224]}. */
    public String type() {
        return dtype.map(DType::name).orElse("?") + " "
                + dims.map(list -> list.stream().map(Dim::toString).collect(Collectors.joining(", ", "[", "]")))
                        .orElse("[...]");
    }
}
