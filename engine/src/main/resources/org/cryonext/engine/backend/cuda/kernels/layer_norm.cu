// Layer normalisation of rows of channels and its gradient. blockDim.x lanes, a power of two up to 32, take a row
// together, N neighbouring channels at a time; blockDim.y rows make a block. Where the registers hold a row it is read once,
// else again for each step, from the first-level cache, so that any number of channels will do.
#include "columns.cuh"

// What a row is normalised by. The mean that was found first is off by its rounding, which counts where it is large
// against the deviation: `rest` is what it lacks, to be taken from the differences.
struct Moments {
    float mean;
    float rest;
    float scale;
};

template <typename T, int N>
INLINE float mean_of_row(const T *x, int channels) {
    float sum = 0;
    for (int c = threadIdx.x * N; c < channels; c += blockDim.x * N) {
        float v[N];
        load(x + c, v);
#pragma unroll
        for (int i = 0; i < N; i++) {
            sum += v[i];
        }
    }
    return group_sum(sum, blockDim.x) / channels;
}

INLINE Moments moments(float mean, float sum, float squares, int channels, float epsilon) {
    float rest = sum / channels;
    float variance = fmaxf(squares / channels - rest * rest, 0.0f);
    return {mean, rest, 1.0f / sqrtf(variance + epsilon)};
}

template <typename T, int N>
INLINE void layer_norm(const T *x, const float *weight, const float *bias, T *y, long long rows, int channels,
                       float epsilon) {
    long long row = (long long)blockIdx.x * blockDim.y + threadIdx.y;
    bool inside = row < rows;
    // All lanes of a warp add together, so those beyond the last row read it too.
    const T *from = x + (inside ? row : rows - 1) * channels;
    float mean = mean_of_row<T, N>(from, channels);
    float sum = 0;
    float squares = 0;
    for (int c = threadIdx.x * N; c < channels; c += blockDim.x * N) {
        float v[N];
        load(from + c, v);
#pragma unroll
        for (int i = 0; i < N; i++) {
            float d = v[i] - mean;
            sum += d;
            squares = fmaf(d, d, squares);
        }
    }
    Moments m =
        moments(mean, group_sum(sum, blockDim.x), group_sum(squares, blockDim.x), channels, epsilon);
    for (int c = threadIdx.x * N; inside && c < channels; c += blockDim.x * N) {
        float v[N];
        float w[N];
        float b[N];
        load(from + c, v);
        load(weight + c, w);
        load(bias + c, b);
#pragma unroll
        for (int i = 0; i < N; i++) {
            v[i] = fmaf((v[i] - m.mean - m.rest) * m.scale, w[i], b[i]);
        }
        store(y + row * channels + c, v);
    }
}

// The same, in the same order, for rows of at most EACH vectors a lane, which stay in registers.
template <typename T, int N, int EACH>
INLINE void layer_norm_kept(const T *x, const float *weight, const float *bias, T *y, long long rows, int channels,
                            float epsilon) {
    long long row = (long long)blockIdx.x * blockDim.y + threadIdx.y;
    bool inside = row < rows;
    const T *from = x + (inside ? row : rows - 1) * channels;
    float v[EACH][N];
    float sum = 0;
#pragma unroll
    for (int e = 0; e < EACH; e++) {
        int c = (threadIdx.x + e * blockDim.x) * N;
        if (c < channels) {
            load(from + c, v[e]);
#pragma unroll
            for (int i = 0; i < N; i++) {
                sum += v[e][i];
            }
        }
    }
    float mean = group_sum(sum, blockDim.x) / channels;
    sum = 0;
    float squares = 0;
#pragma unroll
    for (int e = 0; e < EACH; e++) {
        if ((threadIdx.x + e * blockDim.x) * N < channels) {
#pragma unroll
            for (int i = 0; i < N; i++) {
                float d = v[e][i] - mean;
                sum += d;
                squares = fmaf(d, d, squares);
            }
        }
    }
    Moments m =
        moments(mean, group_sum(sum, blockDim.x), group_sum(squares, blockDim.x), channels, epsilon);
#pragma unroll
    for (int e = 0; e < EACH; e++) {
        int c = (threadIdx.x + e * blockDim.x) * N;
        if (inside && c < channels) {
            float w[N];
            float b[N];
            load(weight + c, w);
            load(bias + c, b);
#pragma unroll
            for (int i = 0; i < N; i++) {
                v[e][i] = fmaf((v[e][i] - m.mean - m.rest) * m.scale, w[i], b[i]);
            }
            store(y + row * channels + c, v[e]);
        }
    }
}

