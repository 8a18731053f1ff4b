// The kernels of Linear for one kind of product. x [rows, depth], weight [columns, depth], y and residual [rows, columns];
// sample_rows: rows for each value of keep; activation: 0 none, 1 GELU, 2 its tanh form. Null pointers: left out.
#pragma once

#include "gemm.cuh"

#define LINEAR_KERNEL(PRODUCT, ROWS, COLUMNS, V)                                                                       \
    using LinearShape##ROWS##x##COLUMNS##by##V = ShapeOf<PRODUCT##_product::TENSOR, ROWS, COLUMNS>::type;              \
    KERNEL(LIMITS(LinearShape##ROWS##x##COLUMNS##by##V), linear_##ROWS##x##COLUMNS##_by##V##_##PRODUCT,                \
           (const PRODUCT##_product::type *x, const PRODUCT##_product::type *weight, const float *bias,                \
            const PRODUCT##_product::type *residual, const float *scale, const float *keep,                            \
            PRODUCT##_product::type *y, int rows, int columns, int depth, int sample_rows, int activation)) {          \
        using T = PRODUCT##_product::type;                                                                             \
        const Matrix<T, Dense> left = {x, rows, depth, {depth}};                                                       \
        const LinearEpilogue<T, (V > 1)> epilogue = {bias, residual, scale,       keep,       y,                       \
                                                     rows, columns,  sample_rows, activation};                         \
        product_forward<PRODUCT##_product, LinearShape##ROWS##x##COLUMNS##by##V, V>(left, weight, epilogue);           \
    }

// V: values in 16 bytes, for matrices whose rows are multiples of it.
#define LINEAR_KERNELS(PRODUCT, V)                                                                                     \
    LINEAR_KERNEL(PRODUCT, 128, 128, V)                                                                                \
    LINEAR_KERNEL(PRODUCT, 128, 96, V)                                                                                 \
    LINEAR_KERNEL(PRODUCT, 128, 64, V)                                                                                 \
    LINEAR_KERNEL(PRODUCT, 64, 64, V)                                                                                  \
    LINEAR_KERNEL(PRODUCT, 32, 32, V)                                                                                  \
    LINEAR_KERNEL(PRODUCT, 64, 64, 1)                                                                                  \
    LINEAR_KERNEL(PRODUCT, 32, 32, 1)

// For cards whose registers and shared memory hold them.
#define LINEAR_KERNELS_LARGE(PRODUCT, V)                                                                               \
    LINEAR_KERNEL(PRODUCT, 256, 128, V)                                                                                \
    LINEAR_KERNEL(PRODUCT, 128, 256, V)
