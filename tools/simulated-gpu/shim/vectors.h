// CUDA's vector types, with its alignments.
#pragma once

#define SIMULATED_GPU_VECTORS(type, name, align2, align4)                                                              \
  struct alignas(align2) name##2 {                                                                                     \
    type x, y;                                                                                                         \
  };                                                                                                                   \
  struct alignas(align4) name##4 {                                                                                     \
    type x, y, z, w;                                                                                                   \
  };                                                                                                                   \
  inline name##2 make_##name##2(type x, type y) { return {x, y}; }                                                     \
  inline name##4 make_##name##4(type x, type y, type z, type w) { return {x, y, z, w}; }

SIMULATED_GPU_VECTORS(signed char, char, 2, 4)
SIMULATED_GPU_VECTORS(unsigned char, uchar, 2, 4)
SIMULATED_GPU_VECTORS(short, short, 4, 8)
SIMULATED_GPU_VECTORS(unsigned short, ushort, 4, 8)
SIMULATED_GPU_VECTORS(int, int, 8, 16)
SIMULATED_GPU_VECTORS(unsigned, uint, 8, 16)
SIMULATED_GPU_VECTORS(float, float, 8, 16)

#undef SIMULATED_GPU_VECTORS

struct alignas(16) double2 {
  double x, y;
};

struct alignas(16) longlong2 {
  long long x, y;
};

struct alignas(16) ulonglong2 {
  unsigned long long x, y;
};

struct int3 {
  int x, y, z;
};

struct float3 {
  float x, y, z;
};

inline int3 make_int3(int x, int y, int z) { return {x, y, z}; }

inline uint3 make_uint3(unsigned x, unsigned y, unsigned z) { return {x, y, z}; }

inline float3 make_float3(float x, float y, float z) { return {x, y, z}; }

inline double2 make_double2(double x, double y) { return {x, y}; }

inline longlong2 make_longlong2(long long x, long long y) { return {x, y}; }

inline ulonglong2 make_ulonglong2(unsigned long long x, unsigned long long y) { return {x, y}; }
