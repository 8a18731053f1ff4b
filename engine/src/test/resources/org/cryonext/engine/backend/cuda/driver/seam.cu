// Kernels by which the driver seam is tested.
#include "types.cuh"

KERNEL(256, scale, (float *y, const float *x, float factor, int n)) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        y[i] = x[i] * factor;
    }
}

KERNEL(64, count, (long long *sum, long long step)) {
    if (threadIdx.x == 0) {
        *sum += step;
    }
}

KERNEL(64, reverse, (float *x, int n)) {
    DYNAMIC_SHARED(float, kept);
    if ((int)threadIdx.x < n) {
        kept[threadIdx.x] = x[threadIdx.x];
    }
    __syncthreads();
    if ((int)threadIdx.x < n) {
        x[threadIdx.x] = kept[n - 1 - threadIdx.x];
    }
}

KERNEL(32, beyond, (float *x, long long at)) {
    if (threadIdx.x == 0) {
        x[at] = 1;
    }
}
