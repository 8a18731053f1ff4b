// Linear in f16.
#include "linear.cuh"

LINEAR_KERNELS(f16, 8)
