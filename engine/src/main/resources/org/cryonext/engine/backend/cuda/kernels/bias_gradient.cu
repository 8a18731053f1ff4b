// The gradient of a bias where the weight beside it has none.
#include "types.cuh"

// sums[blockIdx.y][column] = the sum over the blockIdx.y-th part of the rows of dy [rows, columns].
#define BIAS_GRADIENT(T)                                                                                               \
    KERNEL(128, bias_gradient_##T, (const T *dy, float *sums, int rows, int columns, int rows_of_part)) {              \
        int column = blockIdx.x * 128 + threadIdx.x;                                                                   \
        if (column >= columns) {                                                                                       \
            return;                                                                                                    \
        }                                                                                                              \
        int from = blockIdx.y * rows_of_part;                                                                          \
        int to = rows - from < rows_of_part ? rows : from + rows_of_part;                                              \
        float sum = 0.0f;                                                                                              \
        for (int row = from; row < to; row++) {                                                                        \
            sum += to_float(dy[(long long)row * columns + column]);                                                    \
        }                                                                                                              \
        sums[(long long)blockIdx.y * columns + column] = sum;                                                          \
    }

FOR_EACH_TYPE(BIAS_GRADIENT)
