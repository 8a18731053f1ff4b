// Kernels that compute the right thing in most orders, and count on what nobody promises; each has a right one beside it.
#include "types.cuh"

// The neighbour within the block, with a barrier of the block, of the warp, or of too few.
KERNEL(64, neighbour_waits, (float *y)) {
    __shared__ float tile[64];
    tile[threadIdx.x] = threadIdx.x;
    __syncthreads();
    y[threadIdx.x] = tile[(threadIdx.x + 1) % 64];
}

KERNEL(64, neighbour_waits_for_its_warp, (float *y)) {
    __shared__ float tile[64];
    tile[threadIdx.x] = threadIdx.x;
    __syncwarp();
    y[threadIdx.x] = tile[threadIdx.x ^ 1];
}

KERNEL(64, neighbour_of_another_warp, (float *y)) {
    __shared__ float tile[64];
    tile[threadIdx.x] = 0;
    __syncthreads();
    tile[threadIdx.x] = threadIdx.x;
    __syncwarp();
    y[threadIdx.x] = tile[threadIdx.x ^ 32];
}

// Neighbours in dynamic shared memory, which have nothing to do with each other.
KERNEL(64, side_by_side, (float *y)) {
    DYNAMIC_SHARED(f16, tile);
    tile[threadIdx.x] = from_float<f16>(threadIdx.x);
    y[threadIdx.x] = to_float(tile[threadIdx.x]);
}

// A shuffle brings values, and does not say that memory is written.
KERNEL(32, shuffle_is_no_barrier, (float *y)) {
    __shared__ float tile[32];
    tile[threadIdx.x] = 0;
    __syncwarp();
    tile[threadIdx.x] = threadIdx.x;
    float sum = warp_sum(1);
    y[threadIdx.x] = tile[threadIdx.x ^ 1] + sum;
}

// Writes again what others may still read.
KERNEL(64, writes_too_early, (float *y, int rounds)) {
    __shared__ float tile[64];
    float sum = 0;
    for (int i = 0; i < rounds; i++) {
        tile[threadIdx.x] = i;
        __syncthreads();
        sum += tile[63 - threadIdx.x];
    }
    y[threadIdx.x] = sum;
}

KERNEL(64, all_write_one, (float *y)) {
    __shared__ float one;
    one = threadIdx.x / 64;
    __syncthreads();
    y[threadIdx.x] = one;
}

KERNEL(64, count_together, (int *y)) {
    __shared__ int count;
    if (threadIdx.x == 0) {
        count = 0;
    }
    __syncthreads();
    atomicAdd(&count, 1);
    __syncthreads();
    y[threadIdx.x] = count;
}

KERNEL(64, reads_what_nobody_wrote, (float *y)) {
    __shared__ float tile[64];
    if (threadIdx.x < 32) {
        tile[threadIdx.x] = 1;
    }
    __syncthreads();
    y[threadIdx.x] = tile[threadIdx.x] > 0 ? 1 : 0;
}

KERNEL(64, copies, (const float *x, float *y)) {
    y[threadIdx.x] = x[threadIdx.x];
}

// Reads each element three times, as neighbours do, and writes it once.
KERNEL(64, stencil, (const float *x, float *y, int n)) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        y[i] = x[i > 0 ? i - 1 : i] + x[i] + x[i < n - 1 ? i + 1 : i];
    }
}

// A tile comes by an asynchronous copy, and is used with or without a barrier after the wait.
KERNEL(32, copies_for_others, (const float *x, float *y, int waits)) {
    __shared__ __align__(16) float tile[32];
    tile[threadIdx.x] = 0;
    __syncthreads();
    if (threadIdx.x < 8) {
        simulated_gpu::cp_async_16(&tile[4 * threadIdx.x], x + 4 * threadIdx.x);
    }
    simulated_gpu::cp_async_commit();
    simulated_gpu::cp_async_wait<0>();
    if (waits) {
        __syncthreads();
    }
    y[threadIdx.x] = tile[31 - threadIdx.x];
}
