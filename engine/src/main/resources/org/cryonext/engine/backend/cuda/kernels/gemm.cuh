// A product by whichever arithmetic its type asks for.
#pragma once

#include "gemm_plain.cuh"
#include "gemm_tensor.cuh"

// out[m, n] = sum over k in [from, to) of left[m, k] * right[n, k]; see tensor_gemm.
template <class Product, class Shape, bool LEFT_ALONG, bool RIGHT_ALONG, int V, bool SUMS, class LeftView, class RightView,
          class Epilogue>
INLINE void gemm(const Matrix<typename Product::type, LeftView> &left, const Matrix<typename Product::type, RightView> &right,
                 int columns, int from, int to, const Epilogue &epilogue) {
    if constexpr (Product::TENSOR) {
        tensor_gemm<Product, Shape, LEFT_ALONG, RIGHT_ALONG, V, SUMS>(left, right, columns, from, to, epilogue);
    } else {
        plain_gemm<Shape, LEFT_ALONG, RIGHT_ALONG, V, SUMS>(left, right, columns, from, to, epilogue);
    }
}

// y = x weight^T and what Linear does with it. X: the rows of x.
template <class Product, class Shape, int V, class View, class Epilogue>
INLINE void product_forward(const Matrix<typename Product::type, View> &x, const typename Product::type *weight,
                            const Epilogue &epilogue) {
    const Matrix<typename Product::type, Dense> right = {weight, epilogue.columns, x.columns, {x.columns}};
    gemm<Product, Shape, true, true, V, false>(x, right, epilogue.columns, 0, x.columns, epilogue);
}

// dx = dy weight, with dy [rows, depth] and weight [depth, columns].
template <class Product, class Shape, int V, class Epilogue>
INLINE void product_input_gradient(const typename Product::type *dy, const typename Product::type *weight, int rows,
                                   int columns, int depth, const Epilogue &epilogue) {
    const Matrix<typename Product::type, Dense> left = {dy, rows, depth, {depth}};
    const Matrix<typename Product::type, Dense> right = {weight, depth, columns, {columns}};
    gemm<Product, Shape, true, false, V, false>(left, right, columns, 0, depth, epilogue);
}

// dweight = dy^T x and the sums of dy's columns, over the blockIdx.z-th part of the rows. Each part goes to its own place,
// part_size apart.
template <class Product, class Shape, int V, class View>
INLINE void product_weight_gradient(const typename Product::type *dy, const Matrix<typename Product::type, View> &x,
                                    int columns, int rows_of_part, float *dweight, float *dbias, long long part_size) {
    const Matrix<typename Product::type, Dense> left = {dy, x.rows, columns, {columns}};
    const long long part = blockIdx.z * part_size;
    const bool whole = x.columns % 4 == 0 && part_size % 4 == 0;
    const PartEpilogue epilogue = {dweight + part, dbias == nullptr ? nullptr : dbias + part, columns, x.columns, whole};
    const int from = (int)blockIdx.z * rows_of_part;
    const int to = x.rows - from < rows_of_part ? x.rows : from + rows_of_part;
    gemm<Product, Shape, false, false, V, true>(left, x, x.columns, from, to, epilogue);
}
