// The same values in another element type, rounded to the nearest.
#include "types.cuh"

// Eight elements a thread, so that the shorter type moves 16 bytes at a time.
template <typename From, typename To>
INLINE void cast(const From *x, To *y, long long count) {
    long long stride = (long long)gridDim.x * blockDim.x;
    long long thread = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    long long vectors = count / 8;
    for (long long i = thread; i < vectors; i += stride) {
        float v[8];
        load(x + 8 * i, v);
        store(y + 8 * i, v);
    }
    for (long long i = 8 * vectors + thread; i < count; i += stride) {
        y[i] = from_float<To>(to_float(x[i]));
    }
}

#define EXPORT(From, To)                                                                                               \
    KERNEL(256, cast_##From##_##To, (const From *x, To *y, long long count)) {                                         \
        cast(x, y, count);                                                                                             \
    }

EXPORT(f32, f16)
EXPORT(f32, bf16)
EXPORT(f16, f32)
EXPORT(f16, bf16)
EXPORT(bf16, f32)
EXPORT(bf16, f16)
