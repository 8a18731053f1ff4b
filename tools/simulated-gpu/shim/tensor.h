// Tensor cores and asynchronous copies, in the fragment layouts of the PTX ISA. Kernels reach these through the project's
// tensor.cuh, whose other bodies are the inline PTX of the same instructions. What an architecture lacks is not declared.
#pragma once

#include "lane.h"

namespace simulated_gpu {

inline void collective(Collective operation, void *operand, Place place) {
  runtime->collective(0xffffffffu, operation, operand, place);
}

inline void mma_f16_16x8x8(float (&d)[4], const unsigned (&a)[2], const unsigned (&b)[1],
                           const char *file = __builtin_FILE(), int line = __builtin_LINE()) {
  MmaOperand operand{d, a, b};
  collective(Collective::MmaF16K8, &operand, {file, line});
}

template <int count>
inline void load_matrix(unsigned (&registers)[count], const void *row, bool transposed, Place place) {
  MatrixOperand operand{row, registers, count, transposed};
  collective(Collective::LoadMatrix, &operand, place);
}

#define SIMULATED_GPU_LDMATRIX(count)                                                                                  \
  inline void ldmatrix_x##count(unsigned (&registers)[count], const void *row, const char *file = __builtin_FILE(),    \
                                int line = __builtin_LINE()) {                                                         \
    load_matrix<count>(registers, row, false, {file, line});                                                           \
  }                                                                                                                    \
  inline void ldmatrix_x##count##_trans(unsigned (&registers)[count], const void *row,                                 \
                                        const char *file = __builtin_FILE(), int line = __builtin_LINE()) {            \
    load_matrix<count>(registers, row, true, {file, line});                                                            \
  }

SIMULATED_GPU_LDMATRIX(1)
SIMULATED_GPU_LDMATRIX(2)
SIMULATED_GPU_LDMATRIX(4)

#undef SIMULATED_GPU_LDMATRIX

#if __CUDA_ARCH__ >= 800
inline void mma_f16_16x8x16(float (&d)[4], const unsigned (&a)[4], const unsigned (&b)[2],
                            const char *file = __builtin_FILE(), int line = __builtin_LINE()) {
  MmaOperand operand{d, a, b};
  collective(Collective::MmaF16K16, &operand, {file, line});
}

inline void mma_bf16_16x8x16(float (&d)[4], const unsigned (&a)[4], const unsigned (&b)[2],
                             const char *file = __builtin_FILE(), int line = __builtin_LINE()) {
  MmaOperand operand{d, a, b};
  collective(Collective::MmaBf16K16, &operand, {file, line});
}

inline void mma_tf32_16x8x8(float (&d)[4], const unsigned (&a)[4], const unsigned (&b)[2],
                            const char *file = __builtin_FILE(), int line = __builtin_LINE()) {
  MmaOperand operand{d, a, b};
  collective(Collective::MmaTf32K8, &operand, {file, line});
}

// The copy takes place when it is waited for, and not before; bytes behind the first `bytes` become zero.
#define SIMULATED_GPU_COPY_ASYNC(size)                                                                                 \
  inline void cp_async_##size(void *shared, const void *global, int bytes = size,                                      \
                              const char *file = __builtin_FILE(), int line = __builtin_LINE()) {                      \
    runtime->copy_async(shared, global, size, bytes, {file, line});                                                    \
  }

SIMULATED_GPU_COPY_ASYNC(4)
SIMULATED_GPU_COPY_ASYNC(8)
SIMULATED_GPU_COPY_ASYNC(16)

#undef SIMULATED_GPU_COPY_ASYNC

inline void cp_async_commit() { runtime->commit_copies(); }

template <int newest> inline void cp_async_wait() { runtime->wait_copies(newest); }
#endif

} // namespace simulated_gpu
