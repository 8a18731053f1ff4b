package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.cryonext.engine.io.InputException;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;
import org.junit.jupiter.api.Test;

final class FrozenFormatTest {
    @Test
    void singlePrecisionIsKeptAsItIs() {
        float[] values = {1e30f, Float.NaN, -0.0f, 1.0000001f};
        Tensor kept = FrozenFormat.F32.pack(values);
        assertThat(kept.type()).isEqualTo(FrozenFormat.F32.type(4));
        assertThat(kept.toFloats()).isEqualTo(values);
        assertThat(FrozenFormat.F32.suffix()).isEqualTo(".f32");
    }

    @Test
    void halfPrecisionRoundsToTheNearest() {
        float[] values = {1 / 3f, -65519, 1e-9f, 1 + 1 / 1024f, Float.NEGATIVE_INFINITY, Float.NaN};
        Tensor kept = FrozenFormat.F16.pack(values);
        assertThat(kept.type()).isEqualTo(FrozenFormat.F16.type(6));
        assertThat(kept.dtype()).isEqualTo(DType.F16);
        assertThat(kept.type().bytes()).isEqualTo(12);
        assertThat(kept.toFloats())
                .containsExactly(0.33325195f, -65504, 0, 1 + 1 / 1024f, Float.NEGATIVE_INFINITY, Float.NaN);
        assertThat(FrozenFormat.F16.suffix()).isEqualTo(".f16");
    }

    @Test
    void whatWouldBecomeInfiniteIsRefused() {
        assertThatThrownBy(() -> FrozenFormat.F16.pack(new float[] {1, 65520, -70000, Float.POSITIVE_INFINITY}))
                .isInstanceOf(InputException.class)
                .hasMessage("What is frozen gives numbers as large as 70000.0, and half precision ends at 65504;"
                        + " begin the run again and leave --frozen-f16 out");
    }
}
