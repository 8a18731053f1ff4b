// The kernels of PatchConv and its gradients for one kind of product: Linear's, whose rows are the patches of images. The
// patches are found on the way in or out; they never lie in memory of their own.
#pragma once

#include "gemm.cuh"

// images: the number of them; k, height, width, channels: of their patches; filters: output channels.
#define PATCH_CONV_KERNELS_OF(PRODUCT, ROWS, COLUMNS, V)                                                               \
    using PatchShape##ROWS##x##COLUMNS##by##V = ShapeOf<PRODUCT##_product::TENSOR, ROWS, COLUMNS>::type;               \
    KERNEL(LIMITS(PatchShape##ROWS##x##COLUMNS##by##V), patch_conv_##ROWS##x##COLUMNS##_by##V##_##PRODUCT,             \
           (const PRODUCT##_product::type *x, const PRODUCT##_product::type *weight, const float *bias,                \
            PRODUCT##_product::type *y, int images, int k, int height, int width, int channels, int filters)) {        \
        using T = PRODUCT##_product::type;                                                                             \
        const int rows = images * (height / k) * (width / k);                                                          \
        const Matrix<T, Patches> left = {x, rows, k * k * channels, {k, height, width, channels}};                     \
        const LinearEpilogue<T, (V > 1)> epilogue = {bias, nullptr, nullptr, nullptr, y, rows, filters, 1, 0};         \
        product_forward<PRODUCT##_product, PatchShape##ROWS##x##COLUMNS##by##V, V>(left, weight, epilogue);            \
    }                                                                                                                  \
    KERNEL(LIMITS(PatchShape##ROWS##x##COLUMNS##by##V),                                                                \
           patch_conv_input_gradient_##ROWS##x##COLUMNS##_by##V##_##PRODUCT,                                           \
           (const PRODUCT##_product::type *dy, const PRODUCT##_product::type *weight, PRODUCT##_product::type *dx,     \
            int images, int k, int height, int width, int channels, int filters)) {                                    \
        const int rows = images * (height / k) * (width / k);                                                          \
        const int columns = k * k * channels;                                                                          \
        const PatchEpilogue<PRODUCT##_product::type, V> epilogue = {                                                   \
            dx, {k, height, width, channels}, rows, columns};                                                          \
        product_input_gradient<PRODUCT##_product, PatchShape##ROWS##x##COLUMNS##by##V, V>(dy, weight, rows, columns,   \
                                                                                          filters, epilogue);          \
    }                                                                                                                  \
    KERNEL(LIMITS(PatchShape##ROWS##x##COLUMNS##by##V),                                                                \
           patch_conv_weight_gradient_##ROWS##x##COLUMNS##_by##V##_##PRODUCT,                                          \
           (const PRODUCT##_product::type *dy, const PRODUCT##_product::type *x, float *dweight, float *dbias,         \
            int images, int k, int height, int width, int channels, int filters, int rows_of_part,                     \
            long long part_size)) {                                                                                    \
        const int rows = images * (height / k) * (width / k);                                                          \
        const Matrix<PRODUCT##_product::type, Patches> right = {                                                       \
            x, rows, k * k * channels, {k, height, width, channels}};                                                  \
        product_weight_gradient<PRODUCT##_product, PatchShape##ROWS##x##COLUMNS##by##V, V>(                            \
            dy, right, filters, rows_of_part, dweight, dbias, part_size);                                              \
    }
