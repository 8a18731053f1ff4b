// What is checked of accesses to memory where images tell of each: races, what nobody has written, and the bytes that move.
#include "block.h"
#include <cstdio>
#include <cstring>

namespace simulated_gpu {

namespace {

/// Whether memory holds what nobody has written. Single bytes may have any value.
bool has_poison(const void *address, size_t size) {
  const auto *at = static_cast<const unsigned char *>(address);
  if (size == 2) {
    uint16_t value;
    memcpy(&value, at, sizeof value);
    return value == static_cast<uint16_t>(POISON);
  }
  for (size_t i = 0; i + sizeof POISON <= size; i += sizeof POISON) {
    if (memcmp(at + i, &POISON, sizeof POISON) == 0) {
      return true;
    }
  }
  return false;
}

} // namespace

void Worker::access_for(const void *address, size_t size, Access kind) {
  auto at = reinterpret_cast<uintptr_t>(address);
  size_t in_static = at - reinterpret_cast<uintptr_t>(static_shared_);
  size_t in_dynamic = at - reinterpret_cast<uintptr_t>(block_.shared);
  if (in_static < launch_->image->shared_bytes) {
    access_shared(in_static, size, kind, address);
  } else if (in_dynamic < block_.shared_bytes) {
    access_shared(history_dynamic_ + in_dynamic, size, kind, address);
  } else if (memory().is_simulated(at)) {
    access_global(at, size, kind);
  }
}

void Worker::access_shared(size_t offset, size_t size, Access kind, const void *address) {
  if (kind != Access::Atomic) {
    unsigned other = 0;
    const char *wrong = history_.judge(offset, size, kind == Access::Write, running_thread().number, other);
    if (wrong != nullptr) {
      char message[300];
      const uint3 &thread = threads_[other].thread;
      snprintf(message, sizeof message, "race: the thread %s in shared memory, without a barrier after thread (%u, %u, %u)",
               wrong, thread.x, thread.y, thread.z);
      abandon_access(message);
    }
  }
  if (kind != Access::Write && has_poison(address, size)) {
    abandon_access("the thread reads shared memory that nobody has written");
  }
}

void Worker::access_global(uintptr_t address, size_t size, Access kind) {
  if (recent_ == nullptr || address < recent_->begin || address + size > recent_->end()) {
    recent_ = memory().containing(address);
    // What is wrong with it comes out when the kernel makes the access.
    if (recent_ == nullptr || address + size > recent_->end()) {
      return;
    }
  }
  work.read += kind != Access::Write ? size : 0;
  work.written += kind != Access::Read ? size : 0;
  if (recent_->sectors != nullptr && size > 0) {
    uint8_t mark = kind == Access::Read ? 1 : kind == Access::Write ? 2 : 3;
    for (size_t i = (address - recent_->begin) / SECTOR; i <= (address + size - 1 - recent_->begin) / SECTOR; i++) {
      __atomic_fetch_or(&(*recent_->sectors)[i], mark, __ATOMIC_RELAXED);
    }
  }
  if (kind != Access::Write && settings().poison && has_poison(reinterpret_cast<const void *>(address), size)) {
    fault.address = address;
    abandon_access("the thread reads memory that nobody has written");
  }
}

void Worker::abandon_access(const char *message) { abandon(LAUNCH_FAILED, message, {nullptr, 0}); }

} // namespace simulated_gpu
