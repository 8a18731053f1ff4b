// Kernels with a fault each, by which the simulation shows that it notices.
#include "types.cuh"

// Behind the end: as many elements as there are threads, not as there are.
KERNEL(256, reads_behind, (const float *x, float *y)) {
    float value = x[blockIdx.x * blockDim.x + threadIdx.x];
    if (value > 1e30f) {
        y[0] = value;
    }
}

KERNEL(256, writes_behind, (float *y)) {
    y[blockIdx.x * blockDim.x + threadIdx.x] = 1;
}

KERNEL(256, writes_before, (float *y)) {
    y[(int)threadIdx.x - 1] = 1;
}

// Follows an address that lies in memory, which nobody can check when the kernel is launched.
KERNEL(32, follows, (float *const *table, float *y)) {
    y[threadIdx.x] = table[0][threadIdx.x];
}

KERNEL(32, writes_null, (float *y, int offset)) {
    y[offset + threadIdx.x] = 1;
}

// An index outside of a static array, which lies in the midst of other memory.
KERNEL(64, leaves_static_array, (float *y)) {
    __shared__ float first[32];
    __shared__ float second[64];
    second[threadIdx.x] = 1;
    first[threadIdx.x] = 2;
    __syncthreads();
    y[threadIdx.x] = second[threadIdx.x] + first[threadIdx.x % 32];
}

KERNEL(64, leaves_dynamic_array, (float *y, int distance)) {
    DYNAMIC_SHARED(float, tile);
    tile[(int)threadIdx.x + distance] = 1;
    __syncthreads();
    y[threadIdx.x] = tile[threadIdx.x];
}

// Reads its neighbour's element without waiting for it.
KERNEL(64, forgets_a_barrier, (float *y)) {
    __shared__ float tile[64];
    tile[threadIdx.x] = threadIdx.x;
    y[threadIdx.x] = tile[threadIdx.x ^ 1];
}

// Takes for granted that the block before has run.
KERNEL(32, counts_on_the_block_before, (float *y)) {
    if (threadIdx.x == 0) {
        y[blockIdx.x] = blockIdx.x == 0 ? 1 : y[blockIdx.x - 1] + 1;
    }
}

// The threads' numbers in the order in which they come.
KERNEL(64, lists_as_it_falls, (float *y, int *turn)) {
    int place = atomicAdd(turn, 1);
    y[place] = threadIdx.x;
}

KERNEL(64, reads_what_nobody_wrote, (float *y)) {
    __shared__ float tile[64];
    if (threadIdx.x < 32) {
        tile[threadIdx.x] = 1;
    }
    __syncthreads();
    y[threadIdx.x] = tile[threadIdx.x];
}

KERNEL(64, copies, (const float *x, float *y)) {
    y[threadIdx.x] = x[threadIdx.x];
}

KERNEL(64, parts_at_a_barrier, (float *y)) {
    if (threadIdx.x < 32) {
        __syncthreads();
        y[threadIdx.x] = 1;
    } else {
        y[threadIdx.x] = 2;
        __syncthreads();
    }
}

KERNEL(64, leaves_before_a_barrier, (float *y, int n)) {
    if (threadIdx.x >= n) {
        return;
    }
    __syncthreads();
    y[threadIdx.x] = 1;
}

// Some wait for all lanes of their warp, the others of the warp for all threads of the block.
KERNEL(64, waits_in_two_places, (float *y)) {
    if (threadIdx.x < 48) {
        __syncthreads();
    } else {
        __syncwarp();
    }
    y[threadIdx.x] = 1;
}

KERNEL(32, shuffles_with_an_absent_lane, (float *y)) {
    float value = threadIdx.x;
    if (threadIdx.x < 16) {
        value = __shfl_xor_sync(0x0000ffffu, value, 16);
    }
    y[threadIdx.x] = value;
}

KERNEL(32, shuffles_without_some, (float *y)) {
    if (threadIdx.x >= 16) {
        return;
    }
    y[threadIdx.x] = __shfl_xor_sync(0xffffffffu, (float)threadIdx.x, 1);
}

KERNEL(32, loads_a_crooked_vector, (const float *x, float *y)) {
    const float4 *vectors = reinterpret_cast<const float4 *>(x + 1);
    y[threadIdx.x] = vectors[threadIdx.x].x;
}

KERNEL(32, divides_by_zero, (int *y, int divisor)) {
    y[threadIdx.x] = 7 / divisor;
}

KERNEL(32, never_ends, (volatile int *y)) {
    while (y[0] == 0) {
    }
}

// Calls itself deeper than local memory goes.
__device__ __noinline__ float deeper(volatile float *y, int depth) {
    volatile float local[256];
    local[depth % 256] = y[0];
    return depth == 0 ? local[0] : deeper(y, depth - 1) + local[depth % 256];
}

KERNEL(32, exceeds_local_memory, (float *y, int depth)) {
    y[threadIdx.x] = deeper(y, depth);
}
