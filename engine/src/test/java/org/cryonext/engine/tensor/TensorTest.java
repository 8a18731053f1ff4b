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

    /** Matrices of floats go another way than all else. */
    @Test
    void transposesMatrices() {
        float[] values = new float[33 * 70];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        Tensor turned = Tensor.of(values, 33, 70).transpose(1, 0);
        assertThat(turned.shape()).isEqualTo(Shape.of(70, 33));
        assertThat(turned.toFloats())
                .containsExactly(Tensor.of(values, 33, 70)
                        .to(DType.F64)
                        .transpose(1, 0)
                        .to(DType.F32)
                        .toFloats());
        assertThat(turned.get(33 * 69 + 5)).isEqualTo(70 * 5 + 69);
        assertThat(Tensor.of(values, 33, 70).transpose(0, 1).toFloats()).containsExactly(values);
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
    void integersWrapAroundAndAreExactAsLongs() {
        assertThat(DType.U8.round(-1)).isEqualTo(255);
        assertThat(DType.I8.round(200.9)).isEqualTo(-56);
        assertThat(DType.U16.round(65537)).isEqualTo(1);
        assertThat(DType.I16.round(-32769)).isEqualTo(32767);
        assertThat(DType.U32.round(-1)).isEqualTo(4294967295.0);
        assertThat(DType.I32.round(1L << 31)).isEqualTo(-2147483648.0);
        assertThat(DType.U64.round(0x1p63 + 4096)).isEqualTo(0x1p63 + 4096);
        assertThat(DType.U64.round(-4096)).isEqualTo(0x1p64 - 4096);
        assertThat(DType.I32.round(-2.9)).isEqualTo(-2);
        assertThat(DType.U64.round(Double.NaN)).isEqualTo(0);
        for (DType dtype : DType.values()) {
            if (!dtype.isFloating() && dtype != DType.BOOL) {
                Tensor t = Tensor.zeros(new TensorType(dtype, Shape.of(2)));
                long odd = (1L << 53) + 1;
                t.setLong(0, odd);
                t.setLong(1, -3);
                boolean unsigned = t.get(1) > 0;
                int bits = 8 * dtype.bytes();
                assertThat(t.getLong(0)).as("%s", dtype).isEqualTo(bits == 64 ? odd : 1);
                assertThat(t.getLong(1)).as("%s", dtype).isEqualTo(unsigned && bits < 64 ? (1L << bits) - 3 : -3);
                double below = Math.nextDown(Math.scalb(1.0, bits));
                assertThat(t.get(1))
                        .as("%s", dtype)
                        .isEqualTo(unsigned ? Math.min(Math.scalb(1.0, bits) - 3, below) : -3);
                assertThat(dtype.round(t.get(1))).as("%s", dtype).isEqualTo(t.get(1));
                assertThat(t.to(DType.I64).getLong(0)).as("%s", dtype).isEqualTo(t.getLong(0));
                assertThat(t.reshape(1, 2).transpose(1, 0).getLong(0))
                        .as("%s", dtype)
                        .isEqualTo(t.getLong(0));
            }
        }
        Tensor real = Tensor.of(new double[] {-2.9, 0}, 2);
        real.setLong(1, 7);
        assertThat(real.getLong(0)).isEqualTo(-2);
        assertThat(real.get(1)).isEqualTo(7);
        Tensor truth = Tensor.zeros(new TensorType(DType.BOOL, Shape.of(1)));
        truth.setLong(0, 256);
        assertThat(truth.getLong(0)).isEqualTo(1);
    }

    @Test
    void aDoubleIsRoundedToHalfOnce() {
        double aboveHalfWay = 1 + 0x1p-11 + 0x1p-40;
        assertThat(DType.F16.round(aboveHalfWay)).isEqualTo(1 + 0x1p-10);
        assertThat(DType.F16.round(-aboveHalfWay)).isEqualTo(-1 - 0x1p-10);
        assertThat(DType.F16.round(1 + 0x1p-11)).isEqualTo(1);
        assertThat(DType.F16.round(1 + 0x1p-11 - 0x1p-40)).isEqualTo(1);
        assertThat(DType.BF16.round(1 + 0x1p-8 + 0x1p-40)).isEqualTo(1 + 0x1p-7);
        assertThat(DType.BF16.round(1e300)).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(DType.F16.round(Double.NEGATIVE_INFINITY)).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(DType.F16.round(0x1p-26)).isEqualTo(0);
    }

    @Test
    void halvesBecomeFloatsExactly() {
        Tensor halves = Tensor.of(new float[] {9, 1 / 3f, -65504, 0x1p-24f, Float.NaN, -0.0f}, 2, 3)
                .to(DType.F16);
        float[] floats = {7, 7, 7, 7};
        halves.copyTo(1, floats, 1, 3);
        assertThat(floats).containsExactly(7, 0.33325195f, -65504, 0x1p-24f);
        Tensor single = halves.to(DType.F32);
        assertThat(single.type()).isEqualTo(TensorType.f32(2, 3));
        assertThat(single.toFloats()).containsExactly(9, 0.33325195f, -65504, 0x1p-24f, Float.NaN, -0.0f);
    }

    @Test
    void shapesBroadcastFromTheirLastDimension() {
        assertThat(Shape.of(2, 1, 4).broadcast(Shape.of(3, 1))).isEqualTo(Shape.of(2, 3, 4));
        assertThat(Shape.of().broadcast(Shape.of(3))).isEqualTo(Shape.of(3));
        assertThat(Shape.of(1).broadcast(Shape.of(0))).isEqualTo(Shape.of(0));
        assertThatThrownBy(() -> Shape.of(2, 3).broadcast(Shape.of(2))).hasMessage("[2, 3] and [2] do not broadcast");
        assertThat(Shape.of(3, 1).broadcastsTo(Shape.of(2, 3, 4))).isTrue();
        assertThat(Shape.of(2, 3, 4).broadcastsTo(Shape.of(3, 4))).isFalse();
        assertThat(Shape.of(3).broadcastsTo(Shape.of(1))).isFalse();
    }

    @Test
    void aShapeThatNoLongCanCountIsRefused() {
        assertThatThrownBy(() -> Shape.of(1L << 40, 1L << 40)).hasMessageContaining("more elements");
        assertThatThrownBy(() -> Shape.of(2, -1)).hasMessageContaining("negative");
        assertThatThrownBy(() -> new TensorType(DType.F64, Shape.of(1L << 61))).hasMessageContaining("more bytes");
    }
}
