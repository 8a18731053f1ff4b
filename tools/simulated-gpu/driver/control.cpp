// What tests ask of the simulation beside CUDA's own interface. Text goes in and out, so that Java needs three functions.
#include "export.h"

#include "contexts.h"
#include "launch.h"
#include "settings.h"
#include <cstdlib>
#include <cstring>

using namespace simulated_gpu;

namespace {

/// "cuMemAlloc_v2 2 after 3 device -1" fails the fourth call from now; "cuLaunchKernel 719 after 0 device 1 lost" the next one
/// in a context of device 1, and ends that context.
void order_failure(const std::string &order) {
  char call[80];
  char lost[8] = "";
  Injection injection{};
  if (sscanf(order.c_str(), "%79s %d after %ld device %d %7s", call, &injection.result, &injection.after,
             &injection.device, lost) < 4) {
    throw Failure{INVALID_VALUE, "No order for a failure: " + order};
  }
  injection.lose_device = strcmp(lost, "lost") == 0;
  driver().injections[call] = injection;
}

std::string answer(const std::string &question) {
  if (question == "message") {
    return driver().message;
  }
  if (question == "leaks") {
    return driver().leaks;
  }
  if (question == "holdings") {
    std::string all;
    driver().contexts.for_each([&](const Context &context) { all += holdings(context); });
    return all;
  }
  if (question == "counters") {
    return counters();
  }
  if (question == "calls") {
    std::string all;
    for (const auto &[name, count] : driver().calls) {
      all += text("%s %lu\n", name.c_str(), count);
    }
    return all;
  }
  if (question == "refused") {
    std::string all;
    for (const std::string &name : driver().refused) {
      all += name + "\n";
    }
    return all;
  }
  throw Failure{INVALID_VALUE, "The simulation has no answer to " + question};
}

} // namespace

/// Sets something: see Settings; or "fail" with an order. 0 if it is understood.
EXPORT int simulated_gpu_set(const char *key, const char *value) {
  std::lock_guard<std::recursive_mutex> guard(driver().lock);
  try {
    if (strcmp(key, "fail") == 0) {
      order_failure(value);
    } else if (!set(key, value)) {
      throw Failure{INVALID_VALUE, text("No setting %s=%s", key, value)};
    }
    return SUCCESS;
  } catch (const Failure &failure) {
    return failed("simulated_gpu_set", nullptr, failure);
  }
}

/// Writes an answer as UTF-8 with a zero behind it; returns the bytes it needs, without the zero, or -1.
EXPORT long simulated_gpu_ask(const char *question, char *buffer, long capacity) {
  std::lock_guard<std::recursive_mutex> guard(driver().lock);
  try {
    std::string all = answer(question);
    if (capacity > 0) {
      snprintf(buffer, static_cast<size_t>(capacity), "%s", all.c_str());
    }
    return static_cast<long>(all.size());
  } catch (const Failure &failure) {
    failed("simulated_gpu_ask", nullptr, failure);
    return -1;
  }
}

/// Ends all contexts, forgets orders, messages and counters, and sets everything as it was at the beginning.
EXPORT void simulated_gpu_reset() {
  std::lock_guard<std::recursive_mutex> guard(driver().lock);
  std::vector<Context *> contexts;
  driver().contexts.for_each([&](Context &context) { contexts.push_back(&context); });
  for (Context *context : contexts) {
    destroy_context(context);
  }
  driver().primaries.clear();
  driver().primary_references.clear();
  driver().injections.clear();
  driver().message.clear();
  driver().leaks.clear();
  driver().refused.clear();
  driver().calls.clear();
  reset_counters();
  reset_settings();
}

namespace {

/// The environment's settings hold from the beginning.
[[maybe_unused]] const bool prepared = [] {
  reset_settings();
  return true;
}();

} // namespace
