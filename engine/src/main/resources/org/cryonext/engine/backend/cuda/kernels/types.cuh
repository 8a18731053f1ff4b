// What every kernel file includes: element types, access to memory by vectors, sums over lanes, and the macros that
// export kernels. There is no header of CUDA in here, since the compiler that comes with a driver brings none; the
// second bodies are for the simulated GPU, whose compiler is g++.
//
// Sums are always added in the same order and nothing is added atomically: two runs give the same bits.
#pragma once

#ifndef SIMULATED_GPU
// A kernel that Java launches: block size at most, name, parameters in parentheses.
#define KERNEL(threads, name, parameters) extern "C" __global__ void __launch_bounds__(threads) name parameters

// Shared memory whose size the launch states.
#define DYNAMIC_SHARED(type, name)                                                                                     \
    extern __shared__ __align__(16) unsigned char dynamic_shared[];                                                    \
    type *name = reinterpret_cast<type *>(dynamic_shared)
#endif

#define INLINE __device__ __forceinline__

// Calls a macro once for each element type; the type's name is the suffix of the kernels that it makes.
#define FOR_EACH_TYPE(MACRO) MACRO(f32) MACRO(f16) MACRO(bf16)

using f32 = float;

struct f16 {
    unsigned short bits;
};

struct bf16 {
    unsigned short bits;
};

INLINE float to_float(f32 x) {
    return x;
}

INLINE float to_float(f16 x) {
#ifdef SIMULATED_GPU
    _Float16 half;
    __builtin_memcpy(&half, &x.bits, 2);
    return (float)half;
#else
    float result;
    asm("cvt.f32.f16 %0, %1;" : "=f"(result) : "h"(x.bits));
    return result;
#endif
}

INLINE float to_float(bf16 x) {
    return __uint_as_float((unsigned)x.bits << 16);
}

// Rounds to the nearest, ties to even.
template <typename T>
INLINE T from_float(float x);

template <>
INLINE f32 from_float<f32>(float x) {
    return x;
}

template <>
INLINE f16 from_float<f16>(float x) {
    f16 result;
#ifdef SIMULATED_GPU
    _Float16 half = (_Float16)x;
    __builtin_memcpy(&result.bits, &half, 2);
#else
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(result.bits) : "f"(x));
#endif
    return result;
}

template <>
INLINE bf16 from_float<bf16>(float x) {
#if !defined(SIMULATED_GPU) && __CUDA_ARCH__ >= 800
    unsigned pair;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(0.0f), "f"(x));
    return {(unsigned short)pair};
#else
    unsigned bits = __float_as_uint(x);
    bool number = x == x;
    return {(unsigned short)(number ? (bits + 0x7fff + (bits >> 16 & 1)) >> 16 : bits >> 16 | 0x40)};
#endif
}

// Two numbers in one word, the first in the lower half.
template <typename T>
INLINE unsigned pack(float first, float second) {
    return from_float<T>(first).bits | (unsigned)from_float<T>(second).bits << 16;
}

#if !defined(SIMULATED_GPU) && __CUDA_ARCH__ >= 800
template <>
INLINE unsigned pack<f16>(float first, float second) {
    unsigned pair;
    asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(second), "f"(first));
    return pair;
}

template <>
INLINE unsigned pack<bf16>(float first, float second) {
    unsigned pair;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(second), "f"(first));
    return pair;
}
#endif

// The numbers that pack() put into a word.
template <typename T>
INLINE void unpack(unsigned pair, float (&v)[2]) {
    v[0] = to_float(T{(unsigned short)pair});
    v[1] = to_float(T{(unsigned short)(pair >> 16)});
}

// Elements of a type in the 16 bytes that one access to memory moves at most.
template <typename T>
constexpr int VECTOR = 16 / (int)sizeof(T);

// The type of one access to this many bytes.
template <int BYTES>
struct Access;

template <>
struct Access<2> {
    using type = unsigned short;
};

template <>
struct Access<4> {
    using type = unsigned;
};

template <>
struct Access<8> {
    using type = uint2;
};

template <>
struct Access<16> {
    using type = uint4;
};

// Neighbours that one access moves when N are wanted.
template <typename T, int N>
constexpr int TOGETHER = N < VECTOR<T> ? N : VECTOR<T>;

