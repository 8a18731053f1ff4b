#include "block.h"

#include "collective.h"
#include "memory.h"
#include "settings.h"
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <sys/mman.h>

namespace simulated_gpu {

namespace {

constexpr size_t PAGE = 4096;
constexpr size_t STACK = size_t{64} << 10;
constexpr size_t STACK_STRIDE = STACK + PAGE;
constexpr size_t EMERGENCY_STACK = size_t{16} << 10;
constexpr size_t SHARED_GUARD = size_t{1} << 20;
constexpr size_t SHARED_SPACE = size_t{256} << 10;

// Read by kernels through an offset from the thread pointer, and by the signal handler, which must not allocate: both want
// it in the memory that every thread has from its start.
__thread Thread *current __attribute__((tls_model("initial-exec"))) = nullptr;
__thread Worker *own_worker __attribute__((tls_model("initial-exec"))) = nullptr;

unsigned char *map(size_t bytes, int protection) {
  void *space = mmap(nullptr, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (space == MAP_FAILED) {
    throw Failure{OPERATING_SYSTEM, "No memory for a simulated multiprocessor"};
  }
  return static_cast<unsigned char *>(space);
}

void live() { own_worker->live(); }

bool same(Place a, Place b) { return a.line == b.line && (a.file == b.file || strcmp(a.file, b.file) == 0); }

const char *file_name(Place place) {
  const char *slash = strrchr(place.file, '/');
  return slash == nullptr ? place.file : slash + 1;
}

const char *operation_name(Collective operation) {
  switch (operation) {
  case Collective::Sync:
    return "__syncwarp";
  case Collective::Shuffle:
    return "a shuffle";
  case Collective::Vote:
    return "a vote";
  case Collective::LoadMatrix:
    return "ldmatrix";
  default:
    return "mma";
  }
}

const Runtime TABLE = {
    0,
    [](Place place) { own_worker->barrier(place); },
    [](unsigned mask, Collective operation, void *operand, Place place) {
      own_worker->collective(mask, operation, operand, place);
    },
    [](void *shared, const void *global, int size, int filled, Place place) {
      own_worker->copy_async(shared, global, size, filled, place);
    },
    [] { own_worker->commit_copies(); },
    [](int newest) { own_worker->wait_copies(newest); },
    [](int result, const char *message, Place place) { own_worker->abandon(result, message, place); },
    [](const void *address, size_t size, Access kind, const void *instruction) {
      if (own_worker != nullptr && own_worker->inside) {
        own_worker->access(address, size, kind, instruction);
      }
    },
};

} // namespace

const Runtime &runtime() {
  static const Runtime table = [] {
    Runtime made = TABLE;
    char *thread;
    asm("movq %%fs:0, %0" : "=r"(thread));
    made.lane_offset = reinterpret_cast<char *>(&current) - thread;
    return made;
  }();
  return table;
}

void become(Worker *worker) { own_worker = worker; }

Worker *this_worker() { return own_worker; }

Thread &running_thread() { return *current; }

unsigned Random::below(unsigned bound) {
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  uint64_t value = (state * 0x2545f4914f6cdd1du) >> 32;
  return static_cast<unsigned>((value * bound) >> 32);
}

Worker::Worker() : threads_(MOST_THREADS), order_(MOST_THREADS), ready_(MOST_THREADS) {
  stacks_ = map(MOST_THREADS * STACK_STRIDE, PROT_NONE);
  fibers_.reserve(MOST_THREADS);
  free_fibers_.reserve(MOST_THREADS);
  emergency_top = map(EMERGENCY_STACK, PROT_READ | PROT_WRITE) + EMERGENCY_STACK;
  shared_ = map(SHARED_GUARD + SHARED_SPACE + SHARED_GUARD, PROT_NONE) + SHARED_GUARD;
}

void Worker::begin(const Launch &launch) {
  launch_ = &launch;
  work = Work{};
  count_ = launch.threads();
  block_.size = launch.block;
  block_.grid = launch.grid;
  block_.shared_bytes = launch.shared_bytes;
  for (unsigned number = 0; number < count_; number++) {
    Thread &thread = threads_[number];
    thread.number = number;
    thread.block = &block_;
    thread.thread = {number % launch.block.x, number / launch.block.x % launch.block.y,
                     number / (launch.block.x * launch.block.y)};
  }
  place_shared(launch.shared_bytes);
  static_shared_ = static_shared(*launch.image);
  checked_ = launch.image->image->checked;
  recent_ = nullptr;
  if (checked_) {
    // The history of dynamic shared memory begins at a multiple of all that is accessed at once.
    history_dynamic_ = (launch.image->shared_bytes + 15) / 16 * 16;
    history_.begin(history_dynamic_ + launch.shared_bytes);
  }
}

/// Dynamic shared memory ends where its last page ends (or begins where one begins), and only its pages can be touched.
void Worker::place_shared(unsigned bytes) {
  size_t needed = (bytes + PAGE - 1) / PAGE * PAGE;
  bool before = settings().guard_before;
  if (bytes != shared_bytes_ || before != shared_before_) {
    mprotect(shared_, SHARED_SPACE, PROT_NONE);
    mprotect(shared_, needed, PROT_READ | PROT_WRITE);
    shared_bytes_ = bytes;
    shared_before_ = before;
  }
  block_.shared = before ? shared_ : shared_ + needed - (bytes + 15) / 16 * 16;
}

bool Worker::run(uint64_t index) {
  const dim3 &grid = launch_->grid;
  block_.index = {static_cast<unsigned>(index % grid.x), static_cast<unsigned>(index / grid.x % grid.y),
                  static_cast<unsigned>(index / grid.x / grid.y)};
  fill_poison(block_.shared, block_.shared_bytes);
  fill_poison(static_shared_, launch_->image->shared_bytes);
  started_ = 0;
  ended_ = 0;
  at_barrier_ = 0;
  ready_count_ = 0;
  memset(waiting_lanes_, 0, sizeof waiting_lanes_);
  memset(ended_lanes_, 0, sizeof ended_lanes_);
  fault = Fault{};
  history_.pass();
  order_threads(index);
  fiber_ = &free_fiber();
  inside = true;
  simulated_gpu_switch(&main_, fiber_->position);
  inside = false;
  if (fault.result == SUCCESS && fault.signal == 0) {
    return true;
  }
  // Every stack is in the middle of something that nobody wants to end.
  free_fibers_.clear();
  for (Fiber &fiber : fibers_) {
    fiber.position = nullptr;
    free_fibers_.push_back(&fiber);
  }
  return false;
}

void Worker::order_threads(uint64_t index) {
  mode_ = settings().order;
  for (unsigned i = 0; i < count_; i++) {
    order_[i] = mode_ == Order::Backward ? count_ - 1 - i : i;
    Thread &thread = threads_[i];
    thread.state = State::New;
    thread.copies.clear();
    thread.group = 0;
  }
  if (mode_ == Order::Shuffled) {
    random_ = Random(settings().seed * 1000003 + index);
    for (unsigned i = count_ - 1; i > 0; i--) {
      std::swap(order_[i], order_[random_.below(i + 1)]);
    }
  }
}

Fiber &Worker::free_fiber() {
  if (free_fibers_.empty()) {
    size_t number = fibers_.size();
    unsigned char *bottom = stacks_ + number * STACK_STRIDE + PAGE;
    mprotect(bottom, STACK, PROT_READ | PROT_WRITE);
    // Stacks that begin at the same place of a page would all want the same lines of the cache.
    fibers_.push_back({nullptr, bottom + STACK - number * 320 % PAGE / 64 * 64});
    free_fibers_.push_back(&fibers_.back());
  }
  Fiber &fiber = *free_fibers_.back();
  free_fibers_.pop_back();
  if (fiber.position == nullptr) {
    fiber.position = new_stack(fiber.top, simulated_gpu::live);
  }
  return fiber;
}

void Worker::switch_to(Fiber &fiber) {
  Fiber *from = fiber_;
  fiber_ = &fiber;
  simulated_gpu_switch(&from->position, fiber.position);
}

void Worker::live() {
  for (;;) {
    Thread &thread = threads_[order_[started_++]];
    thread.state = State::Running;
    thread.fiber = fiber_;
    current = &thread;
    launch_->kernel->run(launch_->parameters.data());
    thread.state = State::Ended;
    ended_++;
    ended_lanes_[thread.number / warp_size] |= 1u << thread.number % warp_size;
    // This stack goes on with a new thread; or it makes way, and is woken when there is one.
    if (ended_ == count_) {
      free_fibers_.push_back(fiber_);
      simulated_gpu_switch(&fiber_->position, main_);
    } else if (goes_on_with_ready()) {
      free_fibers_.push_back(fiber_);
      resume_ready();
    } else if (started_ == count_) {
      deadlock();
    }
  }
}

void Worker::leave() {
  simulated_gpu_switch(&forgotten_, main_);
  __builtin_unreachable();
}

void Worker::make_ready(Thread &thread) {
  thread.state = State::Ready;
  ready_[(ready_first_ + ready_count_++) % MOST_THREADS] = thread.number;
}

/// Warps that have begun come before those that have not: fewer stacks are in use then. When shuffled, as it falls.
bool Worker::goes_on_with_ready() {
  return ready_count_ > 0 && (started_ == count_ || mode_ != Order::Shuffled || random_.below(2) == 0);
}

void Worker::resume_ready() {
  if (mode_ == Order::Shuffled) {
    std::swap(ready_[ready_first_], ready_[(ready_first_ + random_.below(ready_count_)) % MOST_THREADS]);
  }
  Thread &thread = threads_[ready_[ready_first_]];
  ready_first_ = (ready_first_ + 1) % MOST_THREADS;
  ready_count_--;
  thread.state = State::Running;
  current = &thread;
  switch_to(*thread.fiber);
}

void Worker::suspend() {
  if (goes_on_with_ready()) {
    resume_ready();
  } else if (started_ < count_) {
    switch_to(free_fiber());
  } else {
    deadlock();
  }
}

void Worker::barrier(Place place) {
  Thread &self = *current;
  if (ended_ > 0) {
    abandon(LAUNCH_FAILED, "divergent barrier: other threads of the block have ended without coming to __syncthreads",
            place);
  }
  if (at_barrier_ == 0) {
    barrier_ = place;
  } else if (!same(place, barrier_)) {
    char message[200];
    snprintf(message, sizeof message, "divergent barrier: other threads of the block wait at the __syncthreads of %s:%d",
             file_name(barrier_), barrier_.line);
    abandon(LAUNCH_FAILED, message, place);
  }
  self.place = place;
  if (++at_barrier_ < count_) {
    self.state = State::AtBarrier;
    suspend();
    return;
  }
  at_barrier_ = 0;
  history_.pass();
  for (unsigned i = 0; i < count_; i++) {
    Thread &thread = threads_[order_[i]];
    if (thread.state == State::AtBarrier) {
      make_ready(thread);
    }
  }
}

void Worker::collective(unsigned mask, Collective operation, void *operand, Place place) {
  Thread &self = *current;
  unsigned warp = self.number / warp_size;
  unsigned lane = self.number % warp_size;
  Thread *lanes = &threads_[warp * warp_size];
  unsigned existing = count_ - warp * warp_size;
  bool whole = operation != Collective::Sync && operation != Collective::Shuffle && operation != Collective::Vote;
  char message[200];
  if (existing < warp_size) {
    if (whole) {
      abandon(LAUNCH_FAILED, "mma and ldmatrix want all 32 lanes of the warp, the block has fewer", place);
    }
    mask &= (1u << existing) - 1;
  }
  if ((mask >> lane & 1) == 0) {
    abandon(LAUNCH_FAILED, "the mask of a warp's operation leaves out the lane that calls it", place);
  }
  if ((ended_lanes_[warp] & mask) != 0) {
    snprintf(message, sizeof message, "lane %d of the warp has ended without coming to %s",
             __builtin_ctz(ended_lanes_[warp] & mask), operation_name(operation));
    abandon(LAUNCH_FAILED, message, place);
  }
  unsigned waiting = waiting_lanes_[warp] & mask;
  if (waiting != 0) {
    const Thread &other = lanes[__builtin_ctz(waiting)];
    if (other.mask != mask || other.operation != operation || !same(other.place, place)) {
      snprintf(message, sizeof message, "divergent warp: lane %u waits in %s at %s:%d with mask %#x, this is mask %#x",
               other.number % warp_size, operation_name(other.operation), file_name(other.place), other.place.line,
               other.mask, mask);
      abandon(LAUNCH_FAILED, message, place);
    }
  }
  self.mask = mask;
  self.operation = operation;
  self.operand = operand;
  self.place = place;
  if ((waiting | 1u << lane) != mask) {
    self.state = State::AtCollective;
    waiting_lanes_[warp] |= 1u << lane;
    suspend();
    return;
  }
  void *operands[warp_size] = {};
  for (unsigned rest = mask; rest != 0; rest &= rest - 1) {
    unsigned one = __builtin_ctz(rest);
    operands[one] = lanes[one].operand;
  }
  if (checked_ && operation == Collective::LoadMatrix) {
    for (unsigned one = 0; one < warp_size; one++) {
      const auto &matrix = *static_cast<const MatrixOperand *>(operands[one]);
      if (one < static_cast<unsigned>(matrix.count) * 8) {
        current = &lanes[one];
        access_for(matrix.row, 16, Access::Read);
      }
    }
    current = &self;
  }
  if (operation == Collective::Sync && mask == (existing < warp_size ? (1u << existing) - 1 : ~0u)) {
    history_.pass(warp);
  }
  const char *error = perform(operation, operands, mask, work);
  if (error != nullptr) {
    abandon(LAUNCH_FAILED, error, place);
  }
  waiting_lanes_[warp] &= ~mask;
  bool backward = mode_ == Order::Backward;
  for (unsigned rest = mask & ~(1u << lane); rest != 0;) {
    unsigned one = backward ? 31 - __builtin_clz(rest) : __builtin_ctz(rest);
    rest &= ~(1u << one);
    make_ready(lanes[one]);
  }
}

void Worker::copy_async(void *shared, const void *global, int size, int filled, Place place) {
  if (reinterpret_cast<uintptr_t>(shared) % size != 0 || (filled > 0 && reinterpret_cast<uintptr_t>(global) % size != 0)) {
    abandon(MISALIGNED_ADDRESS, "the addresses of an asynchronous copy are no multiples of its size", place);
  }
  if (filled < 0 || filled > size) {
    abandon(LAUNCH_FAILED, "an asynchronous copy wants more bytes than its size", place);
  }
  if (checked_) {
    access_for(shared, size, Access::Write);
  }
  // Until the copy is waited for, the old contents are as wrong as the new ones.
  fill_poison(shared, size);
  work.copied += filled;
  current->copies.push_back({shared, global, size, filled, current->group});
}

void Worker::commit_copies() { current->group++; }

void Worker::wait_copies(int newest) {
  Thread &self = *current;
  size_t kept = 0;
  for (const AsyncCopy &copy : self.copies) {
    if (copy.group >= self.group - newest) {
      self.copies[kept++] = copy;
      continue;
    }
    if (checked_) {
      access_for(copy.global, copy.filled, Access::Read);
      access_for(copy.shared, copy.size, Access::Write);
    }
    memcpy(copy.shared, copy.global, copy.filled);
    memset(static_cast<char *>(copy.shared) + copy.filled, 0, copy.size - copy.filled);
  }
  self.copies.resize(kept);
}

void Worker::access(const void *address, size_t size, Access kind, const void *instruction) {
  auto at = reinterpret_cast<uintptr_t>(address);
  if (at - reinterpret_cast<uintptr_t>(stacks_) < MOST_THREADS * STACK_STRIDE) {
    return;
  }
  fault.instruction = instruction;
  access_for(address, size, kind);
}

void Worker::abandon(int result, const char *message, Place place) {
  fault.result = result;
  snprintf(fault.message, sizeof fault.message, "%s", message);
  fault.place = place;
  leave();
}

void Worker::deadlock() {
  for (unsigned i = 0; i < count_; i++) {
    Thread &thread = threads_[i];
    if (thread.state == State::AtBarrier || thread.state == State::AtCollective) {
      current = &thread;
      char message[300];
      snprintf(message, sizeof message,
               "%s: this thread waits in %s for others that wait elsewhere or have ended (of %u threads %u have ended, %u "
               "are at the barrier)",
               at_barrier_ > 0 ? "divergent barrier" : "divergent warp",
               thread.state == State::AtBarrier ? "__syncthreads" : operation_name(thread.operation), count_, ended_,
               at_barrier_);
      abandon(LAUNCH_FAILED, message, thread.place);
    }
  }
  abandon(LAUNCH_FAILED, "no thread of the block can go on", {"", 0});
}

std::string Worker::describe_address() const {
  auto at = reinterpret_cast<unsigned char *>(fault.address);
  if (at >= stacks_ && at < stacks_ + MOST_THREADS * STACK_STRIDE) {
    return text("its local memory exceeds %zu bytes", STACK);
  }
  if (at >= shared_ - SHARED_GUARD && at < shared_ + SHARED_SPACE + SHARED_GUARD) {
    long offset = at - block_.shared;
    return offset < 0 ? text("%ld bytes before the dynamic shared memory", -offset)
                      : text("byte %ld of the dynamic shared memory of %u bytes", offset, block_.shared_bytes);
  }
  return text("%#lx, ", fault.address) + memory().describe(fault.address);
}

Failure Worker::failure() const {
  int result = fault.result;
  std::string what = fault.message;
  switch (fault.signal) {
  case 0:
    break;
  case SIGFPE:
    result = LAUNCH_FAILED;
    what = "an integer is divided by zero";
    break;
  case SIGSEGV:
  case SIGBUS:
    if (fault.signal_code == SI_TKILL) {
      result = LAUNCH_TIMEOUT;
      what = text("it runs for longer than %d s", settings().timeout_seconds);
    } else if (fault.signal_code == SI_KERNEL) {
      result = MISALIGNED_ADDRESS;
      what = "misaligned access to a vector, or an address that is none";
    } else {
      result = ILLEGAL_ADDRESS;
      what = text("illegal %s: ", fault.write ? "write" : "read") + describe_address();
    }
    break;
  default:
    result = ILLEGAL_INSTRUCTION;
    what = "illegal instruction";
    break;
  }
  std::string place = fault.place.file == nullptr || fault.place.line == 0
                          ? ""
                          : text(" at %s:%d", file_name(fault.place), fault.place.line);
  if (fault.signal == 0 && fault.address != 0) {
    what += ": " + describe_address();
  }
  Dl_info image;
  if (fault.instruction != nullptr && fault.place.file == nullptr && dladdr(fault.instruction, &image) != 0) {
    place = text(" at %#lx of the image", static_cast<const char *>(fault.instruction) -
                                              static_cast<const char *>(image.dli_fbase) - 1);
  }
  const uint3 &block = block_.index;
  const uint3 thread = current->thread;
  return {result, text("Kernel %s, block (%u, %u, %u), thread (%u, %u, %u)%s: %s", launch_->kernel->name, block.x, block.y,
                       block.z, thread.x, thread.y, thread.z, place.c_str(), what.c_str())};
}

} // namespace simulated_gpu
