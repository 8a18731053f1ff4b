// Linear in f32 by plain arithmetic.
#include "linear.cuh"

LINEAR_KERNELS(f32, 4)
