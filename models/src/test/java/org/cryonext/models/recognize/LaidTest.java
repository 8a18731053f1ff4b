package org.cryonext.models.recognize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.junit.jupiter.api.Test;

class LaidTest {
    private static Laid channelsFirst(long n, long height, long width, long channels) {
        return new Laid(
                new Graph().input("x", TensorType.f32(n, height, width, channels)),
                List.of(List.of(Axis.IMAGE), List.of(Axis.CHANNEL), List.of(Axis.HEIGHT), List.of(Axis.WIDTH)));
    }

    @Test
    void reshapeKeepsWhatDimensionsCount() {
        Laid x = channelsFirst(2, 4, 5, 3);
        assertThat(x.reshape(Shape.of(2, 3, 20)).orElseThrow().groups())
                .containsExactly(List.of(Axis.IMAGE), List.of(Axis.CHANNEL), List.of(Axis.HEIGHT, Axis.WIDTH));
        assertThat(x.reshape(Shape.of(6, 1, 4, 5)).orElseThrow().groups())
                .containsExactly(
                        List.of(Axis.IMAGE, Axis.CHANNEL), List.of(), List.of(Axis.HEIGHT), List.of(Axis.WIDTH));
        assertThat(x.reshape(Shape.of(2, 3, 2, 10))).isEmpty();
        assertThat(x.reshape(Shape.of(3, 2, 4, 5))).isEmpty();
    }

    @Test
    void channelsAreKnownBesideDimensionsOfOne() {
        Laid flat = channelsFirst(1, 1, 1, 7).reshape(Shape.of(1, 7)).orElseThrow();
        assertThat(flat.isChannels(1)).isTrue();
        assertThat(flat.isChannels(0)).isFalse();
        assertThat(channelsFirst(1, 2, 1, 7)
                        .reshape(Shape.of(1, 14))
                        .orElseThrow()
                        .isChannels(1))
                .isFalse();
    }

    @Test
    void valuesAreLaidChannelsLast() {
        Tensor file = Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 1, 3, 2, 2);
        Tensor found = channelsFirst(1, 2, 2, 3).toChannelsLast(file);
        assertThat(found.shape()).isEqualTo(Shape.of(1, 2, 2, 3));
        assertThat(found.toFloats()).containsExactly(1, 5, 9, 2, 6, 10, 3, 7, 11, 4, 8, 12);
    }
}
