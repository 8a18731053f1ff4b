// The history of shared memory, by which checked images' accesses to it are judged.
#pragma once

#include "../shim/abi.h"
#include <cstddef>
#include <cstdint>
#include <vector>

namespace simulated_gpu {

constexpr unsigned MOST_THREADS = 1024;

/// When and by whom an element of shared memory was last accessed. Two accesses are in order if the same thread made them, if
/// a barrier of the block lies between them, or one of the warp that both are of.
struct Stamp {
  uint32_t barrier = 0; ///< barriers of the block that were passed; blocks are told apart by going on counting
  uint16_t warp_barrier = 0;
  uint16_t thread = 0;
};

struct SharedElement {
  Stamp write;
  /// The latest one.
  Stamp read;
  /// Since the block's last barrier other warps have read, too; since the warp's last one other lanes have.
  bool read_by_warps = false;
  bool read_by_lanes = false;
};

/// The memory of what happened to shared memory, for a worker. An element is two bytes, the smallest that kernels keep there
/// in arrays; accesses to single bytes are not judged.
class SharedHistory {
public:
  /// Before a launch: bytes of shared memory, none if its image is not checked.
  void begin(size_t bytes) { elements_.assign((bytes + 1) / 2, SharedElement{}); }

  /// All threads have passed a barrier, or another block begins.
  void pass() { barrier_++; }

  /// A warp has passed one of its own.
  void pass(unsigned warp) { warp_barriers_[warp]++; }

  /// Null, or what is wrong with an access; then `other` is the number of the thread that it is in conflict with.
  const char *judge(size_t offset, size_t size, bool write, unsigned thread, unsigned &other);

private:
  bool in_order(const Stamp &before, unsigned thread) const;
  const char *judge_read(SharedElement &element, unsigned thread, unsigned &other);
  const char *judge_write(SharedElement &element, unsigned thread, unsigned &other);
  Stamp now(unsigned thread) const;

  std::vector<SharedElement> elements_;
  uint32_t barrier_ = 1;
  uint16_t warp_barriers_[MOST_THREADS / warp_size]{};
};

} // namespace simulated_gpu
