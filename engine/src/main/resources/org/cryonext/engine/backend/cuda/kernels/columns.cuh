// Kernels over rows of channels. A block is blockDim.x lanes, each with N neighbouring channels, by blockDim.y rows;
// the grid's second dimension divides the channels, the others images or rows. N is a vector where the number of channels is a
// multiple of one, else 1.
#pragma once
#include "types.cuh"

// The first channel of this thread.
template <int N>
INLINE int first_channel() {
    return (blockIdx.y * blockDim.x + threadIdx.x) * N;
}

// Adds what a block of 256 threads has summed for the same channels, in the order of its rows. The first row's threads
// get the result.
template <int N>
INLINE void sum_rows(float (&v)[N]) {
    __shared__ float sums[256 * N];
    int width = blockDim.x * N;
    float *mine = sums + threadIdx.y * width + threadIdx.x;
    // What was read of an earlier sum must have been read.
    __syncthreads();
#pragma unroll
    for (int i = 0; i < N; i++) {
        mine[i * blockDim.x] = v[i];
    }
    __syncthreads();
    if (threadIdx.y == 0) {
        for (int row = 1; row < (int)blockDim.y; row++) {
#pragma unroll
            for (int i = 0; i < N; i++) {
                v[i] += mine[row * width + i * blockDim.x];
            }
        }
    }
}

// Exports kernels twice for each type: for vectors of 16 bytes, and, as name_odd_type, for single channels.
#define FOR_EACH_TYPE_AND_WIDTH(MACRO)                                                                                 \
    MACRO(f32, f32, 4)                                                                                                 \
    MACRO(f16, f16, 8)                                                                                                 \
    MACRO(bf16, bf16, 8)                                                                                               \
    MACRO(f32, odd_f32, 1)                                                                                             \
    MACRO(f16, odd_f16, 1)                                                                                             \
    MACRO(bf16, odd_bf16, 1)