// With n the normalised x and g = dy weight: dx = (g - mean of g - n (mean of g n)) scale. Sums of each block's rows:
// partial[block][0..1][c] = dy n, dy. dx or partial may be null. Each row of lanes keeps sums of its own in shared
// memory, blockDim.y x 2 x channels floats.
template <typename T, int N>
INLINE void layer_norm_gradient(const T *dy, const T *x, const float *weight, T *dx, float *partial, long long rows,
                                int channels, float epsilon) {
    DYNAMIC_SHARED(float, sums);
    float *mine = sums + threadIdx.y * 2 * channels;
    for (int c = threadIdx.x; c < 2 * channels; c += blockDim.x) {
        mine[c] = 0;
    }
    __syncthreads();
    for (long long first = (long long)blockIdx.x * blockDim.y; first < rows; first += (long long)gridDim.x * blockDim.y) {
        long long row = first + threadIdx.y;
        bool inside = row < rows;
        long long at = (inside ? row : rows - 1) * channels;
        float mean = mean_of_row<T, N>(x + at, channels);
        float sum = 0;
        float squares = 0;
        float gradients = 0;
        float products = 0;
        for (int c = threadIdx.x * N; c < channels; c += blockDim.x * N) {
            float v[N];
            float d[N];
            float w[N];
            load(x + at + c, v);
            load(dy + at + c, d);
            load(weight + c, w);
#pragma unroll
            for (int i = 0; i < N; i++) {
                float difference = v[i] - mean;
                float g = rounded_product(d[i], w[i]);
                sum += difference;
                squares = fmaf(difference, difference, squares);
                gradients += g;
                products = fmaf(g, difference, products);
            }
        }
        sum = group_sum(sum, blockDim.x);
        squares = group_sum(squares, blockDim.x);
        gradients = group_sum(gradients, blockDim.x);
        products = group_sum(products, blockDim.x);
        Moments m = moments(mean, sum, squares, channels, epsilon);
        float mean_g = gradients / channels;
        float mean_gn = (products - gradients * m.rest) * m.scale / channels;
        for (int c = threadIdx.x * N; inside && c < channels; c += blockDim.x * N) {
            float v[N];
            float d[N];
            float w[N];
            float products_c[N];
            float sums_c[N];
            load(x + at + c, v);
            load(dy + at + c, d);
            load(weight + c, w);
            load(mine + c, products_c);
            load(mine + channels + c, sums_c);
#pragma unroll
            for (int i = 0; i < N; i++) {
                float n = (v[i] - m.mean - m.rest) * m.scale;
                products_c[i] = fmaf(d[i], n, products_c[i]);
                sums_c[i] += d[i];
                // Of a single channel this is 0, which is large beside no deviation if it is not exact.
                v[i] = (rounded_product(d[i], w[i]) - mean_g - n * mean_gn) * m.scale;
            }
            store(mine + c, products_c);
            store(mine + channels + c, sums_c);
            if (dx != nullptr) {
                store(dx + at + c, v);
            }
        }
    }
    __syncthreads();
    if (partial == nullptr) {
        return;
    }
    for (int c = threadIdx.y * blockDim.x + threadIdx.x; c < 2 * channels; c += blockDim.x * blockDim.y) {
        float sum = 0;
        for (int row = 0; row < (int)blockDim.y; row++) {
            sum += sums[row * 2 * channels + c];
        }
        partial[(long long)blockIdx.x * 2 * channels + c] = sum;
    }
}

#define EXPORT(T, SUFFIX, N)                                                                                           \
    KERNEL(256, layer_norm_##SUFFIX, (const T *x, const float *weight, const float *bias, T *y, long long rows,        \
                                      int channels, float epsilon)) {                                                  \
        layer_norm<T, N>(x, weight, bias, y, rows, channels, epsilon);                                                 \
    }                                                                                                                  \
                                                                                                                       \
    KERNEL(256, layer_norm_gradient_##SUFFIX, (const T *dy, const T *x, const float *weight, T *dx, float *partial,    \
                                               long long rows, int channels, float epsilon)) {                         \
        layer_norm_gradient<T, N>(dy, x, weight, dx, partial, rows, channels, epsilon);                                \
    }

FOR_EACH_TYPE_AND_WIDTH(EXPORT)

#define EXPORT_KEPT(T, EACH)                                                                                           \
    KERNEL(256, layer_norm_each##EACH##_##T, (const T *x, const float *weight, const float *bias, T *y,                \
                                              long long rows, int channels, float epsilon)) {                          \
        layer_norm_kept<T, VECTOR<T>, EACH>(x, weight, bias, y, rows, channels, epsilon);                              \
    }

#define EXPORT_ALL_KEPT(T)                                                                                             \
    EXPORT_KEPT(T, 1)                                                                                                  \
    EXPORT_KEPT(T, 2)                                                                                                  \
    EXPORT_KEPT(T, 4)                                                                                                  \
    EXPORT_KEPT(T, 8)

FOR_EACH_TYPE(EXPORT_ALL_KEPT)
