// The gradients of Linear in f16.
#include "linear_gradient.cuh"

LINEAR_GRADIENT_KERNELS(f16, 8)
