// What the simulated libraries share: numbers of 16 bits, and whether memory is the device's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

extern "C" int cuMemGetAddressRange_v2(unsigned long long *begin, size_t *bytes, unsigned long long address);

namespace library {

enum class Element { NONE, F32, F16, BF16 };

inline size_t size_of(Element element) {
  return element == Element::F32 ? 4 : element == Element::NONE ? 0 : 2;
}

inline float half_to_float(uint16_t half) {
  uint32_t shifted = (half & 0x7fffu) << 13;
  float magnitude;
  memcpy(&magnitude, &shifted, sizeof magnitude);
  magnitude *= 0x1p112f;
  uint32_t bits;
  memcpy(&bits, &magnitude, sizeof bits);
  if ((half & 0x7c00u) == 0x7c00u) {
    bits = 0x7f800000u | shifted;
  }
  bits |= (half & 0x8000u) << 16;
  float result;
  memcpy(&result, &bits, sizeof result);
  return result;
}

/// To the nearest, ties to even.
inline uint16_t float_to_half(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  auto sign = static_cast<uint16_t>(bits >> 16 & 0x8000u);
  bits &= 0x7fffffffu;
  if (bits > 0x7f800000u) {
    return sign | 0x7fffu;
  }
  if (bits >= 0x477ff000u) {
    return sign | 0x7c00u;
  }
  if (bits < 0x38800000u) {
    // Below the normal numbers the steps are as large as that of 0.5: adding it rounds.
    float magnitude;
    memcpy(&magnitude, &bits, sizeof magnitude);
    float shifted = magnitude + 0.5f;
    uint32_t rounded;
    memcpy(&rounded, &shifted, sizeof rounded);
    return sign | static_cast<uint16_t>(rounded - 0x3f000000u);
  }
  bits += 0xc8000fffu + (bits >> 13 & 1u);
  return sign | static_cast<uint16_t>(bits >> 13);
}

inline float load(const void *memory, Element element, int64_t at) {
  if (element == Element::F32) {
    return static_cast<const float *>(memory)[at];
  }
  uint16_t half = static_cast<const uint16_t *>(memory)[at];
  if (element == Element::F16) {
    return half_to_float(half);
  }
  uint32_t bits = static_cast<uint32_t>(half) << 16;
  float result;
  memcpy(&result, &bits, sizeof result);
  return result;
}

inline void store(void *memory, Element element, int64_t at, float value) {
  if (element == Element::F32) {
    static_cast<float *>(memory)[at] = value;
  } else if (element == Element::F16) {
    static_cast<uint16_t *>(memory)[at] = float_to_half(value);
  } else {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    bool number = value == value;
    static_cast<uint16_t *>(memory)[at] =
        static_cast<uint16_t>(number ? (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16 : bits >> 16 | 0x40u);
  }
}

inline float to_tf32(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  bits &= 0xffffe000u;
  memcpy(&value, &bits, sizeof bits);
  return value;
}

/// Whether so many bytes from an address on are in one allocation of the device.
inline bool is_device_memory(const void *memory, uint64_t size) {
  if (size == 0) {
    return true;
  }
  unsigned long long begin = 0;
  size_t bytes = 0;
  auto address = reinterpret_cast<unsigned long long>(memory);
  return cuMemGetAddressRange_v2(&begin, &bytes, address) == 0 && address + size <= begin + bytes;
}

/// Memory to work in holds nothing that anybody needs: what does not keep to that shows. Both its ends are enough.
inline void spoil(void *workspace, size_t bytes) {
  constexpr size_t END = 1 << 16;
  size_t end = bytes < END ? bytes : END;
  if (end > 0) {
    memset(workspace, 0x7f, end);
    memset(static_cast<char *>(workspace) + bytes - end, 0x7f, end);
  }
}

} // namespace library