// Reads N neighbours, 16 bytes or all of them at a time; p is a multiple of that.
template <int N, typename T>
INLINE void load(const T *p, float (&v)[N]) {
    constexpr int STEP = TOGETHER<T, N>;
    using Word = typename Access<STEP * (int)sizeof(T)>::type;
#pragma unroll
    for (int at = 0; at < N; at += STEP) {
        union {
            Word whole;
            T parts[STEP];
        } word;
        word.whole = *reinterpret_cast<const Word *>(p + at);
#pragma unroll
        for (int i = 0; i < STEP; i++) {
            v[at + i] = to_float(word.parts[i]);
        }
    }
}

// Writes N neighbours, 16 bytes or all of them at a time; p is a multiple of that.
template <int N, typename T>
INLINE void store(T *p, const float (&v)[N]) {
    constexpr int STEP = TOGETHER<T, N>;
    using Word = typename Access<STEP * (int)sizeof(T)>::type;
#pragma unroll
    for (int at = 0; at < N; at += STEP) {
        union {
            Word whole;
            T parts[STEP];
            unsigned pairs[STEP * sizeof(T) < 4 ? 1 : STEP * sizeof(T) / 4];
        } word;
        if constexpr (sizeof(T) == 2 && STEP % 2 == 0) {
#pragma unroll
            for (int i = 0; i < STEP; i += 2) {
                word.pairs[i / 2] = pack<T>(v[at + i], v[at + i + 1]);
            }
        } else {
#pragma unroll
            for (int i = 0; i < STEP; i++) {
                word.parts[i] = from_float<T>(v[at + i]);
            }
        }
        *reinterpret_cast<Word *>(p + at) = word.whole;
    }
}

// a * b, rounded, which the compiler may not join with an addition that follows.
INLINE float rounded_product(float a, float b) {
#ifdef SIMULATED_GPU
    return a * b;
#else
    float result;
    asm("mul.rn.f32 %0, %1, %2;" : "=f"(result) : "f"(a), "f"(b));
    return result;
#endif
}

// a * b + c, rounded once and cut to [0, 1]: one instruction.
INLINE float saturated_sum(float a, float b, float c) {
#ifdef SIMULATED_GPU
    return __saturatef(fmaf(a, b, c));
#else
    float result;
    asm("fma.rn.sat.f32 %0, %1, %2, %3;" : "=f"(result) : "f"(a), "f"(b), "f"(c));
    return result;
#endif
}

// The sum over a group of 2, 4, 8, 16 or 32 neighbouring lanes, in each of them; all lanes of the warp take part.
INLINE float group_sum(float x, int lanes) {
    for (int distance = lanes / 2; distance > 0; distance /= 2) {
        x += __shfl_xor_sync(0xffffffffu, x, distance);
    }
    return x;
}

INLINE float group_max(float x, int lanes) {
    for (int distance = lanes / 2; distance > 0; distance /= 2) {
        x = fmaxf(x, __shfl_xor_sync(0xffffffffu, x, distance));
    }
    return x;
}

INLINE float warp_sum(float x) {
    return group_sum(x, 32);
}

// The sum over a block of at most 1024 threads in a multiple of 32, in each of them.
INLINE float block_sum(float x) {
    __shared__ float of_warp[32];
    int thread = threadIdx.y * blockDim.x + threadIdx.x;
    int warps = blockDim.x * blockDim.y / 32;
    float sum = warp_sum(x);
    if (thread % 32 == 0) {
        of_warp[thread / 32] = sum;
    }
    __syncthreads();
    sum = 0;
    for (int i = 0; i < warps; i++) {
        sum += of_warp[i];
    }
    // The next sum may begin only when all have read this one.
    __syncthreads();
    return sum;
}

// x * Phi(x) with the normal distribution function Phi.
INLINE float gelu(float x) {
    return 0.5f * x * (1.0f + erff(x * 0.70710678f));
}

// Phi(x) + x phi(x).
INLINE float gelu_derivative(float x) {
    return 0.5f * (1.0f + erff(x * 0.70710678f)) + x * 0.39894228f * expf(-0.5f * x * x);
}

// 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))).
INLINE float gelu_tanh(float x) {
    return 0.5f * x * (1.0f + tanhf(0.79788456f * (x + 0.044715f * x * x * x)));
}

INLINE float gelu_tanh_derivative(float x) {
    float t = tanhf(0.79788456f * (x + 0.044715f * x * x * x));
    return 0.5f * (1.0f + t) + 0.5f * x * (1.0f - t * t) * 0.79788456f * (1.0f + 3.0f * 0.044715f * x * x);
}
