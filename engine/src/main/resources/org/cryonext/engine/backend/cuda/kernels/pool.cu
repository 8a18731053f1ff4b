// The mean over all positions of an image, and its gradient.
#include "columns.cuh"

// A block adds one image's positions for its channels; the grid's first dimension is the image.
template <typename T, int N>
INLINE void pool(const T *x, T *y, int positions, int channels) {
    int c = first_channel<N>();
    const T *image = x + (long long)blockIdx.x * positions * channels;
    float sum[N] = {};
    for (int p = threadIdx.y; c < channels && p < positions; p += blockDim.y) {
        float v[N];
        load(image + (long long)p * channels + c, v);
#pragma unroll
        for (int i = 0; i < N; i++) {
            sum[i] += v[i];
        }
    }
    sum_rows(sum);
    if (c < channels && threadIdx.y == 0) {
#pragma unroll
        for (int i = 0; i < N; i++) {
            sum[i] /= positions;
        }
        store(y + (long long)blockIdx.x * channels + c, sum);
    }
}

template <typename T, int N>
INLINE void pool_gradient(const T *dy, T *dx, int positions, int channels) {
    int c = first_channel<N>();
    if (c >= channels) {
        return;
    }
    T *image = dx + (long long)blockIdx.x * positions * channels;
    float d[N];
    load(dy + (long long)blockIdx.x * channels + c, d);
#pragma unroll
    for (int i = 0; i < N; i++) {
        d[i] /= positions;
    }
    for (int p = threadIdx.y; p < positions; p += blockDim.y) {
        store(image + (long long)p * channels + c, d);
    }
}

#define EXPORT(T, SUFFIX, N)                                                                                           \
    KERNEL(256, pool_##SUFFIX, (const T *x, T *y, int positions, int channels)) {                                      \
        pool<T, N>(x, y, positions, channels);                                                                         \
    }                                                                                                                  \
                                                                                                                       \
    KERNEL(256, pool_gradient_##SUFFIX, (const T *dy, T *dx, int positions, int channels)) {                           \
        pool_gradient<T, N>(dy, dx, positions, channels);                                                              \
    }

FOR_EACH_TYPE_AND_WIDTH(EXPORT)
