// PatchConv and its gradients in f32 rounded to tf32.
#include "patch_conv.cuh"

// These tensor cores came with sm_80.
#if __CUDA_ARCH__ >= 800
PATCH_CONV_KERNELS_OF(tf32, 128, 96, 4)
PATCH_CONV_KERNELS_OF(tf32, 64, 64, 4)
PATCH_CONV_KERNELS_OF(tf32, 64, 64, 1)
#endif
