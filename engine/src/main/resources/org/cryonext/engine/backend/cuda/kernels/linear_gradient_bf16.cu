// The gradients of Linear in bf16.
#include "linear_gradient.cuh"

// These tensor cores came with sm_80.
#if __CUDA_ARCH__ >= 800
LINEAR_GRADIENT_KERNELS(bf16, 8)
LINEAR_GRADIENT_KERNELS_128(bf16, 8)
LINEAR_GRADIENT_KERNELS_LARGE(bf16, 8)
#endif
