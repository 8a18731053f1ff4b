// One worker's half of a launch: it runs blocks, with a stack for each thread of a block that has to wait for others.
#pragma once

#include "fiber.h"
#include "history.h"
#include "launch.h"
#include "memory.h"
#include "settings.h"
#include <vector>

namespace simulated_gpu {

/// The table that images call.
const Runtime &runtime();

/// A stack; `position` is null while it is unused.
struct Fiber {
  void *position;
  unsigned char *top;
};

enum class State : unsigned char { New, Running, Ready, AtBarrier, AtCollective, Ended };

/// A copy that was begun and has not been waited for.
struct AsyncCopy {
  void *shared;
  const void *global;
  int size;
  int filled;
  int group;
};

/// A thread of a block. Kernels know its first part.
struct Thread : Lane {
  State state;
  Fiber *fiber;
  Place place;
  unsigned mask;
  Collective operation;
  void *operand;
  std::vector<AsyncCopy> copies;
  int group; ///< of the copies that come next
};

/// A random sequence that is quick to make (xorshift64*).
struct Random {
  uint64_t state = 1;

  explicit Random(uint64_t seed = 1) : state(seed * 0x9e3779b97f4a7c15u + 0x2545f4914f6cdd1du) { state += state == 0; }

  unsigned below(unsigned bound);
};

/// Why a block was abandoned. A signal handler fills it in, too, so it takes no memory from the heap.
struct Fault {
  int result;
  char message[512];
  Place place;
  int signal;
  int signal_code;
  uintptr_t address;
  bool write;
  const void *instruction; ///< of the kernel, where it is known
};

/// What a thread of the host needs in order to run blocks.
class Worker {
public:
  Worker();

  /// Before the blocks of a launch.
  void begin(const Launch &launch);

  /// Runs a block. False if it failed; `failure` says why.
  bool run(uint64_t index);

  /// The failure in words, with kernel, block and thread.
  Failure failure() const;

  Work work;

  // What follows is for kernels' calls and for the signal handler.

  void barrier(Place place);
  void collective(unsigned mask, Collective operation, void *operand, Place place);
  void copy_async(void *shared, const void *global, int size, int filled, Place place);
  void commit_copies();
  void wait_copies(int newest);
  void access(const void *address, size_t size, Access kind, const void *instruction);
  [[noreturn]] void abandon(int result, const char *message, Place place);
  /// Back to `run`, from whatever stack.
  [[noreturn]] void leave();
  /// Where a stack's life is spent: takes threads and runs them to their end.
  [[noreturn]] void live();

  Fault fault{};
  /// Kernels' code is running, or what it has called.
  volatile bool inside = false;
  unsigned char *emergency_top = nullptr;

private:
  void order_threads(uint64_t index);
  void make_ready(Thread &thread);
  bool goes_on_with_ready();
  void resume_ready();
  void suspend();
  void switch_to(Fiber &fiber);
  Fiber &free_fiber();
  [[noreturn]] void deadlock();
  void place_shared(unsigned bytes);
  /// The running thread's access, as the driver makes it for a kernel.
  void access_for(const void *address, size_t size, Access kind);
  void access_shared(size_t offset, size_t size, Access kind, const void *address);
  void access_global(uintptr_t address, size_t size, Access kind);
  [[noreturn]] void abandon_access(const char *message);
  std::string describe_address() const;

  const Launch *launch_ = nullptr;
  Block block_{};
  std::vector<Thread> threads_;
  Order mode_ = Order::Forward;
  std::vector<unsigned> order_;
  unsigned count_ = 0;
  unsigned started_ = 0;
  unsigned ended_ = 0;
  unsigned at_barrier_ = 0;
  Place barrier_{};
  /// By warp, a bit for each lane that waits for its warp, or has ended.
  unsigned waiting_lanes_[MOST_THREADS / warp_size]{};
  unsigned ended_lanes_[MOST_THREADS / warp_size]{};
  /// A ring of threads that can go on.
  std::vector<unsigned> ready_;
  unsigned ready_first_ = 0;
  unsigned ready_count_ = 0;
  Random random_;

  unsigned char *stacks_ = nullptr;
  std::vector<Fiber> fibers_;
  std::vector<Fiber *> free_fibers_;
  Fiber *fiber_ = nullptr; ///< the running one
  void *main_ = nullptr;
  void *forgotten_ = nullptr;

  unsigned char *shared_ = nullptr; ///< where dynamic shared memory lies
  unsigned shared_bytes_ = 0;       ///< for which it is laid out
  bool shared_before_ = false;
  unsigned char *static_shared_ = nullptr;

  bool checked_ = false;
  SharedHistory history_;
  size_t history_dynamic_ = 0;
  /// The allocation that was accessed last.
  const Allocation *recent_ = nullptr;
};

/// Makes the calling thread a worker's.
void become(Worker *worker);

/// The calling thread's worker; null in threads that are not the simulation's own.
Worker *this_worker();

/// The thread that the calling worker runs.
Thread &running_thread();

} // namespace simulated_gpu
