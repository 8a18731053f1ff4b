package org.cryonext.models.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.tensor.Tensor;

/** The attributes of a node, each asked for by name and kind. */
final class Attributes {
    private final Path file;
    private final String node;
    private final OnnxTensors tensors;
    private final Map<String, AttributeProto> byName = new LinkedHashMap<>();

    /**
     * @param file for messages
     * @param node path of the node, for messages
     * @throws InputException if two have one name
     */
    Attributes(Path file, String node, List<AttributeProto> attributes, OnnxTensors tensors) {
        this.file = file;
        this.node = node;
        this.tensors = tensors;
        for (AttributeProto attribute : attributes) {
            if (byName.put(attribute.getName(), attribute) != null) {
                throw bad(attribute.getName(), "is given twice");
            }
        }
    }

    /** Names of all that are given. */
    Set<String> names() {
        return byName.keySet();
    }

    /** Whether it is given. */
    boolean has(String name) {
        return byName.containsKey(name);
    }

    /** A whole number. */
    long integer(String name, long absent) {
        return find(name, AttributeType.INT).map(AttributeProto::getI).orElse(absent);
    }

    /** A number that is 0 or 1. */
    boolean flag(String name, boolean absent) {
        long value = integer(name, absent ? 1 : 0);
        if (value != 0 && value != 1) {
            throw bad(name, "is " + value + ", expected 0 or 1");
        }
        return value == 1;
    }

    /** A real number. */
    float real(String name, float absent) {
        return find(name, AttributeType.FLOAT).map(AttributeProto::getF).orElse(absent);
    }

    /** A text. */
    String text(String name, String absent) {
        return find(name, AttributeType.STRING)
                .map(a -> a.getS().toString(StandardCharsets.UTF_8))
                .orElse(absent);
    }

    /** Whole numbers. */
    Optional<long[]> integers(String name) {
        return find(name, AttributeType.INTS)
                .map(a -> a.getIntsList().stream().mapToLong(Long::longValue).toArray());
    }

    /** Real numbers. */
    Optional<float[]> reals(String name) {
        return find(name, AttributeType.FLOATS).map(a -> {
            float[] values = new float[a.getFloatsCount()];
            for (int i = 0; i < values.length; i++) {
                values[i] = a.getFloats(i);
            }
            return values;
        });
    }

    /** A tensor. */
    Optional<Tensor> tensor(String name) {
        return find(name, AttributeType.TENSOR).map(a -> tensors.tensor(a.getT(), name + " of node " + node));
    }

    private Optional<AttributeProto> find(String name, AttributeType expected) {
        AttributeProto attribute = byName.get(name);
        if (attribute == null) {
            return Optional.empty();
        }
        if (attribute.getType() != expected) {
            throw bad(name, "is of kind " + attribute.getType() + ", expected " + expected);
        }
        if (!attribute.getRefAttrName().isEmpty()) {
            throw bad(name, "refers to " + attribute.getRefAttrName() + ", which only nodes of functions may do");
        }
        return Optional.of(attribute);
    }

    private InputException bad(String name, String what) {
        return OnnxFile.bad(file, "attribute " + name + " of node " + node + " " + what);
    }
}
