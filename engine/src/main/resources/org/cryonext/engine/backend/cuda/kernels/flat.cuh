// Loops over all elements of a tensor, a vector at a time, whatever its shape.
#pragma once
#include "types.cuh"

// A number that the compiler knows, as an argument.
template <int N>
struct Count {
    static constexpr int value = N;
};

// Calls f(first element, number of elements) for all elements: vectors of 16 bytes, then what is left one by one.
template <typename T, typename F>
INLINE void for_each_vector(long long count, F f) {
    long long stride = (long long)gridDim.x * blockDim.x;
    long long thread = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    long long vectors = count / VECTOR<T>;
    for (long long i = thread; i < vectors; i += stride) {
        f(i * VECTOR<T>, Count<VECTOR<T>>());
    }
    for (long long i = vectors * VECTOR<T> + thread; i < count; i += stride) {
        f(i, Count<1>());
    }
}

// y = f(x), element by element; y may be x.
template <typename T, typename F>
INLINE void map(const T *x, T *y, long long count, F f) {
    for_each_vector<T>(count, [&](long long at, auto width) {
        float v[width.value];
        load(x + at, v);
#pragma unroll
        for (int i = 0; i < width.value; i++) {
            v[i] = f(v[i], at + i);
        }
        store(y + at, v);
    });
}

// y = f(a, b), element by element; y may be a or b.
template <typename T, typename F>
INLINE void map(const T *a, const T *b, T *y, long long count, F f) {
    for_each_vector<T>(count, [&](long long at, auto width) {
        float u[width.value];
        float v[width.value];
        load(a + at, u);
        load(b + at, v);
#pragma unroll
        for (int i = 0; i < width.value; i++) {
            v[i] = f(u[i], v[i]);
        }
        store(y + at, v);
    });
}
