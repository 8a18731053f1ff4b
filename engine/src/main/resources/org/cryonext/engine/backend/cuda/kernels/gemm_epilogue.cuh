// What becomes of a product's values on their way to global memory. store() gets N neighbours of a row whose first column
// is a multiple of N; it leaves out what lies outside the result. ahead() begins to read what store() needs of other tensors
// there, so that a thread may have several such reads under way.
#pragma once

#include "activation.cuh"
#include "gemm_shape.cuh"

// N neighbours of a row, of which count are left in it; WHOLE: all of them, and they lie at a multiple of N.
template <bool WHOLE, int N, typename T>
INLINE void load_neighbours(const T *p, [[maybe_unused]] int count, float (&v)[N]) {
    if constexpr (WHOLE) {
        load<N>(p, v);
    } else {
#pragma unroll
        for (int i = 0; i < N; i++) {
            v[i] = i < count ? to_float(p[i]) : 0.0f;
        }
    }
}

template <bool WHOLE, int N, typename T>
INLINE void store_neighbours(T *p, [[maybe_unused]] int count, const float (&v)[N]) {
    if constexpr (WHOLE) {
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

// N neighbours of a row of another tensor, as they are stored.
template <typename T>
struct Neighbours {
    static constexpr int N = VECTOR<T>;

    union {
        uint4 whole;
        T parts[N];
    } stored;

    // p null: there is no such tensor.
    template <bool WHOLE>
    static INLINE Neighbours at(const T *p, long long index, [[maybe_unused]] int count) {
        Neighbours read;
        read.stored.whole = make_uint4(0, 0, 0, 0);
        if (p == nullptr) {
            return read;
        }
        if constexpr (WHOLE) {
            read.stored.whole = *reinterpret_cast<const uint4 *>(p + index);
        } else {
#pragma unroll
            for (int i = 0; i < N; i++) {
                if (i < count) {
                    read.stored.parts[i] = p[index + i];
                }
            }
        }
        return read;
    }

    INLINE void to(float (&v)[N]) const {
#pragma unroll
        for (int i = 0; i < N; i++) {
            v[i] = to_float(stored.parts[i]);
        }
    }
};

// Where nothing is read.
struct Nothing {};

// As the operator Linear says: z = activation(product + bias); y = z, or residual + keep * scale * z. WHOLE: columns are a multiple
// of N.
template <typename T, bool WHOLE>
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

    using Ahead = Neighbours<T>;

    INLINE Ahead ahead(int row, int column) const {
        const T *p = row < rows && column < columns ? residual : nullptr;
        return Ahead::template at<WHOLE>(p, (long long)row * columns + column, columns - column);
    }

    INLINE void store(int row, int column, float (&z)[N], const Ahead &read) const {
        if (row >= rows || column >= columns) {
            return;
        }
        long long at = (long long)row * columns + column;
        const int count = columns - column;
        float v[N];
        if (bias != nullptr) {
            load_neighbours<WHOLE>(bias + column, count, v);
#pragma unroll
            for (int i = 0; i < N; i++) {
                z[i] += v[i];
            }
        }
        if (activation == 2) {
#pragma unroll
            for (int i = 0; i < N; i++) {
                z[i] = gelu_tanh(z[i]);
            }
        } else if (activation != 0) {
#pragma unroll
            for (int i = 0; i < N; i++) {
                z[i] = hidden_gelu<T>(z[i]);
            }
        }
        if (residual != nullptr) {
            float kept = keep == nullptr ? 1.0f : keep[row / sample_rows];
            if (scale != nullptr) {
                load_neighbours<WHOLE>(scale + column, count, v);
#pragma unroll
                for (int i = 0; i < N; i++) {
                    z[i] *= v[i];
                }
            }
            read.to(v);
#pragma unroll
            for (int i = 0; i < N; i++) {
                z[i] = v[i] + kept * z[i];
            }
        }
        store_neighbours<WHOLE>(y + at, count, z);
    }
};

// As the operator LinearInputGradient says: dx = product, times the derivative of the activation at affine; dx may be affine.
template <typename T, bool WHOLE>
struct GradientEpilogue {
    static constexpr int N = VECTOR<T>;

    const T *affine;
    T *dx;
    int rows;
    int columns;
    int activation;

    using Ahead = Neighbours<T>;

    INLINE Ahead ahead(int row, int column) const {
        const T *p = activation != 0 && row < rows && column < columns ? affine : nullptr;
        return Ahead::template at<WHOLE>(p, (long long)row * columns + column, columns - column);
    }

    INLINE void store(int row, int column, float (&z)[N], const Ahead &read) const {
        if (row >= rows || column >= columns) {
            return;
        }
        long long at = (long long)row * columns + column;
        const int count = columns - column;
        if (activation != 0) {
            float v[N];
            read.to(v);
#pragma unroll
            for (int i = 0; i < N; i++) {
                z[i] *= activation == 2 ? gelu_tanh_derivative(v[i]) : gelu_derivative(v[i]);
            }
        }
        store_neighbours<WHOLE>(dx + at, count, z);
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

    using Ahead = Nothing;

    INLINE Ahead ahead(int, int) const {
        return {};
    }

    INLINE void store(int row, int column, float (&z)[N], const Ahead &) const {
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

    using Ahead = Nothing;

    INLINE Ahead ahead(int, int) const {
        return {};
    }

    INLINE void store(int row, int column, float (&z)[N], const Ahead &) const {
        if (row >= rows || column >= columns) {
            return;
        }
        float *to = out + (long long)row * columns + column;
        if (whole) {
            ::store<N>(to, z);
        } else {
            store_neighbours<false>(to, columns - column, z);
        }
    }

    INLINE void store_sum(int row, float sum) const {
        if (row < rows) {
            sums[row] = sum;
        }
    }
};
