// The gradients of Linear in f32 by plain arithmetic.
#include "linear_gradient.cuh"

LINEAR_GRADIENT_KERNELS(f32, 4)
LINEAR_GRADIENT_KERNELS_128(f32, 4)
