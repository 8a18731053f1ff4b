// A launch of a kernel, and what comes of it.
#pragma once

#include "image.h"
#include "result.h"
#include <cstdint>
#include <string>
#include <vector>

namespace simulated_gpu {

struct Launch {
  const Kernel *kernel;
  const LoadedImage *image;
  dim3 grid;
  dim3 block;
  unsigned shared_bytes;
  int device;
  /// The values of the parameters one behind the other, and where each begins.
  std::vector<uint64_t> values;
  std::vector<void *> parameters;

  unsigned threads() const { return block.x * block.y * block.z; }

  uint64_t blocks() const { return uint64_t{grid.x} * grid.y * grid.z; }
};

/// What a launch did, as far as it is counted.
struct Work {
  uint64_t flops = 0;
  uint64_t copied = 0; ///< bytes of global memory that asynchronous copies read
};

/// Runs a launch to its end; throws a Failure that names the kernel, the block and the thread.
void run_launch(const Launch &launch);

/// Per kernel, a line "name launches blocks threads flops copied".
std::string counters();

void reset_counters();

} // namespace simulated_gpu
