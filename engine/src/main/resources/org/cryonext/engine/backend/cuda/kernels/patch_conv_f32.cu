// PatchConv and its gradients in f32 by plain arithmetic.
#include "patch_conv.cuh"

PATCH_CONV_KERNELS_OF(f32, 128, 96, 4)
PATCH_CONV_KERNELS_OF(f32, 64, 64, 4)
PATCH_CONV_KERNELS_OF(f32, 64, 64, 1)
