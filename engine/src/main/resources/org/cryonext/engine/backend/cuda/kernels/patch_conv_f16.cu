// PatchConv and its gradients in f16.
#include "patch_conv.cuh"

PATCH_CONV_KERNELS_OF(f16, 128, 96, 8)
PATCH_CONV_KERNELS_OF(f16, 64, 64, 8)
PATCH_CONV_KERNELS_OF(f16, 128, 96, 4)
PATCH_CONV_KERNELS_OF(f16, 64, 64, 1)
