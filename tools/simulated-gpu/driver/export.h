// What the functions of the driver's interface begin with. Their signatures are those of CUDA 12's cuda.h; only the types that
// are needed have names here, handles are addresses.
#pragma once

#include "driver.h"

#define EXPORT extern "C" __attribute__((visibility("default")))

using Address = unsigned long long; // CUdeviceptr

namespace simulated_gpu {

/// Throws INVALID_VALUE if an argument is null.
inline void require_value(const void *pointer, const char *call) {
  if (pointer == nullptr) {
    throw Failure{INVALID_VALUE, text("%s: an argument is null", call)};
  }
}

} // namespace simulated_gpu
