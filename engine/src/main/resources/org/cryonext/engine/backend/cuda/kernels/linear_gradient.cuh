// The kernels of LinearInputGradient and LinearWeightGradient for one kind of product.
#pragma once

#include "gemm.cuh"

// dx [rows, columns] = dy [rows, depth] weight [depth, columns], times the derivative of the activation at affine [rows, columns]:
// 0 none, 1 GELU, 2 its tanh form.
#define LINEAR_INPUT_GRADIENT_KERNEL(PRODUCT, ROWS, COLUMNS, V)                                                        \
    using InputGradientShape##ROWS##x##COLUMNS##by##V = ShapeOf<PRODUCT##_product::TENSOR, ROWS, COLUMNS>::type;       \
    KERNEL(LIMITS(InputGradientShape##ROWS##x##COLUMNS##by##V),                                                        \
           linear_input_gradient_##ROWS##x##COLUMNS##_by##V##_##PRODUCT,                                               \
           (const PRODUCT##_product::type *dy, const PRODUCT##_product::type *weight,                                  \
            const PRODUCT##_product::type *affine, PRODUCT##_product::type *dx, int rows, int columns, int depth,      \
            int activation)) {                                                                                         \
        const GradientEpilogue<PRODUCT##_product::type, (V > 1)> epilogue = {affine, dx, rows, columns, activation};   \
        product_input_gradient<PRODUCT##_product, InputGradientShape##ROWS##x##COLUMNS##by##V, V>(                     \
            dy, weight, rows, columns, depth, epilogue);                                                               \
    }

// dweight [columns, depth] = dy [rows, columns]^T x [rows, depth], dbias [columns]; see product_weight_gradient.
#define LINEAR_WEIGHT_GRADIENT_KERNEL(PRODUCT, ROWS, COLUMNS, V)                                                       \
    using WeightGradientShape##ROWS##x##COLUMNS##by##V = ShapeOf<PRODUCT##_product::TENSOR, ROWS, COLUMNS>::type;      \
    KERNEL(LIMITS(WeightGradientShape##ROWS##x##COLUMNS##by##V),                                                       \
           linear_weight_gradient_##ROWS##x##COLUMNS##_by##V##_##PRODUCT,                                              \
           (const PRODUCT##_product::type *dy, const PRODUCT##_product::type *x, float *dweight, float *dbias,         \
            int rows, int columns, int depth, int rows_of_part, long long part_size)) {                                \
        const Matrix<PRODUCT##_product::type, Dense> right = {x, rows, depth, {depth}};                                \
        product_weight_gradient<PRODUCT##_product, WeightGradientShape##ROWS##x##COLUMNS##by##V, V>(                   \
            dy, right, columns, rows_of_part, dweight, dbias, part_size);                                              \
    }

// V: values in 16 bytes, for matrices whose rows are multiples of it.
#define LINEAR_GRADIENT_KERNELS(PRODUCT, V)                                                                            \
    LINEAR_INPUT_GRADIENT_KERNEL(PRODUCT, 128, 96, V)                                                                  \
    LINEAR_INPUT_GRADIENT_KERNEL(PRODUCT, 128, 64, V)                                                                  \
    LINEAR_INPUT_GRADIENT_KERNEL(PRODUCT, 64, 64, V)                                                                   \
    LINEAR_INPUT_GRADIENT_KERNEL(PRODUCT, 32, 32, V)                                                                   \
    LINEAR_INPUT_GRADIENT_KERNEL(PRODUCT, 64, 64, 1)                                                                   \
    LINEAR_INPUT_GRADIENT_KERNEL(PRODUCT, 32, 32, 1)                                                                   \
    LINEAR_WEIGHT_GRADIENT_KERNEL(PRODUCT, 128, 96, V)                                                                 \
    LINEAR_WEIGHT_GRADIENT_KERNEL(PRODUCT, 128, 64, V)                                                                 \
    LINEAR_WEIGHT_GRADIENT_KERNEL(PRODUCT, 64, 64, V)                                                                  \
    LINEAR_WEIGHT_GRADIENT_KERNEL(PRODUCT, 32, 32, V)                                                                  \
    LINEAR_WEIGHT_GRADIENT_KERNEL(PRODUCT, 64, 64, 1)                                                                  \
    LINEAR_WEIGHT_GRADIENT_KERNEL(PRODUCT, 32, 32, 1)

// Words of tf32 that ldmatrix cannot transpose need too many registers for these.
#define LINEAR_GRADIENT_KERNELS_128(PRODUCT, V)                                                                        \
    LINEAR_INPUT_GRADIENT_KERNEL(PRODUCT, 128, 128, V)                                                                 \
    LINEAR_WEIGHT_GRADIENT_KERNEL(PRODUCT, 128, 128, V)

// For cards whose registers and shared memory hold them.
#define LINEAR_GRADIENT_KERNELS_LARGE(PRODUCT, V)                                                                      \
    LINEAR_INPUT_GRADIENT_KERNEL(PRODUCT, 256, 128, V)                                                                 \
    LINEAR_INPUT_GRADIENT_KERNEL(PRODUCT, 128, 256, V)
