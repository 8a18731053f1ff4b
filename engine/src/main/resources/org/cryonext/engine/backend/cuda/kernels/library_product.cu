// What a product of matrices leaves to do where a library computes it: the end of Linear and of its input gradient, and
// patches of images as rows of a matrix.
#include "gemm_epilogue.cuh"

// product: rows of F32, of which the first is row first of the result. WHOLE: as the epilogue's.
template <bool WHOLE, class Epilogue>
INLINE void linear_end(const float *product, const Epilogue &epilogue, int first, int count) {
    constexpr int N = Epilogue::N;
    int columns = epilogue.columns;
    unsigned vectors = (unsigned)(columns + N - 1) / N;
    long long stride = (long long)gridDim.x * blockDim.x;
    for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < (long long)count * vectors; i += stride) {
        int row = (int)(i / vectors);
        int column = (int)(i - (long long)row * vectors) * N;
        const float *at = product + (long long)row * columns + column;
        float z[N];
        load_neighbours<WHOLE>(at, columns - column, z);
        epilogue.store(first + row, column, z, epilogue.ahead(first + row, column));
    }
}

template <bool WHOLE, typename T>
INLINE void end_of_linear(const float *product, const LinearEpilogue<T, false> &e, int first, int count) {
    const LinearEpilogue<T, WHOLE> epilogue = {e.bias, e.residual, e.scale,       e.keep,      e.y,
                                               e.rows, e.columns,  e.sample_rows, e.activation};
    linear_end<WHOLE>(product, epilogue, first, count);
}

template <bool WHOLE, typename T>
INLINE void end_of_gradient(const float *product, const GradientEpilogue<T, false> &e, int first, int count) {
    const GradientEpilogue<T, WHOLE> epilogue = {e.affine, e.dx, e.rows, e.columns, e.activation};
    linear_end<WHOLE>(product, epilogue, first, count);
}

#define LINEAR_END(T)                                                                                                  \
    KERNEL(256, linear_end_##T, (const float *product, const float *bias, const T *residual, const float *scale,       \
                                 const float *keep, T *y, int rows, int columns, int sample_rows, int activation,      \
                                 int first, int count)) {                                                              \
        const LinearEpilogue<T, false> epilogue = {bias, residual, scale,       keep,      y,                          \
                                                   rows, columns,  sample_rows, activation};                           \
        if (columns % VECTOR<T> == 0) {                                                                                \
            end_of_linear<true>(product, epilogue, first, count);                                                      \
        } else {                                                                                                       \
            end_of_linear<false>(product, epilogue, first, count);                                                     \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    KERNEL(256, linear_input_gradient_end_##T,                                                                         \
           (const float *product, const T *affine, T *dx, int rows, int columns, int activation, int first,            \
            int count)) {                                                                                              \
        const GradientEpilogue<T, false> epilogue = {affine, dx, rows, columns, activation};                           \
        if (columns % VECTOR<T> == 0) {                                                                                \
            end_of_gradient<true>(product, epilogue, first, count);                                                    \
        } else {                                                                                                       \
            end_of_gradient<false>(product, epilogue, first, count);                                                   \
        }                                                                                                              \
    }

FOR_EACH_TYPE(LINEAR_END)

// Calls f(element of the patches' matrix, element of the images) for every N neighbours; count: elements of the matrix.
template <int N, typename F>
INLINE void for_each_piece(const Patches &patches, long long count, F f) {
    unsigned values = (unsigned)(patches.k * patches.k * patches.channels);
    long long stride = (long long)gridDim.x * blockDim.x;
    for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < count / N; i += stride) {
        long long at = i * N;
        long long row = at / values;
        f(at, patches.row((int)row) + patches.column((int)(at - row * values)));
    }
}

// patches_in: a row of the matrix from each patch; patches_out: each row to its patch.
#define PATCHES(T, SUFFIX, N)                                                                                          \
    KERNEL(256, patches_in_##SUFFIX, (const T *images, T *matrix, int k, int height, int width, int channels,          \
                                      long long count)) {                                                              \
        for_each_piece<N>({k, height, width, channels}, count, [&](long long at, long long from) {                     \
            float v[N];                                                                                                \
            load(images + from, v);                                                                                    \
            store(matrix + at, v);                                                                                     \
        });                                                                                                            \
    }                                                                                                                  \
                                                                                                                       \
    KERNEL(256, patches_out_##SUFFIX, (const T *matrix, T *images, int k, int height, int width, int channels,         \
                                       long long count)) {                                                             \
        for_each_piece<N>({k, height, width, channels}, count, [&](long long at, long long to) {                       \
            float v[N];                                                                                                \
            load(matrix + at, v);                                                                                      \
            store(images + to, v);                                                                                     \
        });                                                                                                            \
    }

PATCHES(f32, f32, 4)
PATCHES(f16, f16, 8)
PATCHES(bf16, bf16, 8)
PATCHES(f32, odd_f32, 1)
PATCHES(f16, odd_f16, 1)
PATCHES(bf16, odd_bf16, 1)
