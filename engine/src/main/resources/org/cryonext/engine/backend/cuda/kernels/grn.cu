// Global response normalisation, y = gamma x N + beta + x with N_c = G_c / (mean of G + epsilon) and G_c the 2-norm of an
// image's channel c, in three steps: sums of squares of each part of an image, N, and y; and its gradient likewise.
#include "columns.cuh"

// partial[image][part][c] = sum of squares over a part of the positions. Grid: images, channels, parts.
template <typename T, int N>
INLINE void squares(const T *x, float *partial, int positions, int channels) {
    int c = first_channel<N>();
    const T *image = x + (long long)blockIdx.x * positions * channels;
    float sum[N] = {};
    for (int p = blockIdx.z * blockDim.y + threadIdx.y; c < channels && p < positions; p += gridDim.z * blockDim.y) {
        float v[N];
        load(image + (long long)p * channels + c, v);
#pragma unroll
        for (int i = 0; i < N; i++) {
            sum[i] = fmaf(v[i], v[i], sum[i]);
        }
    }
    sum_rows(sum);
    if (c < channels && threadIdx.y == 0) {
        store(partial + ((long long)blockIdx.x * gridDim.z + blockIdx.z) * channels + c, sum);
    }
}

template <typename T, int N>
INLINE void apply(const T *x, const float *ratio, const float *gamma, const float *beta, T *y, int positions,
                  int channels) {
    int c = first_channel<N>();
    if (c >= channels) {
        return;
    }
    float factor[N];
    float offset[N];
    load(ratio + (long long)blockIdx.x * channels + c, factor);
    load(beta + c, offset);
#pragma unroll
    for (int i = 0; i < N; i++) {
        factor[i] = gamma[c + i] * factor[i];
    }
    long long image = (long long)blockIdx.x * positions * channels;
    for (int p = blockIdx.z * blockDim.y + threadIdx.y; p < positions; p += gridDim.z * blockDim.y) {
        long long at = image + (long long)p * channels + c;
        float v[N];
        load(x + at, v);
#pragma unroll
        for (int i = 0; i < N; i++) {
            v[i] = fmaf(v[i], factor[i], offset[i]) + v[i];
        }
        store(y + at, v);
    }
}

// Sums over a part of the positions: partial[image][part][0..2][c] = x^2, dy x, dy. Grid: images, channels, parts.
template <typename T, int N>
INLINE void gradient_sums(const T *dy, const T *x, float *partial, int positions, int channels) {
    int c = first_channel<N>();
    long long image = (long long)blockIdx.x * positions * channels;
    float square[N] = {};
    float product[N] = {};
    float plain[N] = {};
    for (int p = blockIdx.z * blockDim.y + threadIdx.y; c < channels && p < positions; p += gridDim.z * blockDim.y) {
        float d[N];
        float v[N];
        load(dy + image + (long long)p * channels + c, d);
        load(x + image + (long long)p * channels + c, v);
#pragma unroll
        for (int i = 0; i < N; i++) {
            square[i] = fmaf(v[i], v[i], square[i]);
            product[i] = fmaf(d[i], v[i], product[i]);
            plain[i] += d[i];
        }
    }
    sum_rows(square);
    sum_rows(product);
    sum_rows(plain);
    if (c < channels && threadIdx.y == 0) {
        float *sums = partial + ((long long)blockIdx.x * gridDim.z + blockIdx.z) * 3 * channels + c;
        store(sums, square);
        store(sums + channels, product);
        store(sums + 2 * channels, plain);
    }
}

// dx = byY dy + byX x with a factor for each image and channel; times the derivative at affine of the activation before: 0 none,
// 1 GELU, 2 its tanh form.
template <typename T, int N>
INLINE void gradient(const T *dy, const T *x, const float *by_y, const float *by_x, const T *affine, T *dx, int positions,
                     int channels, int activation) {
    int c = first_channel<N>();
    if (c >= channels) {
        return;
    }
    float u[N];
    float v[N];
    load(by_y + (long long)blockIdx.x * channels + c, u);
    load(by_x + (long long)blockIdx.x * channels + c, v);
    long long image = (long long)blockIdx.x * positions * channels;
    for (int p = blockIdx.z * blockDim.y + threadIdx.y; p < positions; p += gridDim.z * blockDim.y) {
        long long at = image + (long long)p * channels + c;
        float d[N];
        float w[N];
        load(dy + at, d);
        load(x + at, w);
#pragma unroll
        for (int i = 0; i < N; i++) {
            d[i] = fmaf(d[i], u[i], w[i] * v[i]);
        }
        if (activation != 0) {
            load(affine + at, w);
#pragma unroll
            for (int i = 0; i < N; i++) {
                d[i] *= activation == 2 ? gelu_tanh_derivative(w[i]) : gelu_derivative(w[i]);
            }
        }
        store(dx + at, d);
    }
}

