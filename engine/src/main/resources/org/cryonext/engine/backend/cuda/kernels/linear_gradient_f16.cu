// The gradients of Linear in f16.
#include "linear_gradient.cuh"

LINEAR_GRADIENT_KERNELS(f16, 8)
LINEAR_GRADIENT_KERNELS_128(f16, 8)
#if __CUDA_ARCH__ >= 800
LINEAR_GRADIENT_KERNELS_LARGE(f16, 8)
#endif
