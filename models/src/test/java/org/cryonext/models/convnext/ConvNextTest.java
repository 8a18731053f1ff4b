package org.cryonext.models.convnext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.op.DepthwiseConv;
import org.cryonext.engine.op.DropPath;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.PatchConv;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;
import org.junit.jupiter.api.Test;

class ConvNextTest {
    private static final ConvNextConfig SMALL =
            ConvNextConfig.of(Version.V2, List.of(1, 1, 2, 1), List.of(6, 10, 14, 18), 5);

    @Test
    void stridedConvolutionsRoundDown() {
        Graph graph = ConvNext.inference(SMALL, 2, 65, 97);
        assertThat(graph.output("stem").shape()).isEqualTo(Shape.of(2, 16, 24, 6));
        assertThat(graph.output("stage1").shape()).isEqualTo(Shape.of(2, 8, 12, 10));
        assertThat(graph.output("stage3").shape()).isEqualTo(Shape.of(2, 2, 3, 18));
        assertThat(graph.output("pooled").shape()).isEqualTo(Shape.of(2, 18));
        assertThat(graph.output("logits").shape()).isEqualTo(Shape.of(2, 5));
        assertThat(graph.variables().keySet())
                .containsExactlyElementsOf(
                        Parameter.of(SMALL).stream().map(Parameter::name).toList());
    }

    @Test
    void featuresOfSeveralImagesMakeASample() {
        ConvNextConfig mean = SMALL.withHead(new HeadInput(HeadInput.Features.MEAN, 3, 0));
        Graph graph = ConvNext.inference(mean, 6, 40, 33);
        assertThat(graph.output("stage3").shape()).isEqualTo(Shape.of(6, 1, 1, 18));
        assertThat(graph.output("pooled").shape()).isEqualTo(Shape.of(2, 18));
        assertThat(graph.output("logits").shape()).isEqualTo(Shape.of(2, 5));
        ConvNextConfig concat = SMALL.withImages(8, 2).withHead(new HeadInput(HeadInput.Features.CONCAT, 3, 7));
        graph = ConvNext.inference(concat, 6, 40, 33);
        assertThat(graph.inputs().get("x").shape()).isEqualTo(Shape.of(6, 40, 33, 8));
        assertThat(graph.inputs().get("profile").shape()).isEqualTo(Shape.of(2, 7));
        assertThat(graph.output("stem").shape()).isEqualTo(Shape.of(6, 20, 16, 6));
        assertThat(graph.output("pooled").shape()).isEqualTo(Shape.of(2, 54));
        assertThat(graph.variables().get("classifier.weight").shape()).isEqualTo(Shape.of(5, 54));
        assertThat(graph.variables().get("profile_classifier.weight").shape()).isEqualTo(Shape.of(5, 7));
        assertThatThrownBy(() -> ConvNext.inference(concat, 4, 40, 33))
                .isInstanceOf(InputException.class)
                .hasMessage("4 images, of which 3 make a sample of this ConvNeXt; a multiple of that was expected");
    }

    @Test
    void withoutClassesTheFeaturesAreTheResult() {
        ConvNextConfig features = SMALL.withLabels(List.of());
        Graph graph = ConvNext.inference(features, 2, 65, 97);
        assertThat(graph.outputs()).containsOnlyKeys("pooled", "stem", "stage0", "stage1", "stage2", "stage3");
        assertThat(graph.output("pooled").shape()).isEqualTo(Shape.of(2, 18));
        assertThat(graph.variables()).hasSize(Parameter.of(SMALL).size() - 2);
        assertThat(features.summary()).endsWith("dims 6,10,14,18, no classifier");
    }

    @Test
    void theSmallestImageLeavesOnePixel() {
        assertThat(ConvNext.inference(SMALL, 1, 32, 63).output("stage3").shape())
                .isEqualTo(Shape.of(1, 1, 1, 18));
        assertThatThrownBy(() -> ConvNext.inference(SMALL, 1, 100, 31))
                .isInstanceOf(InputException.class)
                .hasMessage("An image of 100 x 31 pixels is too small for this ConvNeXt; it needs at least 32 x 32");
    }

    @Test
    void tinyAt224TakesThePublishedWork() {
        Graph graph = ConvNext.inference(ConvNextConfig.of(Version.V1, Size.TINY, 1000), 1, 224, 224);
        long multiplications = graph.nodes().stream()
                .filter(n -> n.op() instanceof Linear || n.op() instanceof PatchConv || n.op() instanceof DepthwiseConv)
                .mapToLong(n -> n.cost().flops())
                .sum();
        assertThat(multiplications / 1e9).isBetween(8.85, 8.95);
    }

    @Test
    void onlyTrainingDropsPaths() {
        ConvNextConfig config = SMALL.withDropPathRate(0.2);
        Graph graph = new Graph();
        ConvNext.addTraining(
                graph,
                config,
                graph.input("x", TensorType.f32(3, 32, 32, 3)),
                graph.input("seed", new TensorType(DType.I32, Shape.of(2))));
        List<DropPath> drops = graph.nodes().stream()
                .filter(n -> n.op() instanceof DropPath)
                .map(n -> (DropPath) n.op())
                .toList();
        // The first block's rate is 0, so it has none.
        assertThat(drops).extracting(DropPath::p).containsExactly(0.05, 0.1, 0.2 * 3 / 4, 0.2);
        assertThat(drops).extracting(DropPath::stream).containsExactly(1, 2, 3, 4);
        assertThat(ConvNext.inference(config, 1, 32, 32).nodes()).noneMatch(n -> n.op() instanceof DropPath);
    }
}
