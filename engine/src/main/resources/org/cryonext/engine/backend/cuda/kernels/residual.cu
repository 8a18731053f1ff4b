// The end of a block, y = x + keep_n scale_c branch, and the gradients of its branch and scale.
#include "columns.cuh"

// scale and keep may be null; y may be x or branch. positions: rows of a sample.
template <typename T, int N>
INLINE void residual(const T *x, const T *branch, const float *scale, const float *keep, T *y, long long rows,
                     int positions, int channels) {
    int c = first_channel<N>();
    if (c >= channels) {
        return;
    }
    float factor[N];
#pragma unroll
    for (int i = 0; i < N; i++) {
        factor[i] = scale == nullptr ? 1.0f : scale[c + i];
    }
    for (long long row = (long long)blockIdx.x * blockDim.y + threadIdx.y; row < rows;
         row += (long long)gridDim.x * blockDim.y) {
        float of_sample = keep == nullptr ? 1.0f : keep[row / positions];
        float u[N];
        float v[N];
        load(x + row * channels + c, u);
        load(branch + row * channels + c, v);
#pragma unroll
        for (int i = 0; i < N; i++) {
            u[i] = fmaf(v[i], factor[i] * of_sample, u[i]);
        }
        store(y + row * channels + c, u);
    }
}

// dbranch = keep_n scale_c dy and, as sums of each block, partial[block][c] = sum of keep_n branch dy. dbranch may be
// null, or partial and then branch too.
template <typename T, int N>
INLINE void residual_gradient(const T *dy, const T *branch, const float *scale, const float *keep, T *dbranch,
                              float *partial, long long rows, int positions, int channels) {
    int c = first_channel<N>();
    bool inside = c < channels;
    float factor[N];
    float sum[N];
#pragma unroll
    for (int i = 0; i < N; i++) {
        factor[i] = !inside || scale == nullptr ? 1.0f : scale[c + i];
        sum[i] = 0;
    }
    for (long long row = (long long)blockIdx.x * blockDim.y + threadIdx.y; inside && row < rows;
         row += (long long)gridDim.x * blockDim.y) {
        float of_sample = keep == nullptr ? 1.0f : keep[row / positions];
        float d[N];
        load(dy + row * channels + c, d);
        if (partial != nullptr) {
            float v[N];
            load(branch + row * channels + c, v);
#pragma unroll
            for (int i = 0; i < N; i++) {
                sum[i] = fmaf(v[i] * of_sample, d[i], sum[i]);
            }
        }
        if (dbranch != nullptr) {
#pragma unroll
            for (int i = 0; i < N; i++) {
                d[i] *= factor[i] * of_sample;
            }
            store(dbranch + row * channels + c, d);
        }
    }
    if (partial != nullptr) {
        sum_rows(sum);
        if (inside && threadIdx.y == 0) {
            store(partial + (long long)blockIdx.x * channels + c, sum);
        }
    }
}

#define EXPORT(T, SUFFIX, N)                                                                                           \
    KERNEL(256, residual_##SUFFIX, (const T *x, const T *branch, const float *scale, const float *keep, T *y,          \
                                    long long rows, int positions, int channels)) {                                    \
        residual<T, N>(x, branch, scale, keep, y, rows, positions, channels);                                          \
    }                                                                                                                  \
                                                                                                                       \
    KERNEL(256, residual_gradient_##SUFFIX, (const T *dy, const T *branch, const float *scale, const float *keep,      \
                                             T *dbranch, float *partial, long long rows, int positions,                \
                                             int channels)) {                                                          \
        residual_gradient<T, N>(dy, branch, scale, keep, dbranch, partial, rows, positions, channels);                 \
    }

FOR_EACH_TYPE_AND_WIDTH(EXPORT)
