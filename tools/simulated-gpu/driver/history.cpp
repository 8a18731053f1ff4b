#include "history.h"

namespace simulated_gpu {

Stamp SharedHistory::now(unsigned thread) const {
  return {barrier_, warp_barriers_[thread / warp_size], static_cast<uint16_t>(thread)};
}

bool SharedHistory::in_order(const Stamp &before, unsigned thread) const {
  if (before.barrier != barrier_ || before.thread == thread) {
    return true;
  }
  unsigned warp = thread / warp_size;
  return before.thread / warp_size == warp && before.warp_barrier != warp_barriers_[warp];
}

const char *SharedHistory::judge_read(SharedElement &element, unsigned thread, unsigned &other) {
  if (!in_order(element.write, thread)) {
    other = element.write.thread;
    return "reads what another thread has written";
  }
  Stamp stamp = now(thread);
  bool same_barrier = element.read.barrier == barrier_;
  bool same_warp = element.read.thread / warp_size == thread / warp_size;
  bool same_lanes = same_barrier && same_warp && element.read.warp_barrier == stamp.warp_barrier;
  element.read_by_warps = same_barrier && (element.read_by_warps || !same_warp);
  element.read_by_lanes = same_lanes && (element.read_by_lanes || element.read.thread != thread);
  element.read = stamp;
  return nullptr;
}

const char *SharedHistory::judge_write(SharedElement &element, unsigned thread, unsigned &other) {
  if (!in_order(element.write, thread)) {
    other = element.write.thread;
    return "writes what another thread has written";
  }
  Stamp stamp = now(thread);
  bool since_barrier = element.read.barrier == barrier_;
  bool since_warp_barrier = since_barrier && element.read.thread / warp_size == thread / warp_size &&
                            element.read.warp_barrier == stamp.warp_barrier;
  if (!in_order(element.read, thread) || (since_barrier && element.read_by_warps) ||
      (since_warp_barrier && element.read_by_lanes)) {
    other = element.read.thread;
    return "writes what another thread has read";
  }
  element.write = stamp;
  return nullptr;
}

const char *SharedHistory::judge(size_t offset, size_t size, bool write, unsigned thread, unsigned &other) {
  if (size == 1) {
    return nullptr;
  }
  for (size_t i = offset / 2; i <= (offset + size - 1) / 2 && i < elements_.size(); i++) {
    const char *wrong = write ? judge_write(elements_[i], thread, other) : judge_read(elements_[i], thread, other);
    if (wrong != nullptr) {
      return wrong;
    }
  }
  return nullptr;
}

} // namespace simulated_gpu
