// The gradients of Linear in f32 rounded to tf32.
#include "linear_gradient.cuh"

// These tensor cores came with sm_80.
#if __CUDA_ARCH__ >= 800
LINEAR_GRADIENT_KERNELS(tf32, 4)
#endif
