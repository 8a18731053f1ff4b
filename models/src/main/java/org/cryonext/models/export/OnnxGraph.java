package org.cryonext.models.export;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.cryonext.engine.Release;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/** An ONNX graph of standard operators (domain ai.onnx) while it is put together, node by node in the order of the data. */
public final class OnnxGraph {
    /** The first opset with LayerNormalization. */
    public static final int OLDEST = 17;

    /** The first opset with Gelu. */
    public static final int NEWEST = 20;

    /** From this opset on the axes of ReduceMean and ReduceL2 are an input. */
    private static final int AXES_AS_INPUT = 18;

    private final int opset;
    private final List<NodeProto.Builder> nodes = new ArrayList<>();
    private final List<ValueInfoProto> inputs = new ArrayList<>();
    private final List<ValueInfoProto> outputs = new ArrayList<>();
    private final SequencedMap<String, Initializer> initializers = new LinkedHashMap<>();
    private final Map<String, Integer> uses = new HashMap<>();
    private String scope = "";

    /**
     * @param opset version of the operators
     * @throws InputException if it is none of 17 to 20
     */
    public OnnxGraph(int opset) {
        if (opset < OLDEST || opset > NEWEST) {
            throw new InputException("--opset is " + opset + ", expected " + OLDEST + " to " + NEWEST);
        }
        this.opset = opset;
    }

    /** Version of the operators. */
    public int opset() {
        return opset;
    }

    /** The path that the names of the nodes to come begin with, for instance {@code stages.0.blocks.1}. */
    public void scope(String path) {
        scope = path;
    }

    /** A value that whoever runs the file gives. */
    public OnnxValue input(String name, DType type, List<Dim> shape) {
        inputs.add(info(name, type, shape));
        return new OnnxValue(name, type);
    }

    /** Makes a value one of the graph's results, under a name of its own. */
    public void output(String name, OnnxValue value, List<Dim> shape) {
        outputs.add(info(name, value.type(), shape));
        for (NodeProto.Builder node : nodes) {
            for (int i = 0; i < node.getInputCount(); i++) {
                if (node.getInput(i).equals(value.name())) {
                    node.setInput(i, name);
                }
            }
            if (node.getOutput(0).equals(value.name())) {
                node.setOutput(0, name);
            }
        }
    }

    /**
     * Adds a node with one result.
     *
     * @param inputs its operands; the result has the first one's element type
     */
    public OnnxValue add(String operator, List<OnnxValue> inputs, Attribute... attributes) {
        return add(operator, inputs.getFirst().type(), inputs, attributes);
    }

    private OnnxValue add(String operator, DType type, List<OnnxValue> inputs, Attribute... attributes) {
        String path = scope + "/" + operator;
        int before = uses.merge(path, 1, Integer::sum) - 1;
        String name = before == 0 ? path : path + "_" + before;
        NodeProto.Builder node =
                NodeProto.newBuilder().setOpType(operator).setName(name).addOutput(name);
        inputs.forEach(input -> node.addInput(input.name()));
        for (Attribute attribute : attributes) {
            node.addAttribute(proto(attribute));
        }
        nodes.add(node);
        return new OnnxValue(name, type);
    }

    /** The value with elements of another type; itself where it has that type. */
    public OnnxValue cast(OnnxValue x, DType type) {
        return x.type() == type
                ? x
                : add(
                        "Cast",
                        type,
                        List.of(x),
                        new Attribute.Whole("to", dataType(type).getNumber()));
    }

    /** The value under another shape. */
    public OnnxValue reshape(OnnxValue x, long... dims) {
        return add("Reshape", List.of(x, numbers(dims)));
    }

    /** The extents {@code from} (inclusive) to {@code to} of a value as I64. */
    public OnnxValue shape(OnnxValue x, long from, long to) {
        return add("Shape", DType.I64, List.of(x), new Attribute.Whole("start", from), new Attribute.Whole("end", to));
    }

    /** The value with its dimensions in another order. */
    public OnnxValue transpose(OnnxValue x, long... order) {
        return add("Transpose", List.of(x), Attribute.Wholes.of("perm", order));
    }

