// The driver's state and the way every call of CUDA goes: lock, injected failures, the current context and its sticky error,
// the message of a failure.
#pragma once

#include "objects.h"
#include <mutex>
#include <set>

namespace simulated_gpu {

struct Injection {
  int result;
  long after; ///< calls that still succeed
  bool lose_device;
  int device; ///< calls in contexts of this one alone count; -1 for all
};

struct Pool {
  int device;
  uint64_t release_threshold = 0;
};

struct Driver {
  /// Recursive, as a function of the host that a stream calls may call the driver.
  std::recursive_mutex lock;
  bool initialised = false;
  Registry<Context> contexts;
  Registry<Stream> streams;
  Registry<Event> events;
  Registry<Module> modules;
  Registry<Graph> graphs;
  Registry<ExecutableGraph> executables;
  Registry<Capture> captures;
  Registry<Pool> pools;
  std::map<int, Context *> primaries;
  std::map<int, int> primary_references;
  std::map<int, Pool *> default_pools;
  std::map<int, size_t> used;
  std::map<std::string, Injection> injections;
  std::string message;
  /// What contexts left behind when they were destroyed.
  std::string leaks;
  std::set<std::string> refused;
  /// How often each function was called.
  std::map<std::string, uint64_t> calls;
};

Driver &driver();

/// The calling thread's contexts, the current one last.
std::vector<Context *> &context_stack();

/// Counts a call, and throws what was ordered for it, if anything was.
void inject(const char *call);

/// The calling thread's current context, in working order.
Context &current_context(const char *call);

/// Notes a failure, ends the context if it is of that kind, and gives the code to return.
int failed(const char *call, Context *context, const Failure &failure);

/// A call that needs the driver initialised, but no context.
template <typename Body> int call(const char *name, Body body) {
  std::lock_guard<std::recursive_mutex> guard(driver().lock);
  try {
    inject(name);
    if (!driver().initialised) {
      throw Failure{NOT_INITIALIZED, text("%s before cuInit", name)};
    }
    body();
    return SUCCESS;
  } catch (const Failure &failure) {
    return failed(name, nullptr, failure);
  }
}

/// A call in the current context.
template <typename Body> int in_context(const char *name, Body body) {
  std::lock_guard<std::recursive_mutex> guard(driver().lock);
  Context *context = nullptr;
  try {
    if (!driver().initialised) {
      throw Failure{NOT_INITIALIZED, text("%s before cuInit", name)};
    }
    context = &current_context(name);
    inject(name);
    body(*context);
    return SUCCESS;
  } catch (const Failure &failure) {
    return failed(name, context, failure);
  }
}

} // namespace simulated_gpu
