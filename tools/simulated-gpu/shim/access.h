// What the compiler calls ahead of each access to memory in a checked image (-fsanitize=thread, without its library): the
// driver counts accesses to global memory, and judges those to shared memory. Atomics count, and take no part in races.
#pragma once

#ifdef SIMULATED_GPU_CHECKED

#include "lane.h"

// The compiler must not announce what happens in here.
#define SIMULATED_GPU_HOOK                                                                                             \
  extern "C" __attribute__((visibility("hidden"), used, noinline, no_sanitize("thread"))) inline

namespace simulated_gpu {

inline __attribute__((always_inline, no_sanitize("thread"))) void access(const void *address, unsigned long size, Access kind) {
  // Kernels are entered in lists before the driver is known.
  if (runtime != nullptr) {
    runtime->access(address, size, kind, __builtin_return_address(0));
  }
}

} // namespace simulated_gpu

SIMULATED_GPU_HOOK void __tsan_init() {}

SIMULATED_GPU_HOOK void __tsan_func_entry(void *) {}

SIMULATED_GPU_HOOK void __tsan_func_exit() {}

#define SIMULATED_GPU_ACCESSES(size)                                                                                   \
  SIMULATED_GPU_HOOK void __tsan_read##size(void *address) {                                                           \
    simulated_gpu::access(address, size, simulated_gpu::Access::Read);                                                 \
  }                                                                                                                    \
  SIMULATED_GPU_HOOK void __tsan_write##size(void *address) {                                                          \
    simulated_gpu::access(address, size, simulated_gpu::Access::Write);                                                \
  }                                                                                                                    \
  SIMULATED_GPU_HOOK void __tsan_unaligned_read##size(void *address) {                                                 \
    simulated_gpu::access(address, size, simulated_gpu::Access::Read);                                                 \
  }                                                                                                                    \
  SIMULATED_GPU_HOOK void __tsan_unaligned_write##size(void *address) {                                                \
    simulated_gpu::access(address, size, simulated_gpu::Access::Write);                                                \
  }

SIMULATED_GPU_ACCESSES(1)
SIMULATED_GPU_ACCESSES(2)
SIMULATED_GPU_ACCESSES(4)
SIMULATED_GPU_ACCESSES(8)
SIMULATED_GPU_ACCESSES(16)

#undef SIMULATED_GPU_ACCESSES

SIMULATED_GPU_HOOK void __tsan_read_range(void *address, unsigned long size) {
  simulated_gpu::access(address, size, simulated_gpu::Access::Read);
}

SIMULATED_GPU_HOOK void __tsan_write_range(void *address, unsigned long size) {
  simulated_gpu::access(address, size, simulated_gpu::Access::Write);
}

#define SIMULATED_GPU_ATOMIC(bits, type, operation)                                                                    \
  SIMULATED_GPU_HOOK type __tsan_atomic##bits##_##operation(                    \
      volatile type *address, type value, int) {                                                                       \
    simulated_gpu::access(const_cast<type *>(address), sizeof(type), simulated_gpu::Access::Atomic);                   \
    return __atomic_##operation(address, value, __ATOMIC_SEQ_CST);                                                     \
  }

#define SIMULATED_GPU_ATOMICS_OF(bits, type)                                                                           \
  SIMULATED_GPU_ATOMIC(bits, type, fetch_add)                                                                          \
  SIMULATED_GPU_ATOMIC(bits, type, fetch_or)                                                                           \
  SIMULATED_GPU_ATOMIC(bits, type, fetch_and)                                                                          \
  SIMULATED_GPU_ATOMIC(bits, type, fetch_xor)                                                                          \
  SIMULATED_GPU_HOOK type __tsan_atomic##bits##_exchange(                       \
      volatile type *address, type value, int) {                                                                       \
    simulated_gpu::access(const_cast<type *>(address), sizeof(type), simulated_gpu::Access::Atomic);                   \
    return __atomic_exchange_n(address, value, __ATOMIC_SEQ_CST);                                                      \
  }                                                                                                                    \
  SIMULATED_GPU_HOOK type __tsan_atomic##bits##_load(                           \
      const volatile type *address, int) {                                                                             \
    simulated_gpu::access(const_cast<const type *>(address), sizeof(type), simulated_gpu::Access::Atomic);             \
    return __atomic_load_n(address, __ATOMIC_SEQ_CST);                                                                 \
  }                                                                                                                    \
  SIMULATED_GPU_HOOK int __tsan_atomic##bits##_compare_exchange_strong(         \
      volatile type *address, type *expected, type value, int, int) {                                                  \
    simulated_gpu::access(const_cast<type *>(address), sizeof(type), simulated_gpu::Access::Atomic);                   \
    return __atomic_compare_exchange_n(address, expected, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);           \
  }

SIMULATED_GPU_ATOMICS_OF(32, unsigned)
SIMULATED_GPU_ATOMICS_OF(64, unsigned long)

#undef SIMULATED_GPU_ATOMICS_OF
#undef SIMULATED_GPU_ATOMIC

SIMULATED_GPU_HOOK void __tsan_atomic_thread_fence(int) {}

#undef SIMULATED_GPU_HOOK

#endif