    /**
     * One of the operators ReduceMean, ReduceL2, ..., whose signatures differ between opsets.
     *
     * @param keep whether the axes stay, with extent 1
     */
    public OnnxValue reduce(String operator, OnnxValue x, boolean keep, long... axes) {
        Attribute keepDims = new Attribute.Whole("keepdims", keep ? 1 : 0);
        return opset >= AXES_AS_INPUT
                ? add(operator, List.of(x, numbers(axes)), keepDims)
                : add(operator, List.of(x), Attribute.Wholes.of("axes", axes), keepDims);
    }

    /** A list of whole numbers, I64. */
    public OnnxValue numbers(long... values) {
        String name = LongStream.of(values).mapToObj(String::valueOf).collect(Collectors.joining("_", "I64/", ""));
        return constant(name, Tensor.of(values, values.length));
    }

    /** A single number without dimensions. */
    public OnnxValue scalar(DType type, double value) {
        Tensor tensor = Tensor.zeros(new TensorType(type, Shape.of()));
        tensor.set(0, value);
        return constant(type + "/" + value, tensor);
    }

    /** A constant; asked for again under the same name it is shared. */
    public OnnxValue constant(String name, Tensor value) {
        return constant(name, value.type(), () -> value);
    }

    /** A constant whose values are asked for when they are written. */
    OnnxValue constant(String name, TensorType type, Supplier<Tensor> values) {
        initializers.putIfAbsent(name, new Initializer(name, type, values));
        return new OnnxValue(name, type.dtype());
    }

    /**
     * What goes into the file.
     *
     * @param metadata strings of the model's metadata_props
     */
    OnnxModel model(Map<String, String> metadata) {
        ModelProto.Builder header = ModelProto.newBuilder()
                // The IR that came with each opset; the older, the more runtimes read it.
                .setIrVersion(opset < 19 ? 8 : 9)
                .setProducerName("CryoNeXt")
                .setProducerVersion(Release.version())
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(opset));
        metadata.forEach((key, value) -> header.addMetadataProps(
                StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        GraphProto.Builder graph =
                GraphProto.newBuilder().setName("ConvNeXt").addAllInput(inputs).addAllOutput(outputs);
        nodes.forEach(graph::addNode);
        return new OnnxModel(header.build(), graph.build(), List.copyOf(initializers.values()));
    }

    /** ONNX's name for an element type. */
    static TensorProto.DataType dataType(DType type) {
        return switch (type) {
            case F32 -> TensorProto.DataType.FLOAT;
            case F16 -> TensorProto.DataType.FLOAT16;
            case U8 -> TensorProto.DataType.UINT8;
            case I32 -> TensorProto.DataType.INT32;
            case I64 -> TensorProto.DataType.INT64;
            default -> throw new IllegalArgumentException("an exported graph has no values of type " + type);
        };
    }

    private static ValueInfoProto info(String name, DType type, List<Dim> shape) {
        TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
        for (Dim dim : shape) {
            switch (dim) {
                case Dim.Fixed fixed -> dims.addDimBuilder().setDimValue(fixed.size());
                case Dim.Symbolic symbolic -> dims.addDimBuilder().setDimParam(symbolic.name());
            }
        }
        TypeProto.Tensor tensor = TypeProto.Tensor.newBuilder()
                .setElemType(dataType(type).getNumber())
                .setShape(dims)
                .build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    private static AttributeProto proto(Attribute attribute) {
        AttributeProto.Builder proto = AttributeProto.newBuilder().setName(attribute.name());
        switch (attribute) {
            case Attribute.Whole whole ->
                proto.setType(AttributeProto.AttributeType.INT).setI(whole.value());
            case Attribute.Wholes wholes ->
                proto.setType(AttributeProto.AttributeType.INTS).addAllInts(wholes.values());
            case Attribute.Real real ->
                proto.setType(AttributeProto.AttributeType.FLOAT).setF(real.value());
            case Attribute.Text text ->
                proto.setType(AttributeProto.AttributeType.STRING).setS(ByteString.copyFromUtf8(text.value()));
        }
        return proto.build();
    }
}