#define EXPORT(T, SUFFIX, N)                                                                                           \
    KERNEL(256, grn_squares_##SUFFIX, (const T *x, float *partial, int positions, int channels)) {                     \
        squares<T, N>(x, partial, positions, channels);                                                                \
    }                                                                                                                  \
                                                                                                                       \
    KERNEL(256, grn_apply_##SUFFIX, (const T *x, const float *ratio, const float *gamma, const float *beta, T *y,      \
                                     int positions, int channels)) {                                                   \
        apply<T, N>(x, ratio, gamma, beta, y, positions, channels);                                                    \
    }                                                                                                                  \
                                                                                                                       \
    KERNEL(256, grn_gradient_sums_##SUFFIX, (const T *dy, const T *x, float *partial, int positions, int channels)) {  \
        gradient_sums<T, N>(dy, x, partial, positions, channels);                                                      \
    }                                                                                                                  \
                                                                                                                       \
    KERNEL(256, grn_gradient_##SUFFIX,                                                                                 \
           (const T *dy, const T *x, const float *by_y, const float *by_x, const T *affine, T *dx, int positions,      \
            int channels, int activation)) {                                                                           \
        gradient<T, N>(dy, x, by_y, by_x, affine, dx, positions, channels, activation);                                \
    }

FOR_EACH_TYPE_AND_WIDTH(EXPORT)

// The sum of one channel over the parts of an image.
INLINE float of_parts(const float *partial, int parts, long long stride) {
    float sum = 0;
    for (int part = 0; part < parts; part++) {
        sum += partial[part * stride];
    }
    return sum;
}

// ratio[image][c] = N_c. One block of 256 threads an image.
KERNEL(256, grn_ratio, (const float *partial, float *ratio, int parts, int channels, float epsilon)) {
    const float *sums = partial + (long long)blockIdx.x * parts * channels;
    float *mine = ratio + (long long)blockIdx.x * channels;
    float total = 0;
    for (int c = threadIdx.x; c < channels; c += 256) {
        float norm = sqrtf(of_parts(sums + c, parts, channels));
        mine[c] = norm;
        total += norm;
    }
    float mean = block_sum(total) / channels + epsilon;
    for (int c = threadIdx.x; c < channels; c += 256) {
        mine[c] = mine[c] / mean;
    }
}

// The factors of dx and, for each image, the contributions to dgamma and dbeta: contributions[image][0..1][c]. With
// R_c = gamma_c (sum of dy x), the loss's derivative by N_c, and S = sum of R_c G_c / mean^2 / C, by which every norm
// enters all N: byY = 1 + gamma N, byX = (R / mean - S) / G, or 0 where G is 0. One block of 256 threads an image.
KERNEL(256, grn_gradient_factors, (const float *partial, const float *gamma, float *by_y, float *by_x,
                                   float *contributions, int parts, int channels, float epsilon)) {
    const float *sums = partial + (long long)blockIdx.x * parts * 3 * channels;
    long long stride = 3ll * channels;
    by_y += (long long)blockIdx.x * channels;
    by_x += (long long)blockIdx.x * channels;
    contributions += (long long)blockIdx.x * 2 * channels;
    float total = 0;
    float weighted = 0;
    for (int c = threadIdx.x; c < channels; c += 256) {
        float norm = sqrtf(of_parts(sums + c, parts, stride));
        float product = of_parts(sums + channels + c, parts, stride);
        by_y[c] = norm;
        by_x[c] = product;
        contributions[channels + c] = of_parts(sums + 2 * channels + c, parts, stride);
        total += norm;
        weighted = fmaf(gamma[c] * product, norm, weighted);
    }
    float mean = block_sum(total) / channels + epsilon;
    float shared = block_sum(weighted) / mean / mean / channels;
    for (int c = threadIdx.x; c < channels; c += 256) {
        float norm = by_y[c];
        float product = by_x[c];
        by_y[c] = 1.0f + gamma[c] * (norm / mean);
        by_x[c] = norm == 0.0f ? 0.0f : (gamma[c] * product / mean - shared) / norm;
        contributions[c] = product * (norm / mean);
    }
}
