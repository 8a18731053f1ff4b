// Lets g++ compile a CUDA kernel file as it is: included ahead of it (-include), with -DSIMULATED_GPU and
// -D__CUDA_ARCH__=900 (or another). Holds what the kernels of this project use and no more; a missing name is a compile error.
#pragma once

#include "abi.h"
#include "lane.h"
#include "access.h"
#include "bounds.h"
#include "vectors.h"
#include "arithmetic.h"
#include "atomics.h"
#include "warp.h"
#include "tensor.h"
#include "kernel.h"
