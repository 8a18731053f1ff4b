// What the driver hands out: contexts, streams, events, modules, functions, graphs. A handle is the object's address; the
// registry knows which live, so that a stale handle is an error and not a crash.
#pragma once

#include "launch.h"
#include "result.h"
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace simulated_gpu {

struct Stream;
struct Capture;

struct Context {
  int device;
  unsigned flags;
  bool primary;
  std::unique_ptr<Stream> legacy;
  /// The error after which nothing works any more; SUCCESS before.
  int sticky = SUCCESS;
  std::string sticky_message;
};

/// A piece of work in a stream.
struct Operation {
  const char *what;
  std::function<void()> run;
};

struct Stream {
  Context *context;
  unsigned flags;
  int priority = 0;
  bool legacy = false;
  std::deque<Operation> queue;
  /// Operations that were ever put in, and that were taken out.
  uint64_t queued = 0;
  uint64_t done = 0;
  Capture *capture = nullptr;
  /// In a capture: the nodes that the next one comes after.
  std::vector<int> heads;
};

/// What has to be done before an event has happened.
struct Mark {
  Stream *stream = nullptr;
  uint64_t position = 0;
  std::chrono::steady_clock::time_point time;
  bool happened = false;
};

struct Event {
  Context *context;
  unsigned flags;
  std::shared_ptr<Mark> mark;
  /// Recorded in a capture: no event outside of it.
  Capture *capture = nullptr;
  std::vector<int> heads;
};

struct Function {
  const Kernel *kernel;
  struct Module *module;
  int shared_limit;
};

struct Module {
  Context *context;
  const LoadedImage *image;
  std::map<std::string, std::unique_ptr<Function>> functions;
};

struct Node {
  Operation operation;
  std::vector<int> after;
};

struct Graph {
  std::vector<Node> nodes;
};

struct ExecutableGraph {
  Context *context;
  std::shared_ptr<const std::vector<Node>> nodes;
};

/// A recording in progress.
struct Capture {
  Stream *origin;
  int mode;
  std::thread::id thread;
  std::unique_ptr<Graph> graph;
  std::vector<Stream *> streams;
  bool invalid = false;
};

/// Objects of a kind by handle.
template <typename T> class Registry {
public:
  T *add(std::unique_ptr<T> object) {
    T *handle = object.get();
    live_.emplace(handle, std::move(object));
    return handle;
  }

  T *require(const void *handle, const char *kind) const {
    auto found = live_.find(handle);
    if (found == live_.end()) {
      throw Failure{INVALID_HANDLE, text("%p is no %s, or none any more", handle, kind)};
    }
    return found->second.get();
  }

  bool has(const void *handle) const { return live_.count(handle) != 0; }

  void remove(const void *handle) { live_.erase(handle); }

  template <typename Condition> void remove_if(Condition condition) {
    for (auto at = live_.begin(); at != live_.end();) {
      at = condition(*at->second) ? live_.erase(at) : std::next(at);
    }
  }

  template <typename Visit> void for_each(Visit visit) const {
    for (const auto &entry : live_) {
      visit(*entry.second);
    }
  }

private:
  std::unordered_map<const void *, std::unique_ptr<T>> live_;
};

} // namespace simulated_gpu
