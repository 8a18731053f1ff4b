// Kernels without a fault, by which the simulation shows that it computes.
#include "types.cuh"

KERNEL(256, add, (const float *x, const float *y, float *z, long long n)) {
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        z[i] = x[i] + y[i];
    }
}

// The sums of the rows of a matrix, a block each.
KERNEL(256, row_sums, (const float *x, float *sums, int columns)) {
    float sum = 0;
    for (int i = threadIdx.x; i < columns; i += blockDim.x) {
        sum += x[(long long)blockIdx.x * columns + i];
    }
    sum = block_sum(sum);
    if (threadIdx.x == 0) {
        sums[blockIdx.x] = sum;
    }
}
