package org.cryonext.models.recognize;

import java.util.List;
import java.util.stream.IntStream;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;

/** Changes the order of a constant's dimensions; large matrices of floats by tiles. */
final class Transposition {
    private static final int TILE = 32;

    private Transposition() {}

    /** @param order dimension i of the result is dimension {@code order[i]} of {@code tensor} */
    static Tensor of(Tensor tensor, List<Integer> order) {
        int[] dims = order.stream().mapToInt(Integer::intValue).toArray();
        if (IntStream.range(0, dims.length).allMatch(i -> dims[i] == i)) {
            return tensor;
        }
        return dims.length == 2 && tensor.dtype() == DType.F32 ? matrix(tensor) : tensor.transpose(dims);
    }

    /** The transposed matrix, F32. */
    static Tensor matrix(Tensor tensor) {
        int rows = Math.toIntExact(tensor.shape().dim(0));
        int columns = Math.toIntExact(tensor.shape().dim(1));
        float[] from = tensor.toFloats();
        float[] to = new float[from.length];
        for (int r = 0; r < rows; r += TILE) {
            for (int c = 0; c < columns; c += TILE) {
                for (int i = r; i < Math.min(r + TILE, rows); i++) {
                    for (int j = c; j < Math.min(c + TILE, columns); j++) {
                        to[j * rows + i] = from[i * columns + j];
                    }
                }
            }
        }
        return Tensor.of(to, columns, rows);
    }
}
