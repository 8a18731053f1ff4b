// Masks of dropout and of stochastic depth from counted random numbers: the bits are those of every other backend.
#include "flat.cuh"

// SplitMix64's mixing; see CounterRandom.
INLINE unsigned long long mix(unsigned long long z) {
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ z >> 27) * 0x94D049BB133111EBull;
    return z ^ z >> 31;
}

INLINE unsigned long long stream_key(const int *seed, int stream) {
    unsigned long long whole = (unsigned long long)(unsigned)seed[1] << 32 | (unsigned)seed[0];
    return mix(whole + mix((unsigned long long)(long long)stream * 0x9E3779B97F4A7C15ull));
}

// The factor of an element: 0 where its 24 random bits are below the limit.
INLINE float kept(unsigned long long key, long long index, int limit, float scale) {
    unsigned long long bits = mix(key + (unsigned long long)(index + 1) * 0x9E3779B97F4A7C15ull);
    return (int)(bits >> 40) < limit ? 0.0f : scale;
}

// limit: 2^24 times the probability of dropping, rounded up; scale: 1 / (1 - that probability).
#define EXPORT(T)                                                                                                      \
    /* y may be x. */                                                                                                  \
    KERNEL(256, dropout_##T, (const T *x, const int *seed, T *y, long long count, int stream, int limit, float scale)) {\
        unsigned long long key = stream_key(seed, stream);                                                             \
        map(x, y, count, [&](float v, long long i) { return v * kept(key, i, limit, scale); });                        \
    }                                                                                                                  \
                                                                                                                       \
    KERNEL(256, drop_path_##T, (const int *seed, T *keep, int samples, int stream, int limit, float scale)) {          \
        unsigned long long key = stream_key(seed, stream);                                                             \
        for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < samples; i += gridDim.x * blockDim.x) {                \
            keep[i] = from_float<T>(kept(key, i, limit, scale));                                                       \
        }                                                                                                              \
    }

FOR_EACH_TYPE(EXPORT)
