// Switching between stacks within a thread.
#pragma once

#include <cstddef>

namespace simulated_gpu {

/// Stores the running stack's position in `from` and goes on where `to` was stored.
extern "C" __attribute__((visibility("hidden"))) void simulated_gpu_switch(void **from, void *to);

/// The position of a stack that begins with a call of `entry`, which must not return.
void *new_stack(unsigned char *top, void (*entry)());

} // namespace simulated_gpu
