package org.cryonext.engine.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TensorTest {
    @Test
    void transposesAndSlices() {
        Tensor t = Tensor.of(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 2, 3, 2);
        assertThat(t.transpose(2, 0, 1).toFloats()).containsExactly(0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11);
        assertThat(t.transpose(2, 0, 1).shape()).isEqualTo(Shape.of(2, 2, 3));
        assertThat(t.slice(1, 2).toFloats()).containsExactly(6, 7, 8, 9, 10, 11);
    }

    @Test
    void everyTypeRoundsAsItStores() {
        for (DType dtype : DType.values()) {
            Tensor t = Tensor.zeros(new TensorType(dtype, Shape.of(3)));
            double[] values =
                    dtype.isFloating() ? new double[] {1.00390625001, -3.1415926535, 1e-5} : new double[] {1, 0, 1};
            for (int i = 0; i < 3; i++) {
                t.set(i, values[i]);
                assertThat(t.get(i)).as("%s of %s", dtype, values[i]).isEqualTo(dtype.round(values[i]));
            }
        }
        assertThat(DType.BF16.round(1.00390625)).isEqualTo(1.0); // half way: ties go to even
        assertThat(DType.BF16.round(1.01171875)).isEqualTo(1.015625);
        assertThat(DType.F16.round(65520)).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(Float.isNaN(Bfloat16.toFloat(Bfloat16.of(Float.NaN)))).isTrue();
    }

    @Test
    void aShapeThatNoLongCanCountIsRefused() {
        assertThatThrownBy(() -> Shape.of(1L << 40, 1L << 40)).hasMessageContaining("more elements");
        assertThatThrownBy(() -> Shape.of(2, -1)).hasMessageContaining("negative");
    }
}
