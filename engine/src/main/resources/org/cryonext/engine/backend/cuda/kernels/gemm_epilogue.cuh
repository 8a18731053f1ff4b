// What becomes of a product's values on their way to global memory. store() gets N neighbours of a row whose first column
// is a multiple of N; it leaves out what lies outside the result.
#pragma once

#include "activation.cuh"
#include "gemm_shape.cuh"

// N neighbours of a row, of which count are left in it; whole: all of them, and they lie at a multiple of N.
template <int N, typename T>
INLINE void load_neighbours(const T *p, int count, bool whole, float (&v)[N]) {
    if (whole) {
        load<N>(p, v);
    } else {
#pragma unroll
        for (int i = 0; i < N; i++) {
            v[i] = i < count ? to_float(p[i]) : 0.0f;
        }
    }
}

template <int N, typename T>
INLINE void store_neighbours(T *p, int count, bool whole, const float (&v)[N]) {
    if (whole) {
        ::store<N>(p, v);
    } else {
#pragma unroll
        for (int i = 0; i < N; i++) {
            if (i < count) {
                p[i] = from_float<T>(v[i]);
            }
        }
    }
}

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
        int count = columns - column;
        float v[N];
        if (bias != nullptr) {
            load_neighbours(bias + column, count, whole, v);
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
                load_neighbours(scale + column, count, whole, v);
#pragma unroll
                for (int i = 0; i < N; i++) {
                    z[i] *= v[i];
                }
            }
            load_neighbours(residual + at, count, whole, v);
#pragma unroll
            for (int i = 0; i < N; i++) {
                z[i] = v[i] + kept * z[i];
            }
        }
        store_neighbours(y + at, count, whole, z);
    }
};

// As the operator LinearInputGradient says: dx = product, times the derivative of the activation at affine; dx may be affine.
template <typename T>
struct GradientEpilogue {
    static constexpr int N = VECTOR<T>;

    const T *affine;
    T *dx;
    int rows;
    int columns;
    int activation;

    INLINE void store(int row, int column, float (&z)[N]) const {
        if (row >= rows || column >= columns) {
            return;
        }
        long long at = (long long)row * columns + column;
        bool whole = columns % N == 0;
        int count = columns - column;
        if (activation != 0) {
            float v[N];
            load_neighbours(affine + at, count, whole, v);
#pragma unroll
            for (int i = 0; i < N; i++) {
                z[i] *= activation == 2 ? gelu_tanh_derivative(v[i]) : gelu_derivative(v[i]);
            }
        }
        store_neighbours(dx + at, count, whole, z);
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
        store_neighbours(out + (long long)row * columns + column, columns - column, whole, z);
    }

    INLINE void store_sum(int row, float sum) const {
        if (row < rows) {
            sums[row] = sum;
        }
    }
};
