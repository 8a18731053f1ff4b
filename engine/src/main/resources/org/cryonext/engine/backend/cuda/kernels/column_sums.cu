// The second half of every sum over rows: adds partial sums in the order of their rows.
#include "types.cuh"

// sum[c] = sum over rows of partial[row][c]; the first `split` columns go to `first`, the others to `second`, each of
// which may be null. A block is 32 columns by 8 rows.
KERNEL(256, column_sums, (const float *partial, float *first, float *second, int rows, long long columns,
                          long long split)) {
    __shared__ float sums[8][32];
    long long column = (long long)blockIdx.x * 32 + threadIdx.x;
    float sum = 0;
    if (column < columns) {
#pragma unroll 4
        for (int row = threadIdx.y; row < rows; row += 8) {
            sum += partial[row * columns + column];
        }
    }
    sums[threadIdx.y][threadIdx.x] = sum;
    __syncthreads();
    if (threadIdx.y == 0 && column < columns) {
        for (int i = 1; i < 8; i++) {
            sum += sums[i][threadIdx.x];
        }
        if (column < split) {
            if (first != nullptr) {
                first[column] = sum;
            }
        } else if (second != nullptr) {
            second[column - split] = sum;
        }
    }
}
