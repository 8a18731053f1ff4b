package org.cryonext.engine.backend.cuda;

/**
 * A product: out[rows, columns], each value a sum over depth.
 *
 * @param rows rows of the result
 * @param columns columns of the result
 * @param depth values in each sum
 * @param divisible whether the sums are added in parts, as many as fill the card
 */
record GemmShape(int rows, int columns, int depth, boolean divisible) {
    GemmShape(int rows, int columns, int depth) {
        this(rows, columns, depth, false);
    }
}
