#include "launch.h"

#include "block.h"
#include "memory.h"
#include "settings.h"
#include "signals.h"
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <pthread.h>
#include <thread>

namespace simulated_gpu {

namespace {

constexpr int MOST_WORKERS = 16;

/// The order of blocks: a bijection of their numbers that needs no memory.
struct BlockOrder {
  uint64_t count;
  uint64_t factor = 1;
  uint64_t shift = 0;

  explicit BlockOrder(uint64_t count) : count(count) {
    switch (settings().order) {
    case Order::Forward:
      return;
    case Order::Backward:
      factor = count - 1;
      shift = count - 1;
      return;
    case Order::Shuffled:
      Random random(settings().seed);
      factor = 1 + random.below(static_cast<unsigned>(std::min<uint64_t>(count, 1u << 30)));
      while (std::gcd(factor, count) != 1) {
        factor++;
      }
      shift = random.below(1u << 30);
      return;
    }
  }

  uint64_t operator()(uint64_t number) const {
    return static_cast<uint64_t>((static_cast<unsigned __int128>(factor) * number + shift) % count);
  }
};

struct Counted {
  uint64_t launches = 0;
  uint64_t blocks = 0;
  uint64_t threads = 0;
  Work work;
};

std::map<std::string, Counted> &counted() {
  static auto &all = *new std::map<std::string, Counted>();
  return all;
}

/// The threads that run blocks. They live as long as the process.
class Workers {
public:
  void run(const Launch &launch) {
    BlockOrder order(launch.blocks());
    std::unique_lock<std::mutex> guard(mutex_);
    start();
    launch_ = &launch;
    order_ = &order;
    next_ = 0;
    failed_ = false;
    work_ = Work{};
    busy_ = static_cast<int>(std::min<uint64_t>(wanted(), launch.blocks()));
    waking_ = busy_;
    round_++;
    wake_.notify_all();
    auto finished = [&] { return busy_ == 0; };
    if (!done_.wait_for(guard, std::chrono::seconds(settings().timeout_seconds), finished)) {
      failed_ = true;
      // Again and again, as one that comes between two blocks is not heard.
      do {
        for (auto &one : all_) {
          if (one->running) {
            pthread_kill(one->handle, SIGSEGV);
          }
        }
      } while (!done_.wait_for(guard, std::chrono::milliseconds(100), finished));
    }
    launch_ = nullptr;
  }

  bool failed() const { return failed_; }

  const Failure &failure() const { return failure_; }

  const Work &work() const { return work_; }

private:
  struct One {
    Worker worker;
    pthread_t handle;
    bool running = false;
  };

  int wanted() const {
    int cores = static_cast<int>(std::thread::hardware_concurrency());
    return std::clamp(settings().workers > 0 ? settings().workers : cores, 1, MOST_WORKERS);
  }

  void start() {
    install_signal_handlers();
    while (static_cast<int>(all_.size()) < wanted()) {
      all_.push_back(std::make_unique<One>());
      One *one = all_.back().get();
      std::thread thread([this, one] { live(*one); });
      one->handle = thread.native_handle();
      thread.detach();
    }
  }

  void live(One &one) {
    become(&one.worker);
    prepare_signals();
    long seen = 0;
    std::unique_lock<std::mutex> guard(mutex_);
    for (;;) {
      wake_.wait(guard, [&] { return round_ != seen && waking_ > 0; });
      seen = round_;
      waking_--;
      one.running = true;
      guard.unlock();
      one.worker.begin(*launch_);
      bool whole = true;
      for (uint64_t number; whole && !failed_ && (number = next_.fetch_add(1)) < launch_->blocks();) {
        whole = one.worker.run((*order_)(number));
      }
      guard.lock();
      one.running = false;
      work_ += one.worker.work;
      if (!whole && (!failed_ || one.worker.fault.signal_code == SI_TKILL)) {
        failed_ = true;
        failure_ = one.worker.failure();
      }
      if (--busy_ == 0) {
        done_.notify_all();
      }
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  std::vector<std::unique_ptr<One>> all_;
  const Launch *launch_ = nullptr;
  const BlockOrder *order_ = nullptr;
  std::atomic<uint64_t> next_{0};
  std::atomic<bool> failed_{false};
  Failure failure_{};
  Work work_;
  long round_ = 0;
  int waking_ = 0;
  int busy_ = 0;
};

Workers &workers() {
  static Workers &all = *new Workers();
  return all;
}

/// A pointer has to be null or of memory that lives, and is the device's or pinned.
void check_pointers(const Launch &launch) {
  for (int i = 0; i < launch.kernel->parameter_count; i++) {
    if (!launch.kernel->parameters[i].pointer) {
      continue;
    }
    auto address = *static_cast<const uintptr_t *>(launch.parameters[i]);
    if (address == 0) {
      continue;
    }
    const Allocation *found = memory().containing(address);
    if (found == nullptr) {
      throw Failure{ILLEGAL_ADDRESS, text("Kernel %s: parameter %d is %#lx, %s", launch.kernel->name, i, address,
                                          memory().describe(address).c_str())};
    }
    if (found->device >= 0 && found->device != launch.device) {
      throw Failure{ILLEGAL_ADDRESS, text("Kernel %s on device %d: parameter %d is memory of device %d",
                                          launch.kernel->name, launch.device, i, found->device)};
    }
  }
}

} // namespace

void Work::operator+=(const Work &other) {
  flops += other.flops;
  copied += other.copied;
  read += other.read;
  written += other.written;
  sectors_read += other.sectors_read;
  sectors_written += other.sectors_written;
}

void run_launch(const Launch &launch) {
  check_pointers(launch);
  bool checked = launch.image->image->checked;
  if (checked) {
    memory().watch_sectors();
  }
  workers().run(launch);
  Work work = workers().work();
  if (checked) {
    memory().count_sectors(work.sectors_read, work.sectors_written);
  }
  Counted &all = counted()[launch.kernel->name];
  all.launches++;
  all.blocks += launch.blocks();
  all.threads += launch.blocks() * launch.threads();
  all.work += work;
  if (workers().failed()) {
    throw workers().failure();
  }
  std::string damage = memory().damaged_margin();
  if (!damage.empty()) {
    throw Failure{ILLEGAL_ADDRESS, text("Kernel %s wrote ", launch.kernel->name) + damage};
  }
}

std::string counters() {
  std::string lines;
  for (const auto &[name, all] : counted()) {
    const Work &work = all.work;
    lines += text("%s %lu %lu %lu %lu %lu %lu %lu %lu %lu\n", name.c_str(), all.launches, all.blocks, all.threads,
                  work.flops, work.copied, work.read, work.written, work.sectors_read, work.sectors_written);
  }
  return lines;
}

void reset_counters() { counted().clear(); }

} // namespace simulated_gpu
