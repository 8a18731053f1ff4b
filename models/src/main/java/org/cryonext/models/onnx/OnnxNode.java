package org.cryonext.models.onnx;

import java.util.List;

/**
 * A node of an ONNX graph.
 *
 * @param path its name, or {@code Type#index} if it has none: what messages and the engine's graph call it
 * @param domain of its operator; empty for ONNX's own
 * @param type its operator
 * @param inputs names of values; empty where an optional one is left out
 * @param outputs names of values; empty where nobody wants one
 * @param attributes by name
 */
record OnnxNode(
        String path, String domain, String type, List<String> inputs, List<String> outputs, Attributes attributes) {
    /** Operator with its domain, for instance {@code com.microsoft.BiasGelu}. */
    String operator() {
        return domain.isEmpty() ? type : domain + "." + type;
    }

    @Override
    public String toString() {
        return path.equals(type) ? path : path + " (" + operator() + ")";
    }
}
