// Memory of the simulated devices, and pinned memory of the host. Every allocation lies between pages that cannot be
// touched, and what was freed cannot be touched again, so that a wrong access is noticed where it happens.
#pragma once

#include "result.h"
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace simulated_gpu {

struct Context;

struct Allocation {
  uintptr_t begin;
  size_t bytes;
  uintptr_t pages; ///< first page
  size_t page_bytes;
  Context *context;
  int device; ///< -1: the host's
  const char *call; ///< that made it
  long number; ///< counts from 1
  bool registered; ///< the host's own memory, only made known
  bool freed;
  /// A stream will free it.
  mutable bool leaving;
  /// While a checked image runs: for each sector whether it was read (1), written (2).
  mutable std::shared_ptr<std::vector<uint8_t>> sectors;

  uintptr_t end() const { return begin + bytes; }
};

/// All memory. Not thread-safe: the driver's lock is held.
class Memory {
public:
  /// Never fails for want of the device's memory: that is the caller's to count.
  const Allocation *allocate(Context *context, int device, size_t bytes, const char *call);

  /// Makes pageable memory of the host known.
  const Allocation *add_registered(Context *context, uintptr_t begin, size_t bytes, const char *call);

  /// What was allocated at this address; throws for an address at which nothing begins.
  const Allocation *require(uintptr_t begin, int result, const char *call) const;

  void release(const Allocation *allocation);

  /// The living allocation with this address in it, or at whose end it is; null if there is none.
  const Allocation *containing(uintptr_t address) const;

  /// True if the address is of the space that allocations come from.
  bool is_simulated(uintptr_t address) const;

  /// Where an address lies, for messages: "16 bytes behind the 4096 bytes of allocation 3 (cuMemAllocAsync)".
  std::string describe(uintptr_t address) const;

  /// Says what was written between an allocation's end and its page's, where no page protects; empty if nothing was. Says
  /// it once.
  std::string damaged_margin();

  /// From now on accesses to the devices' memory are noted by sector.
  void watch_sectors();

  /// No longer; adds the bytes of the sectors that were read and written.
  void count_sectors(uint64_t &read, uint64_t &written);

  void for_each(const std::function<void(const Allocation &)> &visit) const;

private:
  void reserve();
  const Allocation *nearest(uintptr_t address) const;

  uintptr_t space_ = 0;
  uintptr_t next_ = 0;
  long count_ = 0;
  /// By first page.
  std::map<uintptr_t, Allocation> live_;
  /// By first page, for messages; the oldest are forgotten.
  std::map<uintptr_t, Allocation> freed_;
  /// By begin.
  std::map<uintptr_t, Allocation> registered_;
};

Memory &memory();

/// What a card's memory moves at once.
constexpr size_t SECTOR = 32;

/// As a float, a half or a bfloat16 it is not a number, as an index far outside.
constexpr uint32_t POISON = 0x7fbf7fbf;

void fill_poison(void *target, size_t bytes);

} // namespace simulated_gpu
