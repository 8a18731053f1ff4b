package org.cryonext.models.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.Set;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;

/**
 * An ONNX file, memory-mapped: weights are views of the file, or of the files with external data beside it, and are
 * valid until it is closed. Nothing it says is believed before it was checked against the bytes that are there, and no
 * file outside its folder is opened. Format: onnx.ai/onnx/repo-docs/IR.html.
 */
public final class OnnxFile implements AutoCloseable {
    private static final String EXPECTED = "an ONNX file";

    /** What the domain of ONNX's own operators may be called. */
    private static final Set<String> STANDARD = Set.of("", "ai.onnx");

    private final Path file;
    private final Arena arena;
    private final long bytes;
    private final ModelProto model;
    private final SequencedMap<String, Long> opsets = new LinkedHashMap<>();
    private final SequencedMap<String, String> metadata = new LinkedHashMap<>();
    private final SequencedMap<String, Tensor> initializers = new LinkedHashMap<>();
    private final List<OnnxPort> inputs;
    private final List<OnnxPort> outputs;
    private final List<OnnxNode> nodes;

    private OnnxFile(Path file, Arena arena, MemorySegment data) {
        this.file = file;
        this.arena = arena;
        this.model = parse(file, data);
        if (!model.hasGraph()) {
            throw bad(file, "it holds no graph; it is empty, truncated or of another format");
        }
        ExternalData external = new ExternalData(file, arena);
        OnnxTensors tensors = new OnnxTensors(file, data, external);
        GraphProto graph = model.getGraph();
        for (OperatorSetIdProto opset : model.getOpsetImportList()) {
            String domain = STANDARD.contains(opset.getDomain()) ? "" : opset.getDomain();
            if (opsets.put(domain, opset.getVersion()) != null) {
                throw bad(file, "it names two versions of the operators of domain \"" + opset.getDomain() + "\"");
            }
        }
        for (StringStringEntryProto entry : model.getMetadataPropsList()) {
            metadata.put(entry.getKey(), entry.getValue());
        }
        for (TensorProto message : graph.getInitializerList()) {
            String name = required(message.getName(), "an initializer");
            if (initializers.put(name, tensors.tensor(message, name)) != null) {
                throw bad(file, "it has two initializers " + name);
            }
        }
        if (graph.getSparseInitializerCount() > 0) {
            throw bad(
                    file,
                    "its initializer "
                            + graph.getSparseInitializer(0).getValues().getName()
                            + " is sparse, which is not supported; store it as an ordinary tensor");
        }
        this.inputs = ports(graph.getInputList(), "input");
        this.outputs = ports(graph.getOutputList(), "output");
        if (outputs.isEmpty()) {
            throw bad(file, "its graph has no outputs");
        }
        this.nodes = nodes(graph.getNodeList(), tensors);
        this.bytes = data.byteSize() + external.bytes();
    }

