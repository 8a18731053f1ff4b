// What can be set about the simulation, by the environment's SIMULATED_GPU ("devices=2,memory=16G") or while it runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace simulated_gpu {

/// In which order blocks, the threads of a block, and the nodes of a graph run where CUDA leaves it open.
enum class Order { Forward, Backward, Shuffled };

struct Settings {
  int devices = 1;
  std::string name = "Simulated GPU";
  /// Bytes of each device.
  size_t memory = size_t{8} << 30;
  /// 90 for compute capability 9.0.
  int architecture = 90;
  int multiprocessors = 16;
  /// 12060 for CUDA 12.6.
  int driver = 12060;
  bool pools = true;

  Order order = Order::Forward;
  uint64_t seed = 1;
  /// Streams run as late as possible: when somebody waits for them. Otherwise at once.
  bool lazy = false;
  /// Allocations begin at the beginning of a page, so that the guard page before them catches what underflows.
  bool guard_before = false;
  /// New memory is filled with signalling NaNs.
  bool poison = true;
  int workers = 0; ///< threads that run blocks; 0: one for each core
  int timeout_seconds = 120;
};

Settings &settings();

/// False if there is no such key or the value is none for it.
bool set(const std::string &key, const std::string &value);

/// Back to what the environment says.
void reset_settings();

} // namespace simulated_gpu
