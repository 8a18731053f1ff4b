// What the compiler's own checks call (-fsanitize=bounds,alignment): an index outside of an array that the kernel declares, in
// registers or shared memory, and vectors at addresses that are none of theirs.
#pragma once

#include "lane.h"
#include <cstdio>

namespace simulated_gpu {

// The compiler's descriptions, as its runtime library declares them.
struct CheckedPlace {
  const char *file;
  unsigned line;
  unsigned column;
};

struct CheckedType {
  unsigned short kind;
  unsigned short info;
  char name[1];
};

struct CheckedIndex {
  CheckedPlace place;
  const CheckedType *array;
  const CheckedType *index;
};

struct CheckedAddress {
  CheckedPlace place;
  const CheckedType *type;
  unsigned char alignment; ///< as a power of 2
  unsigned char kind;
};

constexpr int ILLEGAL_ADDRESS = 700;
constexpr int MISALIGNED_ADDRESS = 716;

} // namespace simulated_gpu

extern "C" __attribute__((visibility("hidden"), used, noinline)) inline void
__ubsan_handle_out_of_bounds(const simulated_gpu::CheckedIndex *what, uintptr_t index) {
  char message[200];
  snprintf(message, sizeof message, "index %ld is outside of %s", static_cast<long>(index), what->array->name);
  simulated_gpu::fault(simulated_gpu::ILLEGAL_ADDRESS, message,
                       {what->place.file, static_cast<int>(what->place.line)});
}

extern "C" __attribute__((visibility("hidden"), used, noinline)) inline void
__ubsan_handle_type_mismatch_v1(const simulated_gpu::CheckedAddress *what, uintptr_t address) {
  char message[200];
  snprintf(message, sizeof message, "%#lx is no multiple of %d, as %s wants it", address, 1 << what->alignment,
           what->type->name);
  simulated_gpu::fault(simulated_gpu::MISALIGNED_ADDRESS, message,
                       {what->place.file, static_cast<int>(what->place.line)});
}
