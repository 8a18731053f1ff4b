// The gradients of Linear in f32 by plain arithmetic.
#include "linear_gradient.cuh"

LINEAR_GRADIENT_KERNELS(f32, 4)
