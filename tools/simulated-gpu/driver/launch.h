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
  uint64_t copied = 0;  ///< bytes of global memory that asynchronous copies read
  uint64_t read = 0;    ///< bytes of global memory that threads of a checked image read, those copies included
  uint64_t written = 0; ///< and that they wrote
  /// Bytes of the sectors of 32 bytes that were read or written at all: what a perfect cache would move.
  uint64_t sectors_read = 0;
  uint64_t sectors_written = 0;

  void operator+=(const Work &other);
};

/// Runs a launch to its end; throws a Failure that names the kernel, the block and the thread.
void run_launch(const Launch &launch);

/// Per kernel, a line "name launches blocks threads flops copied read written sectors_read sectors_written".
std::string counters();

void reset_counters();

} // namespace simulated_gpu
