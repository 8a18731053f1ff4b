package org.cryonext.models.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import javax.xml.parsers.DocumentBuilderFactory;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.io.SafetensorsWriter;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.models.Fixtures;
import org.cryonext.models.Models;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Parameter;
import org.cryonext.models.convnext.Size;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class InspectorTest {
    @TempDir
    Path folder;

    private static String value(Inspection inspection, String fact) {
        return inspection.facts().stream()
                .filter(f -> f.name().equals(fact))
                .findFirst()
                .orElseThrow()
                .value();
    }

    @Test
    void tellsWhatAFolderHolds() {
        Inspection inspection = Inspector.of(Fixtures.model("v2-tanh"), OptionalInt.empty());
        assertThat(inspection.title()).endsWith("5 classes, names of Hugging Face");
        assertThat(value(inspection, "model")).isEqualTo("ConvNeXt V2");
        assertThat(value(inspection, "format")).isEqualTo("safetensors");
        assertThat(value(inspection, "precision")).isEqualTo("F32, 70 tensors, 51.5 KiB");
        assertThat(value(inspection, "metadata")).isEqualTo("format = pt");
        assertThat(value(inspection, "blocks")).isEqualTo("tanh GELU, GRN, patches of 4");
        assertThat(value(inspection, "epsilons")).isEqualTo("1.0E-6, last norm 1.0E-12");
        assertThat(value(inspection, "preprocessing")).startsWith("224 x 224, bicubic, crop 0.875");
        assertThat(value(inspection, "labels")).isEqualTo("5: LABEL_0, LABEL_1, LABEL_2, LABEL_3, LABEL_4");
        assertThat(inspection.architecture().orElseThrow().imageSize()).isEqualTo(224);
    }

    @Test
    void tellsOfOtherFilesToo() {
        Inspection torch = Inspector.of(Fixtures.model("torch/v1-timm-module.pth"), OptionalInt.of(64));
        assertThat(value(torch, "format")).isEqualTo("PyTorch checkpoint");
        assertThat(value(torch, "names")).isEqualTo("timm, each behind \"module.\"");
        assertThat(value(torch, "note")).startsWith("The weights are its entry \"state_dict\"");
        assertThat(torch.architecture().orElseThrow().parts().get(1).output()).isEqualTo(Shape.of(16, 16, 6));
        assertThat(value(Inspector.of(Fixtures.model("sharded/v1"), OptionalInt.empty()), "format"))
                .isEqualTo("safetensors, 3 files");
        Inspection features =
                Inspector.of(Fixtures.model("names/v1-huggingface-headless.safetensors"), OptionalInt.empty());
        assertThat(value(features, "labels")).isEqualTo("none: the model gives 18 features");
        assertThat(features.architecture().orElseThrow().parts().getLast().output())
                .isEqualTo(Shape.of(18));
        assertThat(value(Inspector.of(Fixtures.model("torch/v1-bf16.pth"), OptionalInt.empty()), "precision"))
                .startsWith("BF16, 65 tensors");
    }

    @Test
    void whatAFileHoldsDoesNotCommandTheTerminal() {
        Path file = folder.resolve("model.safetensors");
        try (Safetensors whole = Safetensors.open(Fixtures.model("names/v1-timm.safetensors"))) {
            SafetensorsWriter.write(file, Models.copy(whole), Map.of("a", "\u001b[2J\nb"));
        }
        assertThat(value(Inspector.of(file, OptionalInt.empty()), "metadata")).isEqualTo("a = \\u001b[2J\\nb");
    }

    @Test
    void namesWhatCannotBeLookedAt() {
        assertThatThrownBy(() -> Inspector.of(Fixtures.model("v1"), OptionalInt.of(20)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("20 x 20 pixels is too small");
        assertThatThrownBy(() -> Inspector.of(folder.resolve("none"), OptionalInt.empty()))
                .hasMessage(
                        "No such checkpoint: " + folder.resolve("none") + "; give a folder with model.safetensors, a"
                                + " weight file, or the name of a published model (cryonext fetch --list)");
    }

    @ParameterizedTest
    @EnumSource
    void thePartsTogetherAreTheModel(Version version) {
        ConvNextConfig config = ConvNextConfig.of(version, Size.TINY, 1000);
        Architecture tiny = Architecture.of(config, 224);
        assertThat(tiny.parts())
                .extracting(PartCost::name)
                .containsExactly("stem", "stage 0", "stage 1", "stage 2", "stage 3", "head");
        assertThat(tiny.parts()).extracting(PartCost::blocks).containsExactly(0, 3, 3, 9, 3, 0);
        assertThat(tiny.parameters()).isEqualTo(Parameter.count(config));
        assertThat(tiny.name()).isEqualTo("ConvNeXt " + version + ", tiny");
        // The published 8.91 GFLOP count products alone.
        assertThat(tiny.cost().flops() / 1e9).isBetween(8.91, 9.0);
        assertThat(tiny.parts().get(3).output()).isEqualTo(Shape.of(14, 14, 384));
        // Each weight is read once.
        assertThat(tiny.cost().bytes()).isGreaterThan(4 * tiny.parameters());
    }

    @Test
    void largeNumbersAreShort() {
        assertThat(List.of(Units.decimal(0), Units.decimal(999), Units.decimal(1000), Units.decimal(28_589_128)))
                .containsExactly("0", "999", "1.00 k", "28.6 M");
        assertThat(List.of(Units.bytes(1023), Units.bytes(1024), Units.bytes(114_356_512)))
                .containsExactly("1023 B", "1.00 KiB", "109 MiB");
        assertThat(Units.exact(28_589_128)).isEqualTo("28,589,128");
    }

    @ParameterizedTest
    @EnumSource
    void thePictureIsWellFormedAndHoldsEveryPart(Version version) throws Exception {
        Checkpoint.read(Fixtures.model(version == Version.V1 ? "v1" : "v2")).write(folder.resolve("model"));
        Inspection inspection = Inspector.of(folder.resolve("model"), OptionalInt.empty());
        Path file = folder.resolve("picture.svg");
        Drawing.write(inspection, file);
        Element svg = DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(Files.readAllBytes(file)))
                .getDocumentElement();
        assertThat(svg.getTextContent())
                .contains(
                        "ConvNeXt " + version,
                        "k parameters, ",
                        "stage 2: 2 blocks",
                        "14 \u00d7 14 \u00d7 14",
                        "mean, norm, linear")
                .contains(version == Version.V1 ? "scale for each channel" : "response norm (GRN)");
        int width = Integer.parseInt(svg.getAttribute("width"));
        int height = Integer.parseInt(svg.getAttribute("height"));
        NodeList boxes = svg.getElementsByTagName("rect");
        assertThat(boxes.getLength()).isGreaterThan(20);
        for (int i = 0; i < boxes.getLength(); i++) {
            Element box = (Element) boxes.item(i);
            assertThat(end(box, "x", "width")).isLessThanOrEqualTo(width);
            assertThat(end(box, "y", "height")).isLessThanOrEqualTo(height);
        }
    }

    private static double end(Element box, String position, String extent) {
        String at = box.getAttribute(position);
        return (at.isEmpty() ? 0 : Double.parseDouble(at)) + Double.parseDouble(box.getAttribute(extent));
    }

    @Test
    void theGraphNamesEveryBlockAndJoinsThem() throws IOException {
        Path file = folder.resolve("graph.dot");
        Drawing.write(Inspector.of(Fixtures.model("v1"), OptionalInt.empty()), file);
        String dot = Files.readString(file, StandardCharsets.UTF_8);
        assertThat(dot)
                .startsWith("digraph network {")
                .endsWith("}\n")
                .contains("block2_0 -> block2_1;", "stem -> block0_0;", "block1_0 -> down2;", "block3_0 -> head;");
        assertThat(dot.chars().filter(c -> c == '{').count())
                .isEqualTo(dot.chars().filter(c -> c == '}').count());
    }

    @Test
    void otherEndingsAreRefused() {
        Inspection inspection = Inspector.of(Fixtures.model("v1"), OptionalInt.empty());
        assertThatThrownBy(() -> Drawing.write(inspection, folder.resolve("graph.png")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("graph.png, expected a file that ends in .svg or .dot");
    }
}
