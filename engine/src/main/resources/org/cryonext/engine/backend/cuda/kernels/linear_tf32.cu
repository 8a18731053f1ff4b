// Linear in f32 rounded to tf32.
#include "linear.cuh"

// These tensor cores came with sm_80.
#if __CUDA_ARCH__ >= 800
LINEAR_KERNELS(tf32, 4)
#endif
