// The life of contexts.
#pragma once

#include "driver.h"

namespace simulated_gpu {

Context *make_context(int device, unsigned flags, bool primary);

/// Ends what is left of a context, and notes what that was.
void destroy_context(Context *context);

/// What a context holds: a line for each allocation and each kind of handle; empty if nothing.
std::string holdings(const Context &context);

} // namespace simulated_gpu
