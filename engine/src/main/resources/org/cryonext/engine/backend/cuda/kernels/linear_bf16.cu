// Linear in bf16.
#include "linear.cuh"

// These tensor cores came with sm_80.
#if __CUDA_ARCH__ >= 800
LINEAR_KERNELS(bf16, 8)
LINEAR_KERNELS_LARGE(bf16, 8)
#endif
