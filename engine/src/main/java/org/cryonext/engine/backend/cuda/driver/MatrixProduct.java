package org.cryonext.engine.backend.cuda.driver;

import org.cryonext.engine.tensor.DType;

/**
 * A product of dense row-major matrices: out[rows, columns] = left[rows, depth] right[depth, columns], added in F32.
 *
 * @param leftTurned whether left lies as [depth, rows]
 * @param rightTurned whether right lies as [columns, depth]
 * @param factors element type of left and right: F32, F16 or BF16
 * @param result element type of out: that of the factors, or F32
 * @param tf32 whether factors in F32 may be rounded to 10 bits after the point
 */
public record MatrixProduct(
        int rows,
        int columns,
        int depth,
        boolean leftTurned,
        boolean rightTurned,
        DType factors,
        DType result,
        boolean tf32) {
    @Override
    public String toString() {
        return rows + "x" + depth + (leftTurned ? " (turned)" : "") + " by " + depth + "x" + columns
                + (rightTurned ? " (turned)" : "") + " in " + factors + (tf32 ? " as TF32" : "");
    }
}
