package org.cryonext.models.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.cryonext.engine.tensor.Tensor;

/**
 * A model with inputs and the outputs another program computed, from an archive made by
 * tools/python/onnx_node_tests.py.
 *
 * @param name what it is called there
 * @param model the ONNX file
 * @param inputs values in the order of the graph's inputs, as TensorProto messages
 * @param outputs likewise
 */
record OnnxCase(String name, byte[] model, List<byte[]> inputs, List<byte[]> outputs) {
    /** All cases of an archive under src/test/resources/onnx, by name. */
    static List<OnnxCase> all(String archive) {
        Map<String, Map<String, byte[]>> files = new TreeMap<>();
        try (ZipInputStream zip =
                new ZipInputStream(Files.newInputStream(Path.of("src/test/resources/onnx", archive)))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                String[] path = entry.getName().split("/");
                files.computeIfAbsent(path[0], name -> new LinkedHashMap<>()).put(path[1], zip.readAllBytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files.entrySet().stream()
                .map(e -> new OnnxCase(
                        e.getKey(),
                        e.getValue().get("model.onnx"),
                        list(e.getValue(), "input_"),
                        list(e.getValue(), "output_")))
                .toList();
    }

    private static List<byte[]> list(Map<String, byte[]> files, String prefix) {
        List<byte[]> list = new ArrayList<>();
        while (files.containsKey(prefix + list.size() + ".pb")) {
            list.add(files.get(prefix + list.size() + ".pb"));
        }
        return list;
    }

    /** The operators of the model's nodes. */
    List<String> operators() {
        try {
            return ModelProto.parseFrom(model).getGraph().getNodeList().stream()
                    .map(node -> node.getOpType())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same model with the values of its inputs as initializers. */
    byte[] modelOfConstants() {
        try {
            ModelProto.Builder constant = ModelProto.parseFrom(model).toBuilder();
            GraphProto.Builder graph = constant.getGraphBuilder();
            for (int i = 0; i < inputs.size(); i++) {
                graph.addInitializer(TensorProto.parseFrom(inputs.get(i)).toBuilder()
                        .setName(graph.getInput(i).getName()));
            }
            return constant.build().toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The tensors of messages, on the heap, read by our own reader as the initializers of a file that has nothing else. */
    static List<Tensor> tensors(Path folder, List<byte[]> messages) {
        GraphProto.Builder graph =
                GraphProto.newBuilder().addOutput(ValueInfoProto.newBuilder().setName("0"));
        try {
            for (byte[] message : messages) {
                graph.addInitializer(TensorProto.parseFrom(message).toBuilder()
                        .setName(Integer.toString(graph.getInitializerCount())));
            }
            Path file = folder.resolve("tensors.onnx");
            Files.write(file, ModelProto.newBuilder().setGraph(graph).build().toByteArray());
            try (OnnxFile onnx = OnnxFile.open(file)) {
                return onnx.initializers().values().stream().map(OnnxCase::copy).toList();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Tensor copy(Tensor tensor) {
        Tensor copy = Tensor.zeros(tensor.type());
        copy.data().copyFrom(tensor.data());
        return copy;
    }
}
