// What the lanes of a warp compute together.
#pragma once

#include "launch.h"

namespace simulated_gpu {

/// Computes it for all lanes of the mask, whose operands are given by lane. Null, or what is wrong.
const char *perform(Collective operation, void *const *operands, unsigned mask, Work &work);

} // namespace simulated_gpu
