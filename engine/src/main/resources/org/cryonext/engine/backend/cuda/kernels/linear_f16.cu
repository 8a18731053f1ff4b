// Linear in f16.
#include "linear.cuh"

LINEAR_KERNELS(f16, 8)
#if __CUDA_ARCH__ >= 800
LINEAR_KERNELS_LARGE(f16, 8)
#endif
