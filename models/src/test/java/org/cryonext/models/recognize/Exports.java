package org.cryonext.models.recognize;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.cryonext.engine.op.Activation;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.HeadInput;
import org.cryonext.models.convnext.Version;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The files of exporters that tools/python/onnx_exports.py made. */
final class Exports {
    private static final Path ZIP = Path.of("src/test/resources/onnx/exports.zip");
    private static final JsonNode INDEX = index();

    private Exports() {}

    /**
     * What a file holds.
     *
     * @param name its name, without suffix
     * @param facts as the script wrote them
     */
    record Export(String name, JsonNode facts) {
        String image() {
            return facts.get("image").asString();
        }

        /** The engine's names of the outputs, in the file's order. */
        List<String> outputs() {
            return facts.get("outputs").values().stream()
                    .map(JsonNode::asString)
                    .toList();
        }

        /** Parts of the message it is refused with; empty if it is to be imported. */
        List<String> refused() {
            return facts.has("refused")
                    ? facts.get("refused").values().stream()
                            .map(JsonNode::asString)
                            .toList()
                    : List.of();
        }

        /** Whether the layer scale may be part of the second linear layer. */
        boolean scaleIsFree() {
            return facts.has("scale") && facts.get("scale").isNull();
        }

        ConvNextConfig config(boolean scaled) {
            int version = facts.get("version").asInt();
            boolean scale = scaleIsFree()
                    ? scaled
                    : !facts.has("scale") || facts.get("scale").asBoolean();
            double epsilon = facts.get("head_eps").asDouble();
            return new ConvNextConfig(
                    version == 1 ? Version.V1 : Version.V2,
                    facts.has("depths") ? List.of(2, 2, 2, 2) : List.of(1, 1, 2, 1),
                    List.of(5, 6, 7, 9),
                    facts.has("patch") ? facts.get("patch").asInt() : 4,
                    facts.has("channels") ? facts.get("channels").asInt() : ConvNextConfig.COLOURS,
                    HeadInput.IMAGE,
                    ConvNextConfig.numbered(outputs().contains("logits") ? 4 : 0),
                    epsilon == 0 ? ConvNextConfig.HUGGING_FACE_HEAD_EPSILON : epsilon,
                    facts.has("tanh") ? Activation.GELU_TANH : Activation.GELU,
                    0,
                    version == 2 || scale ? 1e-6 : 0);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** All files. */
    static List<Export> all() {
        return INDEX.propertyStream()
                .map(e -> new Export(e.getKey(), e.getValue()))
                .toList();
    }

    /** One file. */
    static Export named(String name) {
        return new Export(name, INDEX.get(name));
    }

    /** Writes the archive's files into a folder. */
    static void unpack(Path folder) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(ZIP))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Files.copy(zip, folder.resolve(entry.getName()));
            }
        }
    }

    private static JsonNode index() {
        List<JsonNode> found = new ArrayList<>();
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(ZIP))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (entry.getName().equals("index.json")) {
                    found.add(JsonMapper.builder().build().readTree(zip.readAllBytes()));
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("the exports cannot be read", e);
        }
        return found.getFirst();
    }
}
