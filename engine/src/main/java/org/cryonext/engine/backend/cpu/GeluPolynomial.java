package org.cryonext.engine.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * GELU and its derivative, exact or in the tanh form, as polynomials: no exponential, no division. The largest absolute
 * error in float arithmetic is 5.5e-7 (exact form), 3.2e-7 (its derivative), 5.8e-7 (tanh form) and 4.2e-7 (its
 * derivative), and small arguments are right in relative terms. The coefficients are fitted by
 * {@code tools/python/fit_gelu.py}, which explains them.
 */
final class GeluPolynomial {
    private static final VectorSpecies<Float> SPECIES = CpuSpecies.SPECIES;
    private static final int LENGTH = CpuSpecies.LENGTH;

    private static final GeluPolynomial EXACT = new GeluPolynomial(
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

    private static final GeluPolynomial EXACT_DERIVATIVE = new GeluPolynomial(
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

    private static final GeluPolynomial TANH = new GeluPolynomial(
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

    private static final GeluPolynomial TANH_DERIVATIVE = new GeluPolynomial(
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

    private final float bound;
    private final float scale;
    private final float[] coefficients;

    private GeluPolynomial(float bound, float... coefficients) {
        this.bound = bound;
        this.scale = (float) (2 / ((double) bound * bound));
        this.coefficients = coefficients;
    }

    /** The function itself, for {@link #values}. */
    static GeluPolynomial of(boolean tanh) {
        return tanh ? TANH : EXACT;
    }

    /** The derivative, for {@link #gradients}. */
    static GeluPolynomial derivativeOf(boolean tanh) {
        return tanh ? TANH_DERIVATIVE : EXACT_DERIVATIVE;
    }

    /** {@code y[i] = gelu(x[i])}; y may be x. */
    void values(float[] x, int xAt, float[] y, int yAt, int count) {
        int i = 0;
        for (; i + 4 * LENGTH <= count; i += 4 * LENGTH) {
            fourValues(x, xAt + i, y, yAt + i);
        }
        for (; i + LENGTH <= count; i += LENGTH) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
            FloatVector a = v.abs();
            FloatVector m = a.min(bound);
            FloatVector m2 = m.mul(m);
            FloatVector t = m2.fma(FloatVector.broadcast(SPECIES, scale), FloatVector.broadcast(SPECIES, -1));
            FloatVector p = FloatVector.broadcast(SPECIES, coefficients[coefficients.length - 1]);
            for (int k = coefficients.length - 2; k >= 0; k--) {
                p = p.fma(t, FloatVector.broadcast(SPECIES, coefficients[k]));
            }
            p.fma(m2, v.add(a).sub(m).mul(0.5f)).intoArray(y, yAt + i);
        }
        for (; i < count; i++) {
            float v = x[xAt + i];
            float a = Math.abs(v);
            float m = Math.min(a, bound);
            y[yAt + i] = Math.fma(polynomial(m * m), m * m, (v + a - m) * 0.5f);
        }
    }

    /** Four vectors at once, since each step of one vector's polynomial waits for the step before. */
    private void fourValues(float[] x, int xAt, float[] y, int yAt) {
        FloatVector v0 = FloatVector.fromArray(SPECIES, x, xAt);
        FloatVector v1 = FloatVector.fromArray(SPECIES, x, xAt + LENGTH);
        FloatVector v2 = FloatVector.fromArray(SPECIES, x, xAt + 2 * LENGTH);
        FloatVector v3 = FloatVector.fromArray(SPECIES, x, xAt + 3 * LENGTH);
        FloatVector limit = FloatVector.broadcast(SPECIES, bound);
        FloatVector m0 = v0.abs().min(limit);
        FloatVector m1 = v1.abs().min(limit);
        FloatVector m2 = v2.abs().min(limit);
        FloatVector m3 = v3.abs().min(limit);
        FloatVector s0 = m0.mul(m0);
        FloatVector s1 = m1.mul(m1);
        FloatVector s2 = m2.mul(m2);
        FloatVector s3 = m3.mul(m3);
        FloatVector factor = FloatVector.broadcast(SPECIES, scale);
        FloatVector minusOne = FloatVector.broadcast(SPECIES, -1);
        FloatVector t0 = s0.fma(factor, minusOne);
        FloatVector t1 = s1.fma(factor, minusOne);
        FloatVector t2 = s2.fma(factor, minusOne);
        FloatVector t3 = s3.fma(factor, minusOne);
        FloatVector p0 = FloatVector.broadcast(SPECIES, coefficients[coefficients.length - 1]);
        FloatVector p1 = p0;
        FloatVector p2 = p0;
        FloatVector p3 = p0;
        for (int k = coefficients.length - 2; k >= 0; k--) {
            FloatVector c = FloatVector.broadcast(SPECIES, coefficients[k]);
            p0 = p0.fma(t0, c);
            p1 = p1.fma(t1, c);
            p2 = p2.fma(t2, c);
            p3 = p3.fma(t3, c);
        }
        p0.fma(s0, v0.add(v0.abs()).sub(m0).mul(0.5f)).intoArray(y, yAt);
        p1.fma(s1, v1.add(v1.abs()).sub(m1).mul(0.5f)).intoArray(y, yAt + LENGTH);
        p2.fma(s2, v2.add(v2.abs()).sub(m2).mul(0.5f)).intoArray(y, yAt + 2 * LENGTH);
        p3.fma(s3, v3.add(v3.abs()).sub(m3).mul(0.5f)).intoArray(y, yAt + 3 * LENGTH);
    }

    /** {@code dx[i] = dy[i] * gelu'(x[i])}; dx may be dy or x. */
    void gradients(float[] dy, int dyAt, float[] x, int xAt, float[] dx, int dxAt, int count) {
        int i = 0;
        for (; i + 4 * LENGTH <= count; i += 4 * LENGTH) {
            fourGradients(dy, dyAt + i, x, xAt + i, dx, dxAt + i);
        }
        for (; i + LENGTH <= count; i += LENGTH) {
            FloatVector m = clamp(FloatVector.fromArray(SPECIES, x, xAt + i));
            FloatVector t = argument(m);
            FloatVector p = FloatVector.broadcast(SPECIES, coefficients[coefficients.length - 1]);
            for (int k = coefficients.length - 2; k >= 0; k--) {
                p = p.fma(t, FloatVector.broadcast(SPECIES, coefficients[k]));
            }
            product(p, m, dy, dyAt + i).intoArray(dx, dxAt + i);
        }
        for (; i < count; i++) {
            float m = Math.max(-bound, Math.min(bound, x[xAt + i]));
            dx[dxAt + i] = Math.fma(polynomial(m * m), m, 0.5f) * dy[dyAt + i];
        }
    }

    private void fourGradients(float[] dy, int dyAt, float[] x, int xAt, float[] dx, int dxAt) {
        FloatVector m0 = clamp(FloatVector.fromArray(SPECIES, x, xAt));
        FloatVector m1 = clamp(FloatVector.fromArray(SPECIES, x, xAt + LENGTH));
        FloatVector m2 = clamp(FloatVector.fromArray(SPECIES, x, xAt + 2 * LENGTH));
        FloatVector m3 = clamp(FloatVector.fromArray(SPECIES, x, xAt + 3 * LENGTH));
        FloatVector t0 = argument(m0);
        FloatVector t1 = argument(m1);
        FloatVector t2 = argument(m2);
        FloatVector t3 = argument(m3);
        FloatVector p0 = FloatVector.broadcast(SPECIES, coefficients[coefficients.length - 1]);
        FloatVector p1 = p0;
        FloatVector p2 = p0;
        FloatVector p3 = p0;
        for (int k = coefficients.length - 2; k >= 0; k--) {
            FloatVector c = FloatVector.broadcast(SPECIES, coefficients[k]);
            p0 = p0.fma(t0, c);
            p1 = p1.fma(t1, c);
            p2 = p2.fma(t2, c);
            p3 = p3.fma(t3, c);
        }
        product(p0, m0, dy, dyAt).intoArray(dx, dxAt);
        product(p1, m1, dy, dyAt + LENGTH).intoArray(dx, dxAt + LENGTH);
        product(p2, m2, dy, dyAt + 2 * LENGTH).intoArray(dx, dxAt + 2 * LENGTH);
        product(p3, m3, dy, dyAt + 3 * LENGTH).intoArray(dx, dxAt + 3 * LENGTH);
    }

    private FloatVector clamp(FloatVector x) {
        return x.min(bound).max(-bound);
    }

    private FloatVector argument(FloatVector m) {
        return m.mul(m).fma(FloatVector.broadcast(SPECIES, scale), FloatVector.broadcast(SPECIES, -1));
    }

    private static FloatVector product(FloatVector p, FloatVector m, float[] dy, int at) {
        return p.fma(m, FloatVector.broadcast(SPECIES, 0.5f)).mul(FloatVector.fromArray(SPECIES, dy, at));
    }

    private float polynomial(float square) {
        float t = Math.fma(square, scale, -1);
        float p = coefficients[coefficients.length - 1];
        for (int k = coefficients.length - 2; k >= 0; k--) {
            p = Math.fma(p, t, coefficients[k]);
        }
        return p;
    }
}
