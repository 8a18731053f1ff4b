package org.cryonext.cryoet.features;

/**
 * Eigenvalues and eigenvectors of a small symmetric matrix, by Jacobi's rotations.
 *
 * @param values the largest first
 * @param vectors a row for each value, of length 1
 */
record SymmetricEigen(double[] values, double[][] vectors) {
    private static final int SWEEPS = 50;
    private static final double TOLERANCE = 1e-15;

    /** @param matrix [n][n]; its upper half counts; changed */
    static SymmetricEigen of(double[][] matrix) {
        int n = matrix.length;
        double[][] vectors = new double[n][n];
        double size = 0;
        for (int i = 0; i < n; i++) {
            vectors[i][i] = 1;
            for (int j = 0; j < n; j++) {
                matrix[j][i] = matrix[i][j];
                size = Math.max(size, Math.abs(matrix[i][j]));
            }
        }
        boolean turned = true;
        for (int sweep = 0; turned && sweep < SWEEPS; sweep++) {
            turned = false;
            for (int p = 0; p < n; p++) {
                for (int q = p + 1; q < n; q++) {
                    if (Math.abs(matrix[p][q]) > TOLERANCE * size) {
                        rotate(matrix, vectors, p, q);
                        turned = true;
                    }
                }
            }
        }
        return sorted(matrix, vectors);
    }

    /** Turns rows and columns p and q so that the element where they meet becomes 0. */
    private static void rotate(double[][] matrix, double[][] vectors, int p, int q) {
        double theta = (matrix[q][q] - matrix[p][p]) / (2 * matrix[p][q]);
        double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        double cos = 1 / Math.sqrt(t * t + 1);
        double sin = t * cos;
        for (double[] row : matrix) {
            double a = row[p];
            double b = row[q];
            row[p] = cos * a - sin * b;
            row[q] = sin * a + cos * b;
        }
        turnRows(matrix, p, q, cos, sin);
        turnRows(vectors, p, q, cos, sin);
    }

    private static void turnRows(double[][] rows, int p, int q, double cos, double sin) {
        for (int k = 0; k < rows.length; k++) {
            double a = rows[p][k];
            double b = rows[q][k];
            rows[p][k] = cos * a - sin * b;
            rows[q][k] = sin * a + cos * b;
        }
    }

    private static SymmetricEigen sorted(double[][] matrix, double[][] vectors) {
        int n = matrix.length;
        double[] values = new double[n];
        double[][] rows = new double[n][];
        boolean[] taken = new boolean[n];
        for (int rank = 0; rank < n; rank++) {
            int best = -1;
            for (int i = 0; i < n; i++) {
                if (!taken[i] && (best < 0 || matrix[i][i] > matrix[best][best])) {
                    best = i;
                }
            }
            taken[best] = true;
            values[rank] = matrix[best][best];
            rows[rank] = vectors[best];
        }
        return new SymmetricEigen(values, rows);
    }
}
