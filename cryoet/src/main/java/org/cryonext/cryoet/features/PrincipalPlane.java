package org.cryonext.cryoet.features;

import java.util.List;
import java.util.Random;

/**
 * Principal component analysis to two dimensions: the two directions along which points spread most, and where the points lie
 * along them.
 *
 * <p>The eigenvectors of the covariance are found by subspace iteration with a Rayleigh-Ritz step, so that no matrix of
 * the features' number squared is made. It starts from fixed numbers: the same points give the same bits. Each axis is
 * turned so that its coefficient of the largest magnitude is positive. Source: Saad, Numerical Methods for Large
 * Eigenvalue Problems (2011), chapter 5.
 *
 * @param first the points' places along the first axis, in their order; their mean is 0
 * @param second along the second; all 0 where the points lie on a line
 * @param firstShare part of the points' whole variance that lies along the first axis; 0 where all are the same
 * @param secondShare along the second
 */
public record PrincipalPlane(double[] first, double[] second, double firstShare, double secondShare) {
    private static final int AXES = 2;

    /** More directions than are wanted, so that those beyond them hardly slow the iteration. */
    private static final int BLOCK = 8;

    private static final int ITERATIONS = 2000;
    /** Of what is left of an eigenvector's equation, in units of the largest eigenvalue. */
    private static final double TOLERANCE = 1e-9;
    /** Of a length; below it is rounding. */
    private static final double NOTHING = 1e-13;

    private static final long SEED = 1;

    /**
     * Finds the plane of some points.
     *
     * @param points at least one, all with as many coordinates
     */
    public static PrincipalPlane of(List<float[]> points) {
        double[][] centred = centred(points);
        double total = 0;
        double size = 0;
        for (int i = 0; i < centred.length; i++) {
            total += dot(centred[i], centred[i]);
            for (float value : points.get(i)) {
                size += (double) value * value;
            }
        }
        double[][] places = new double[AXES][points.size()];
        double[] shares = new double[AXES];
        // What is left of equal points is the rounding of their mean.
        if (total > NOTHING * NOTHING * size) {
            double[][] axes = axes(centred);
            for (int a = 0; a < axes.length; a++) {
                double sum = 0;
                for (int i = 0; i < centred.length; i++) {
                    places[a][i] = dot(centred[i], axes[a]);
                    sum += places[a][i] * places[a][i];
                }
                shares[a] = sum / total;
            }
        }
        return new PrincipalPlane(places[0], places[1], shares[0], shares[1]);
    }

    private static double[][] centred(List<float[]> points) {
        int width = points.getFirst().length;
        double[] mean = new double[width];
        for (float[] point : points) {
            for (int k = 0; k < width; k++) {
                mean[k] += point[k] / (double) points.size();
            }
        }
        double[][] centred = new double[points.size()][width];
        for (int i = 0; i < centred.length; i++) {
            for (int k = 0; k < width; k++) {
                centred[i][k] = points.get(i)[k] - mean[k];
            }
        }
        return centred;
    }

    /** Unit vectors of at most two axes, the one along which the points spread most first. */
    private static double[][] axes(double[][] points) {
        double[][] basis = new double[Math.min(BLOCK, points[0].length)][points[0].length];
        Random random = new Random(SEED);
        for (double[] vector : basis) {
            for (int k = 0; k < vector.length; k++) {
                vector[k] = random.nextGaussian();
            }
        }
        basis = orthonormal(basis);
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            double[][] image = spread(points, basis);
            // Within the subspace the eigenvectors are those of a small matrix.
            double[][] small = new double[basis.length][basis.length];
            for (int a = 0; a < basis.length; a++) {
                for (int b = 0; b < basis.length; b++) {
                    small[a][b] = dot(basis[a], image[b]);
                }
            }
            SymmetricEigen eigen = SymmetricEigen.of(small);
            double[][] vectors = combined(eigen.vectors(), basis);
            double[][] images = combined(eigen.vectors(), image);
            if (settled(eigen.values(), vectors, images)) {
                basis = vectors;
                break;
            }
            basis = orthonormal(images);
        }
        double[][] axes = new double[Math.min(AXES, basis.length)][];
        for (int a = 0; a < axes.length; a++) {
            axes[a] = turned(basis[a]);
        }
        return axes;
    }

    private static boolean settled(double[] values, double[][] vectors, double[][] images) {
        for (int a = 0; a < Math.min(AXES, vectors.length); a++) {
            double rest = 0;
            for (int k = 0; k < vectors[a].length; k++) {
                double off = images[a][k] - values[a] * vectors[a][k];
                rest += off * off;
            }
            if (Math.sqrt(rest) > TOLERANCE * values[0]) {
                return false;
            }
        }
        return true;
    }

    /** The scatter matrix times each vector: the sum over the points of point (point . vector). */
    private static double[][] spread(double[][] points, double[][] vectors) {
        double[][] result = new double[vectors.length][vectors[0].length];
        for (double[] point : points) {
            for (int a = 0; a < vectors.length; a++) {
                add(dot(point, vectors[a]), point, result[a]);
            }
        }
        return result;
    }

    /** Rows of {@code weights} times the vectors. */
    private static double[][] combined(double[][] weights, double[][] vectors) {
        double[][] result = new double[vectors.length][vectors[0].length];
        for (int a = 0; a < vectors.length; a++) {
            for (int b = 0; b < vectors.length; b++) {
                add(weights[a][b], vectors[b], result[a]);
            }
        }
        return result;
    }

    /** Gram and Schmidt's, twice, since once leaves what cancelled; a vector that the others span already becomes 0. */
    private static double[][] orthonormal(double[][] vectors) {
        double scale = Math.sqrt(dot(vectors[0], vectors[0]));
        for (int a = 0; a < vectors.length; a++) {
            for (int pass = 0; pass < 2; pass++) {
                for (int b = 0; b < a; b++) {
                    add(-dot(vectors[a], vectors[b]), vectors[b], vectors[a]);
                }
            }
            double norm = Math.sqrt(dot(vectors[a], vectors[a]));
            for (int k = 0; k < vectors[a].length; k++) {
                vectors[a][k] = norm > NOTHING * scale ? vectors[a][k] / norm : 0;
            }
        }
        return vectors;
    }

    private static double[] turned(double[] vector) {
        double largest = 0;
        for (double value : vector) {
            largest = Math.abs(value) > Math.abs(largest) ? value : largest;
        }
        if (largest < 0) {
            for (int k = 0; k < vector.length; k++) {
                vector[k] = -vector[k];
            }
        }
        return vector;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += a[k] * b[k];
        }
        return sum;
    }

    private static void add(double factor, double[] from, double[] to) {
        for (int k = 0; k < from.length; k++) {
            to[k] += factor * from[k];
        }
    }
}