    /**
     * Opens a file and reads its graph.
     *
     * @throws InputException if it is missing, truncated or not well-formed; the message names the place
     */
    public static OnnxFile open(Path file) {
        InputFile.require(file, EXPECTED);
        if (!Files.isRegularFile(file)) {
            throw new InputException(file + " is not a file that can be mapped, " + EXPECTED + " was expected");
        }
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file)) {
            return new OnnxFile(file, arena, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
        } catch (IOException e) {
            arena.close();
            throw InputFile.unreadable(file, EXPECTED, e);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private static ModelProto parse(Path file, MemorySegment data) {
        try {
            return ModelProto.parseFrom(WireCopy.of(file, data));
        } catch (InvalidProtocolBufferException e) {
            throw new InputException(message(file, "its fields are not those of an ONNX model: " + e.getMessage()), e);
        }
    }

    private List<OnnxPort> ports(List<ValueInfoProto> infos, String kind) {
        List<OnnxPort> ports = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (ValueInfoProto info : infos) {
            String name = required(info.getName(), "an " + kind);
            if (!names.add(name)) {
                throw bad(file, "it has two " + kind + "s " + name);
            }
            ports.add(port(name, info.getType(), kind));
        }
        return List.copyOf(ports);
    }

    private OnnxPort port(String name, TypeProto type, String kind) {
        if (!type.hasTensorType()) {
            if (kind.equals("input")) {
                throw bad(file, kind + " " + name + " is not a dense tensor, which alone is supported");
            }
            return new OnnxPort(name, Optional.empty(), Optional.empty());
        }
        int number = type.getTensorType().getElemType();
        Optional<DType> dtype = OnnxTensors.dtype(number);
        if (dtype.isEmpty() && kind.equals("input")) {
            throw bad(
                    file,
                    kind + " " + name + " has the element type " + OnnxTensors.typeName(number)
                            + ", which is not supported");
        }
        if (!type.getTensorType().hasShape()) {
            return new OnnxPort(name, dtype, Optional.empty());
        }
        List<OnnxPort.Dim> dims = new ArrayList<>();
        for (Dimension dim : type.getTensorType().getShape().getDimList()) {
            if (dim.hasDimValue() && dim.getDimValue() < 0) {
                throw bad(file, kind + " " + name + " has the negative extent " + dim.getDimValue());
            }
            dims.add(new OnnxPort.Dim(
                    dim.hasDimValue() ? OptionalLong.of(dim.getDimValue()) : OptionalLong.empty(), dim.getDimParam()));
        }
        return new OnnxPort(name, dtype, Optional.of(List.copyOf(dims)));
    }

    private List<OnnxNode> nodes(List<NodeProto> messages, OnnxTensors tensors) {
        List<OnnxNode> result = new ArrayList<>();
        for (NodeProto message : messages) {
            String path = message.getName().isEmpty() ? message.getOpType() + "#" + result.size() : message.getName();
            result.add(new OnnxNode(
                    path,
                    STANDARD.contains(message.getDomain()) ? "" : message.getDomain(),
                    message.getOpType(),
                    List.copyOf(message.getInputList()),
                    List.copyOf(message.getOutputList()),
                    new Attributes(file, path, message.getAttributeList(), tensors)));
        }
        return List.copyOf(result);
    }

    private String required(String name, String what) {
        if (name.isEmpty()) {
            throw bad(file, what + " has no name");
        }
        return name;
    }

    /** The file. */
    public Path file() {
        return file;
    }

    /** Bytes of the file and of the external data it names. */
    public long bytes() {
        return bytes;
    }

    /** The program that wrote it and its version, for instance {@code pytorch 2.13.0}; may be empty. */
    public String producer() {
        return (model.getProducerName() + " " + model.getProducerVersion()).strip();
    }

    /** Version of the file format. */
    public long irVersion() {
        return model.getIrVersion();
    }

    /** Versions of the operators by domain; ONNX's own domain is the empty one. */
    public SequencedMap<String, Long> opsets() {
        return Collections.unmodifiableSequencedMap(opsets);
    }

    /** What the producer noted about the model. */
    public SequencedMap<String, String> metadata() {
        return Collections.unmodifiableSequencedMap(metadata);
    }

    /** The weights by name. */
    public SequencedMap<String, Tensor> initializers() {
        return Collections.unmodifiableSequencedMap(initializers);
    }

    /** What has to be given for a run: the graph's inputs without those that an initializer gives. */
    public List<OnnxPort> inputs() {
        return inputs.stream()
                .filter(input -> !initializers.containsKey(input.name()))
                .toList();
    }

    /** What a run gives. */
    public List<OnnxPort> outputs() {
        return outputs;
    }

    /** Names of operators by how many nodes have them, the most frequent first. */
    public SequencedMap<String, Long> operators() {
        SequencedMap<String, Long> counts = new LinkedHashMap<>();
        nodes.forEach(node -> counts.merge(node.operator(), 1L, Long::sum));
        SequencedMap<String, Long> sorted = new LinkedHashMap<>();
        counts.entrySet().stream()
                .sorted((a, b) -> Long.compare(b.getValue(), a.getValue()))
                .forEach(e -> sorted.put(e.getKey(), e.getValue()));
        return sorted;
    }

    /** The nodes as they stand in the file. */
    List<OnnxNode> nodes() {
        return nodes;
    }

    /** Whether the file itself defines an operator as a function. */
    boolean definesFunction(String domain, String type) {
        return model.getFunctionsList().stream()
                .anyMatch(f -> f.getName().equals(type) && f.getDomain().equals(domain));
    }

    /** Unmaps the file; tensors taken from it may not be used any more. */
    @Override
    public void close() {
        arena.close();
    }

    static InputException bad(Path file, String what) {
        return new InputException(message(file, what));
    }

    static String message(Path file, String what) {
        return file + " is not a usable ONNX file: " + what;
    }
}
