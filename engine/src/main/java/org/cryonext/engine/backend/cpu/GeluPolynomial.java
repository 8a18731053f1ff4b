package org.cryonext.engine.backend.cpu;

/**
 * GELU and its derivative, exact or in the tanh form, as polynomials: no exponential, no division. The largest absolute
 * error in float arithmetic is 5.5e-7 (exact form), 3.2e-7 (its derivative), 5.8e-7 (tanh form) and 4.2e-7 (its
 * derivative), and small arguments are right in relative terms. The coefficients are fitted by
 * {@code tools/python/fit_gelu.py}, which explains them.
 */
final class GeluPolynomial {
    private final float bound;
    private final float scale;
    private final float[] coefficients;
    /** What the kernels broadcast, see {@link GeluKernels}. */
    private final float[] constants;

    private final GeluKernels kernels;

    private GeluPolynomial(boolean derivative, float bound, float... coefficients) {
        this.bound = bound;
        this.scale = (float) (2 / ((double) bound * bound));
        this.coefficients = coefficients;
        constants = new float[GeluKernels.FIRST_COEFFICIENT + coefficients.length];
        float[] leading = {bound, -bound, scale, -1, 0.5f};
        System.arraycopy(leading, 0, constants, 0, leading.length);
        System.arraycopy(coefficients, 0, constants, GeluKernels.FIRST_COEFFICIENT, coefficients.length);
        kernels = new GeluKernels(coefficients.length, derivative);
    }

    /** The function itself, for {@link #values}. */
    static GeluPolynomial of(boolean tanh) {
        return tanh ? Tanh.POLYNOMIAL : Exact.POLYNOMIAL;
    }

    /** The derivative, for {@link #gradients}. */
    static GeluPolynomial derivativeOf(boolean tanh) {
        return tanh ? TanhDerivative.POLYNOMIAL : ExactDerivative.POLYNOMIAL;
    }

    /** Operations on vectors that a vector of results takes, but for a few. */
    int operations() {
        return coefficients.length;
    }

    /** {@code y[i] = gelu(x[i])}; y may be x. */
    void values(float[] x, int xAt, float[] y, int yAt, int count) {
        int wide = count / GeluKernels.WIDE;
        kernels.wide.run(x, xAt, x, xAt, y, yAt, constants, wide);
        int done = wide * GeluKernels.WIDE;
        int single = (count - done) / CpuSpecies.LENGTH;
        kernels.single.run(x, xAt + done, x, xAt + done, y, yAt + done, constants, single);
        for (int i = done + single * CpuSpecies.LENGTH; i < count; i++) {
            float v = x[xAt + i];
            float a = Math.abs(v);
            float m = Math.min(a, bound);
            y[yAt + i] = Math.fma(polynomial(m * m), m * m, (v + a - m) * 0.5f);
        }
    }

    /** {@code dx[i] = dy[i] * gelu'(x[i])}; dx may be dy or x. */
    void gradients(float[] dy, int dyAt, float[] x, int xAt, float[] dx, int dxAt, int count) {
        int wide = count / GeluKernels.WIDE;
        kernels.wide.run(x, xAt, dy, dyAt, dx, dxAt, constants, wide);
        int done = wide * GeluKernels.WIDE;
        int single = (count - done) / CpuSpecies.LENGTH;
        kernels.single.run(x, xAt + done, dy, dyAt + done, dx, dxAt + done, constants, single);
        for (int i = done + single * CpuSpecies.LENGTH; i < count; i++) {
            float m = Math.max(-bound, Math.min(bound, x[xAt + i]));
            dx[dxAt + i] = Math.fma(polynomial(m * m), m, 0.5f) * dy[dyAt + i];
        }
    }

    private float polynomial(float square) {
        float t = Math.fma(square, scale, -1);
        float p = coefficients[coefficients.length - 1];
        for (int k = coefficients.length - 2; k >= 0; k--) {
            p = Math.fma(p, t, coefficients[k]);
        }
        return p;
    }

    // A class each, so that only those are made that are used: writing kernels takes time at the start.

    private static final class Exact {
        static final GeluPolynomial POLYNOMIAL = new GeluPolynomial(
                false,
                5.4f,
                0.130928114f,
                -0.0653279722f,
                0.0484993756f,
                -0.0392097123f,
                0.0321216881f,
                -0.0257180985f,
                0.0196033008f,
                -0.0140797812f,
                0.00980710331f,
                -0.0064866622f,
                0.0033710741f,
                -0.00139896513f,
                0.00113145309f,
                -0.000953275012f,
                0.000304945948f);
    }

    private static final class ExactDerivative {
        static final GeluPolynomial POLYNOMIAL = new GeluPolynomial(
                true,
                5.7f,
                0.124165304f,
                -0.0629256517f,
                0.0501399674f,
                -0.0484674759f,
                0.0532628931f,
                -0.0611259602f,
                0.0688241646f,
                -0.0729417875f,
                0.0669490322f,
                -0.052604951f,
                0.0469122604f,
                -0.0448391363f,
                0.0229308438f,
                -0.00134241779f,
                0.00538105378f,
                -0.0108348886f,
                0.00423609512f);
    }

    private static final class Tanh {
        static final GeluPolynomial POLYNOMIAL = new GeluPolynomial(
                false,
                5.0f,
                0.141378537f,
                -0.070365943f,
                0.0516553931f,
                -0.0405366383f,
                0.0313759856f,
                -0.0230756756f,
                0.0158864986f,
                -0.0101522822f,
                0.00605808944f,
                -0.00386409182f,
                0.00276809442f,
                -0.00103939127f,
                -0.000435991911f,
                -0.000306505535f,
                0.00123544224f,
                -0.000353247684f,
                -0.000450809341f,
                0.000222534538f);
    }

    private static final class TanhDerivative {
        static final GeluPolynomial POLYNOMIAL = new GeluPolynomial(
                true,
                5.2f,
                0.136325821f,
                -0.0705810487f,
                0.0604456142f,
                -0.064702861f,
                0.0748194829f,
                -0.0820401087f,
                0.079620868f,
                -0.0690725669f,
                0.0570012927f,
                -0.0372645594f,
                0.00891009998f,
                -0.0133136408f,
                0.0474668406f,
                -0.0203618165f,
                -0.042473916f,
                0.0186644234f,
                0.0357126892f,
                -0.018897295f,
                -0.0108093647f,
                0.00670397282f);
    }
}
