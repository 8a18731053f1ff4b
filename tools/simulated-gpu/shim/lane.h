// Who a thread is, its shared memory and its barrier.
#pragma once

#include "abi.h"

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __align__(n) __attribute__((aligned(n)))
#define __launch_bounds__(...)
#define __constant__ static const

// A block's threads all run on one thread of the host, so what is local to that thread is what the block shares.
#define __shared__ static __thread

#define threadIdx (simulated_gpu::lane()->thread)
#define blockIdx (simulated_gpu::lane()->block->index)
#define blockDim (simulated_gpu::lane()->block->size)
#define gridDim (simulated_gpu::lane()->block->grid)

#define DYNAMIC_SHARED(type, name) type *name = reinterpret_cast<type *>(simulated_gpu::lane()->block->shared)

namespace simulated_gpu {

/// Set when the image is loaded.
static const Runtime *runtime;

/// The running lane. It never changes within a kernel's call, so the compiler may keep it.
inline __attribute__((always_inline)) const Lane *lane() {
  char *thread;
  asm("movq %%fs:0, %0" : "=r"(thread));
  return *reinterpret_cast<Lane *const *>(thread + runtime->lane_offset);
}

[[noreturn]] inline void fault(int result, const char *message, Place place) {
  runtime->fault(result, message, place);
  __builtin_unreachable();
}

} // namespace simulated_gpu

inline void __syncthreads(const char *file = __builtin_FILE(), int line = __builtin_LINE()) {
  simulated_gpu::runtime->barrier({file, line});
}

// Lanes of different blocks run on different threads of the host.
inline void __threadfence() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

inline void __threadfence_block() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
