// PatchConv and its gradients in bf16.
#include "patch_conv.cuh"

// These tensor cores came with sm_80.
#if __CUDA_ARCH__ >= 800
PATCH_CONV_KERNELS_OF(bf16, 128, 96, 8)
PATCH_CONV_KERNELS_OF(bf16, 64, 64, 8)
PATCH_CONV_KERNELS_OF(bf16, 128, 96, 4)
PATCH_CONV_KERNELS_OF(bf16, 64, 64, 1)
#endif
