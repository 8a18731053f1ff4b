// Faults of the processor in kernels' code become failures of the launch; all others go where they went before.
#pragma once

namespace simulated_gpu {

/// Puts the handlers in, in front of those that are there (the virtual machine's). Once.
void install_signal_handlers();

/// Gives the calling thread a stack for its handlers, and leaves all other signals to other threads.
void prepare_signals();

} // namespace simulated_gpu
