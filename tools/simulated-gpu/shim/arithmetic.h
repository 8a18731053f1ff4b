// CUDA's arithmetic that C++ does not have; sqrtf, expf, erff and their like are the C library's.
#pragma once

#include <cmath>
#include <cstring>

namespace simulated_gpu {

template <typename To, typename From> inline To bits(From value) {
  static_assert(sizeof(To) == sizeof(From));
  To result;
  std::memcpy(&result, &value, sizeof result);
  return result;
}

} // namespace simulated_gpu

inline unsigned __float_as_uint(float value) { return simulated_gpu::bits<unsigned>(value); }

inline int __float_as_int(float value) { return simulated_gpu::bits<int>(value); }

inline float __uint_as_float(unsigned value) { return simulated_gpu::bits<float>(value); }

inline float __int_as_float(int value) { return simulated_gpu::bits<float>(value); }

inline long long __double_as_longlong(double value) { return simulated_gpu::bits<long long>(value); }

inline double __longlong_as_double(long long value) { return simulated_gpu::bits<double>(value); }

inline float rsqrtf(float value) { return 1.0f / std::sqrt(value); }

inline float __saturatef(float value) { return value > 0.0f ? (value < 1.0f ? value : 1.0f) : 0.0f; }

// Named roundings: to nearest is the host's own; and what is named so is never contracted.
inline float __fadd_rn(float a, float b) { return a + b; }

inline float __fsub_rn(float a, float b) { return a - b; }

inline float __fmul_rn(float a, float b) { return a * b; }

inline float __fdiv_rn(float a, float b) { return a / b; }

inline float __fsqrt_rn(float value) { return std::sqrt(value); }

inline float __fmaf_rn(float a, float b, float c) { return fmaf(a, b, c); }

inline int __float2int_rn(float value) { return static_cast<int>(nearbyintf(value)); }

inline int __float2int_rz(float value) { return static_cast<int>(value); }

inline float __int2float_rn(int value) { return static_cast<float>(value); }

inline int __mulhi(int a, int b) { return static_cast<int>((static_cast<long long>(a) * b) >> 32); }

inline unsigned __umulhi(unsigned a, unsigned b) {
  return static_cast<unsigned>((static_cast<unsigned long long>(a) * b) >> 32);
}

inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
  return static_cast<unsigned long long>((static_cast<unsigned __int128>(a) * b) >> 64);
}

inline int __popc(unsigned value) { return __builtin_popcount(value); }

inline int __popcll(unsigned long long value) { return __builtin_popcountll(value); }

inline int __clz(int value) { return value == 0 ? 32 : __builtin_clz(static_cast<unsigned>(value)); }

inline int __clzll(long long value) {
  return value == 0 ? 64 : __builtin_clzll(static_cast<unsigned long long>(value));
}

inline int __ffs(int value) { return __builtin_ffs(value); }

#define SIMULATED_GPU_EXTREMA(type)                                                                                    \
  inline type min(type a, type b) { return b < a ? b : a; }                                                            \
  inline type max(type a, type b) { return a < b ? b : a; }

SIMULATED_GPU_EXTREMA(int)
SIMULATED_GPU_EXTREMA(unsigned)
SIMULATED_GPU_EXTREMA(long)
SIMULATED_GPU_EXTREMA(unsigned long)
SIMULATED_GPU_EXTREMA(long long)
SIMULATED_GPU_EXTREMA(unsigned long long)

#undef SIMULATED_GPU_EXTREMA

inline float min(float a, float b) { return fminf(a, b); }

inline float max(float a, float b) { return fmaxf(a, b); }
