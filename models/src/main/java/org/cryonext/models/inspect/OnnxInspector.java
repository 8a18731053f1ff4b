package org.cryonext.models.inspect;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.op.Cost;
import org.cryonext.engine.op.Input;
import org.cryonext.engine.op.Variable;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.onnx.OnnxFile;
import org.cryonext.models.onnx.OnnxPort;
import org.cryonext.models.onnx.OnnxProgram;
import org.cryonext.models.recognize.OnnxImport;

/** Describes an ONNX file, whatever network it holds. */
final class OnnxInspector {
    private static final int USUAL_SIZE = 224;
    private static final int LONGEST_VALUE = 100;

    private OnnxInspector() {}

    /**
     * @param imageSize taken for extents that the file leaves free, but for the first, which is 1
     */
    static Inspection of(Path path, OptionalInt imageSize) {
        try (OnnxFile file = OnnxFile.open(path)) {
            List<Fact> facts = new ArrayList<>();
            facts.add(new Fact("producer", file.producer().isEmpty() ? "not named" : file.producer()));
            facts.add(new Fact("format", "IR version " + file.irVersion() + ", opset " + opsets(file)));
            file.inputs().forEach(input -> facts.add(new Fact("input", input.name() + "  " + input.type())));
            file.outputs().forEach(output -> facts.add(new Fact("output", output.name() + "  " + output.type())));
            facts.add(new Fact("weights", weights(file)));
            file.metadata().forEach((key, value) -> facts.add(new Fact("metadata", key + " = " + shortened(value))));
            Optional<Architecture> architecture = architecture(file, imageSize, facts);
            Optional<Graph> graph = graph(file, imageSize.orElse(USUAL_SIZE), facts);
            long nodes = file.operators().values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            return new Inspection(
                    path + ": ONNX, " + nodes + " nodes, " + Units.bytes(file.bytes()),
                    facts,
                    architecture,
                    new LinkedHashMap<>(file.operators()),
                    graph);
        }
    }

    /** The ConvNeXt in it, with facts about it, or with the reason why there is none. */
    private static Optional<Architecture> architecture(OnnxFile file, OptionalInt imageSize, List<Fact> facts) {
        Checkpoint found;
        try {
            found = OnnxImport.recognize(file);
        } catch (InputException e) {
            facts.add(new Fact("no ConvNeXt", e.getMessage()));
            return Optional.empty();
        }
        Architecture architecture = Architecture.of(
                found.config(), imageSize.orElse(found.preprocessing().size()));
        facts.add(new Fact("model", architecture.summary()));
        facts.addAll(Inspector.model(found.config(), found.preprocessing()));
        found.report().stream().skip(1).forEach(note -> facts.add(new Fact("note", note)));
        return Optional.of(architecture);
    }

    private static String opsets(OnnxFile file) {
        return file.opsets().entrySet().stream()
                .map(e -> e.getKey().isEmpty() ? String.valueOf(e.getValue()) : e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", "));
    }

    private static String weights(OnnxFile file) {
        Map<DType, Long> elements = new EnumMap<>(DType.class);
        file.initializers().values().forEach(t -> elements.merge(t.dtype(), t.size(), Long::sum));
        long bytes = file.initializers().values().stream()
                .map(Tensor::type)
                .mapToLong(type -> type.bytes())
                .sum();
        return file.initializers().size() + " tensors, " + Units.bytes(bytes)
                + elements.entrySet().stream()
                        .map(e -> ", " + Units.exact(e.getValue()) + " values of " + e.getKey())
                        .collect(Collectors.joining());
    }

    private static String shortened(String value) {
        String line = value.replaceAll("\\s+", " ");
        return line.length() > LONGEST_VALUE ? line.substring(0, LONGEST_VALUE) + " ..." : line;
    }

    /** The graph for one image, with a fact about its work, or about what of it is not understood. */
    private static Optional<Graph> graph(OnnxFile file, int imageSize, List<Fact> facts) {
        try {
            Optional<String> unsupported = OnnxProgram.unsupported(file);
            if (unsupported.isPresent()) {
                facts.add(new Fact(
                        "work", "not counted: node " + unsupported.orElseThrow() + " cannot be computed here"));
                return Optional.empty();
            }
            Map<String, Shape> shapes = new LinkedHashMap<>();
            for (OnnxPort input : file.inputs()) {
                if (input.dims().isEmpty()) {
                    facts.add(new Fact(
                            "work",
                            "not counted: the file does not say how many dimensions its input " + input.name()
                                    + " has"));
                    return Optional.empty();
                }
                List<OnnxPort.Dim> dims = input.dims().orElseThrow();
                long[] extents = new long[dims.size()];
                for (int i = 0; i < extents.length; i++) {
                    extents[i] = dims.get(i).extent().orElse(i == 0 ? 1 : imageSize);
                }
                shapes.put(input.name(), Shape.of(extents));
            }
            Graph graph = OnnxProgram.of(file, shapes, false).graph();
            Cost cost = graph.nodes().stream()
                    .filter(node -> !(node.op() instanceof Variable || node.op() instanceof Input))
                    .map(node -> node.cost())
                    .reduce(new Cost(0, 0), Cost::plus);
            facts.add(new Fact(
                    "work",
                    Units.decimal(cost.flops()) + "FLOP, " + Units.bytes(cost.bytes()) + " moved, for "
                            + shapes.entrySet().stream()
                                    .map(e -> e.getKey() + " " + e.getValue())
                                    .collect(Collectors.joining(", "))));
            return Optional.of(graph);
        } catch (InputException e) {
            Fact reason = new Fact("not understood", e.getMessage());
            boolean said = facts.stream().anyMatch(fact -> fact.value().equals(reason.value()));
            facts.add(said ? new Fact("work", "not counted, for the same reason") : reason);
            return Optional.empty();
        }
    }
}
