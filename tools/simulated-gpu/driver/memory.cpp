#include "memory.h"

#include "settings.h"
#include <algorithm>
#include <cstring>
#include <sys/mman.h>

namespace simulated_gpu {

namespace {

constexpr size_t PAGE = 4096;
constexpr size_t SPACE = size_t{16} << 40;
/// Vector accesses need 16 bytes; an allocation ends as close to its last page's end as they allow.
constexpr size_t ALIGNMENT = 16;
constexpr unsigned char MARGIN = 0xa5;
constexpr size_t FREED_REMEMBERED = 10000;

size_t round_up(size_t value, size_t to) { return (value + to - 1) / to * to; }

/// What cannot be touched between two allocations: more than a page, as an index may be off by a row or an image.
size_t gap(size_t bytes) { return round_up(std::clamp(bytes, size_t{1} << 20, size_t{64} << 20), PAGE); }

bool check_margin(uintptr_t from, uintptr_t to, uintptr_t &at) {
  for (at = from; at < to; at++) {
    if (*reinterpret_cast<unsigned char *>(at) != MARGIN) {
      return false;
    }
  }
  return true;
}

} // namespace

Memory &memory() {
  static Memory &all = *new Memory();
  return all;
}

void fill_poison(void *target, size_t bytes) {
  size_t words = bytes / sizeof POISON;
  std::fill_n(static_cast<uint32_t *>(target), words, POISON);
  memcpy(static_cast<uint32_t *>(target) + words, &POISON, bytes % sizeof POISON);
}

void Memory::reserve() {
  if (space_ != 0) {
    return;
  }
  void *space = mmap(nullptr, SPACE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (space == MAP_FAILED) {
    throw Failure{OPERATING_SYSTEM, "The system does not lend the address space of the simulated devices (ulimit -v?)"};
  }
  space_ = reinterpret_cast<uintptr_t>(space);
  next_ = space_;
}

const Allocation *Memory::allocate(Context *context, int device, size_t bytes, const char *call) {
  reserve();
  size_t page_bytes = round_up(std::max(bytes, size_t{1}), PAGE);
  uintptr_t pages = next_ + gap(bytes);
  if (pages + page_bytes + gap(bytes) > space_ + SPACE) {
    throw Failure{OUT_OF_MEMORY, "The address space of the simulated devices is used up: no address is given out twice"};
  }
  if (mprotect(reinterpret_cast<void *>(pages), page_bytes, PROT_READ | PROT_WRITE) != 0) {
    throw Failure{OUT_OF_MEMORY, "The system has no memory left for the simulated devices"};
  }
  next_ = pages + page_bytes;
  Allocation made{};
  made.pages = pages;
  made.page_bytes = page_bytes;
  made.bytes = bytes;
  made.begin = settings().guard_before ? pages : pages + page_bytes - round_up(bytes, ALIGNMENT);
  made.context = context;
  made.device = device;
  made.call = call;
  made.number = ++count_;
  if (device >= 0 && settings().poison) {
    fill_poison(reinterpret_cast<void *>(made.begin), bytes);
  }
  memset(reinterpret_cast<void *>(pages), MARGIN, made.begin - pages);
  memset(reinterpret_cast<void *>(made.end()), MARGIN, pages + page_bytes - made.end());
  return &live_.emplace(pages, made).first->second;
}

const Allocation *Memory::add_registered(Context *context, uintptr_t begin, size_t bytes, const char *call) {
  for (const auto &[from, other] : registered_) {
    if (begin < other.end() && from < begin + bytes) {
      throw Failure{HOST_MEMORY_ALREADY_REGISTERED, text("%s: a part of the %zu bytes is registered already", call, bytes)};
    }
  }
  Allocation made{};
  made.begin = begin;
  made.bytes = bytes;
  made.context = context;
  made.device = -1;
  made.call = call;
  made.number = ++count_;
  made.registered = true;
  return &registered_.emplace(begin, made).first->second;
}

const Allocation *Memory::require(uintptr_t begin, int result, const char *call) const {
  auto host = registered_.find(begin);
  if (host != registered_.end()) {
    return &host->second;
  }
  auto behind = live_.upper_bound(begin);
  if (behind != live_.begin()) {
    const Allocation &found = std::prev(behind)->second;
    if (found.begin == begin && !found.leaving) {
      return &found;
    }
  }
  throw Failure{result, text("%s: nothing begins at %#lx, which is %s", call, begin, describe(begin).c_str())};
}

void Memory::release(const Allocation *allocation) {
  if (allocation->registered) {
    registered_.erase(allocation->begin);
    return;
  }
  Allocation freed = *allocation;
  live_.erase(freed.pages);
  // Gives the pages back to the system and keeps their addresses.
  mmap(reinterpret_cast<void *>(freed.pages), freed.page_bytes, PROT_NONE,
       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
  freed.freed = true;
  freed.context = nullptr;
  freed_.emplace(freed.pages, freed);
  // Addresses only grow, so the lowest is the oldest.
  if (freed_.size() > FREED_REMEMBERED) {
    freed_.erase(freed_.begin());
  }
}

const Allocation *Memory::containing(uintptr_t address) const {
  auto behind = live_.upper_bound(address);
  if (behind != live_.begin()) {
    const Allocation &found = std::prev(behind)->second;
    if (address >= found.begin && address <= found.end()) {
      return &found;
    }
  }
  auto host = registered_.upper_bound(address);
  if (host != registered_.begin()) {
    const Allocation &found = std::prev(host)->second;
    if (address <= found.end()) {
      return &found;
    }
  }
  return nullptr;
}

bool Memory::is_simulated(uintptr_t address) const {
  return space_ != 0 && address >= space_ && address < space_ + SPACE;
}

const Allocation *Memory::nearest(uintptr_t address) const {
  const Allocation *nearest = nullptr;
  uintptr_t least = UINTPTR_MAX;
  auto consider = [&](const Allocation &one) {
    uintptr_t distance = address < one.begin ? one.begin - address : address < one.end() ? 0 : address - one.end();
    if (distance < least) {
      least = distance;
      nearest = &one;
    }
  };
  for (const auto *map : {&live_, &freed_}) {
    auto behind = map->upper_bound(address);
    if (behind != map->end()) {
      consider(behind->second);
    }
    if (behind != map->begin()) {
      consider(std::prev(behind)->second);
    }
  }
  return nearest;
}

std::string Memory::describe(uintptr_t address) const {
  if (address < (1 << 16)) {
    return "null or nearly so";
  }
  if (!is_simulated(address)) {
    return containing(address) != nullptr ? "registered memory of the host"
                                          : "no memory of a simulated device (memory of the host?)";
  }
  const Allocation *nearest = this->nearest(address);
  if (nearest == nullptr) {
    return "memory that nobody allocated";
  }
  std::string which = text("%zu bytes of allocation %ld (%s%s)", nearest->bytes, nearest->number, nearest->call,
                           nearest->freed ? ", freed" : "");
  if (address < nearest->begin) {
    return text("%zu bytes before the ", nearest->begin - address) + which;
  }
  if (address >= nearest->end()) {
    return text("%zu bytes behind the end of the ", address - nearest->end()) + which;
  }
  return text("at byte %zu of the ", address - nearest->begin) + which;
}

std::string Memory::damaged_margin() {
  for (const auto &[pages, allocation] : live_) {
    uintptr_t page_end = pages + allocation.page_bytes;
    uintptr_t at = 0;
    if (!check_margin(std::max(pages, allocation.begin - ALIGNMENT), allocation.begin, at) ||
        !check_margin(allocation.end(), std::min(page_end, allocation.end() + 4 * ALIGNMENT), at)) {
      std::string where = describe(at);
      memset(reinterpret_cast<void *>(pages), MARGIN, allocation.begin - pages);
      memset(reinterpret_cast<void *>(allocation.end()), MARGIN, page_end - allocation.end());
      return where;
    }
  }
  return "";
}

void Memory::watch_sectors() {
  for (const auto &[pages, allocation] : live_) {
    if (allocation.device >= 0) {
      allocation.sectors = std::make_shared<std::vector<uint8_t>>((allocation.bytes + SECTOR - 1) / SECTOR);
    }
  }
}

void Memory::count_sectors(uint64_t &read, uint64_t &written) {
  for (const auto &[pages, allocation] : live_) {
    if (allocation.sectors != nullptr) {
      for (uint8_t sector : *allocation.sectors) {
        read += (sector & 1) != 0 ? SECTOR : 0;
        written += (sector & 2) != 0 ? SECTOR : 0;
      }
      allocation.sectors.reset();
    }
  }
}

void Memory::for_each(const std::function<void(const Allocation &)> &visit) const {
  for (const auto &[pages, allocation] : live_) {
    visit(allocation);
  }
  for (const auto &[begin, allocation] : registered_) {
    visit(allocation);
  }
}

} // namespace simulated_gpu
