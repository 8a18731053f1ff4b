// Sums of two tensors, and tensors of one value.
#include "flat.cuh"

#define EXPORT(T)                                                                                                      \
    /* y = a + b; y may be a or b. */                                                                                  \
    KERNEL(256, add_##T, (const T *a, const T *b, T *y, long long count)) {                                            \
        map(a, b, y, count, [](float u, float v) { return u + v; });                                                   \
    }                                                                                                                  \
                                                                                                                       \
    KERNEL(256, fill_##T, (T *y, long long count, float value)) {                                                      \
        for_each_vector<T>(count, [&](long long at, auto width) {                                                      \
            float v[width.value];                                                                                      \
            for (int i = 0; i < width.value; i++) {                                                                    \
                v[i] = value;                                                                                          \
            }                                                                                                          \
            store(y + at, v);                                                                                          \
        });                                                                                                            \
    }

FOR_EACH_TYPE(EXPORT)
