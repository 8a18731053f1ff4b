package org.cryonext.engine.backend.cpu;

import java.util.Arrays;

/**
 * The right operand of a product, repacked for the microkernel: panels of {@link GemmMicrokernels#COLUMNS} columns,
 * each [depth][COLUMNS], the last one padded with zeros; then the bias, padded alike (zeros when there is none).
 *
 * @param depth summed length
 * @param columns columns of the product
 */
record PackedMatrix(int depth, int columns) {
    /** Number of panels. */
    int panels() {
        return Math.ceilDiv(columns, GemmMicrokernels.COLUMNS);
    }

    /** Memory in floats; fails with an ArithmeticException when that is more than one array may hold. */
    int floats() {
        return Math.multiplyExact(panels() * GemmMicrokernels.COLUMNS, depth + 1);
    }

    /** Where a panel begins. */
    int panel(int number) {
        return number * depth * GemmMicrokernels.COLUMNS;
    }

    /** Where the bias of a panel begins. */
    int bias(int panel) {
        return panel(panels()) + panel * GemmMicrokernels.COLUMNS;
    }

    /** Packs one panel of the transpose of w [columns][depth]. */
    void packTransposed(float[] w, int wOffset, float[] to, int toOffset, int panel) {
        int width = GemmMicrokernels.COLUMNS;
        int first = panel * width;
        int used = Math.min(width, columns - first);
        int base = toOffset + panel(panel);
        if (used < width) {
            Arrays.fill(to, base, base + depth * width, 0);
        }
        // Square pieces, so that both sides stay in the first-level cache.
        for (int k0 = 0; k0 < depth; k0 += width) {
            int k1 = Math.min(depth, k0 + width);
            for (int n = 0; n < used; n++) {
                int source = wOffset + (first + n) * depth;
                for (int k = k0; k < k1; k++) {
                    to[base + k * width + n] = w[source + k];
                }
            }
        }
    }

    /** Packs one panel of w [depth][columns]. */
    void packStraight(float[] w, int wOffset, float[] to, int toOffset, int panel) {
        int width = GemmMicrokernels.COLUMNS;
        int first = panel * width;
        int used = Math.min(width, columns - first);
        int base = toOffset + panel(panel);
        for (int k = 0; k < depth; k++) {
            System.arraycopy(w, wOffset + k * columns + first, to, base + k * width, used);
            Arrays.fill(to, base + k * width + used, base + (k + 1) * width, 0);
        }
    }

    /** Packs one panel's bias; {@code bias} null stands for zeros. */
    void packBias(float[] bias, int biasOffset, float[] to, int toOffset, int panel) {
        int width = GemmMicrokernels.COLUMNS;
        int used = bias == null ? 0 : Math.min(width, columns - panel * width);
        int at = toOffset + bias(panel);
        if (used > 0) {
            System.arraycopy(bias, biasOffset + panel * width, to, at, used);
        }
        Arrays.fill(to, at + used, at + width, 0);
    }
}
