// What becomes of a product's values on their way to global memory. store() gets N neighbours of a row whose first column
// is a multiple of N; it leaves out what lies outside the result.
#pragma once

#include "activation.cuh"
#include "gemm_shape.cuh"

// As the operator Linear says: z = activation(product + bias); y = z, or residual + keep * scale * z.
template <typename T>
struct LinearEpilogue {
    static constexpr int N = VECTOR<T>;

    const float *bias;
    const T *residual;
    const float *scale;
    const float *keep;
    T *y;
    int rows;
    int columns;
    int sample_rows;
    int activation;

    INLINE void store(int row, int column, float (&z)[N]) const {
        if (row >= rows || column >= columns) {
            return;
        }
        long long at = (long long)row * columns + column;
        bool whole = columns % N == 0;
        float v[N];
        if (bias != nullptr) {
            vector(bias, column, whole, v);
#pragma unroll
            for (int i = 0; i < N; i++) {
                z[i] += v[i];
            }
        }
        if (activation != 0) {
#pragma unroll
            for (int i = 0; i < N; i++) {
                z[i] = hidden_gelu<T>(z[i], activation == 2);
            }
        }
        if (residual != nullptr) {
            float kept = keep == nullptr ? 1.0f : keep[row / sample_rows];
            if (scale != nullptr) {
                vector(scale, column, whole, v);
#pragma unroll
                for (int i = 0; i < N; i++) {
                    z[i] *= v[i];
                }
            }
            if (whole) {
                load<N>(residual + at, v);
            } else {
#pragma unroll
                for (int i = 0; i < N; i++) {
                    v[i] = column + i < columns ? to_float(residual[at + i]) : 0.0f;
                }
            }
#pragma unroll
            for (int i = 0; i < N; i++) {
                z[i] = v[i] + kept * z[i];
            }
        }
        if (whole) {
            ::store<N>(y + at, z);
        } else {
#pragma unroll
            for (int i = 0; i < N; i++) {
                if (column + i < columns) {
                    y[at + i] = from_float<T>(z[i]);
                }
            }
        }
    }

    INLINE void vector(const float *p, int column, bool whole, float (&v)[N]) const {
        if (whole) {
            load<N>(p + column, v);
        } else {
#pragma unroll
            for (int i = 0; i < N; i++) {
                v[i] = column + i < columns ? p[column + i] : 0.0f;
            }
        }
    }
};

// Into the patches of images. V: the number of values that may be written at once.
template <typename T, int V>
struct PatchEpilogue {
    static constexpr int N = VECTOR<T>;

    T *images;
    Patches patches;
    int rows;
    int columns;

    INLINE void store(int row, int column, float (&z)[N]) const {
        if (row >= rows) {
            return;
        }
        T *patch = images + patches.row(row);
#pragma unroll
        for (int i = 0; i < N; i += V) {
            if (column + i < columns) {
                float piece[V];
#pragma unroll
                for (int j = 0; j < V; j++) {
                    piece[j] = z[i + j];
                }
                ::store<V>(patch + patches.column(column + i), piece);
            }
        }
    }
};

// A part of a sum, as it is; the sums of the left operand beside it. whole: four neighbours may be written at once.
struct PartEpilogue {
    static constexpr int N = 4;

    float *out;
    float *sums;
    int rows;
    int columns;
    bool whole;

    INLINE void store(int row, int column, float (&z)[N]) const {
        if (row >= rows || column >= columns) {
            return;
        }
        float *at = out + (long long)row * columns + column;
        if (whole) {
            ::store<N>(at, z);
        } else {
#pragma unroll
            for (int i = 0; i < N; i++) {
                if (column + i < columns) {
                    at[i] = z[i];
                }
            }
        }
    }

    INLINE void store_sum(int row, float sum) const {
        if (row < rows) {
            sums[row] = sum;
        }
    }
};
