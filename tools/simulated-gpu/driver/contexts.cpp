#include "contexts.h"

#include "memory.h"
#include "settings.h"
#include "streams.h"

namespace simulated_gpu {

namespace {

template <typename T> void count(std::string &lines, const Registry<T> &registry, const Context &context, const char *kind) {
  int number = 0;
  registry.for_each([&](const T &one) { number += one.context == &context; });
  if (number > 0) {
    lines += text("%d %s\n", number, kind);
  }
}

} // namespace

Context *make_context(int device, unsigned flags, bool primary) {
  if (device < 0 || device >= settings().devices) {
    throw Failure{INVALID_DEVICE, text("There is no device %d, there are %d", device, settings().devices)};
  }
  auto context = std::make_unique<Context>();
  context->device = device;
  context->flags = flags;
  context->primary = primary;
  context->legacy = std::make_unique<Stream>();
  context->legacy->context = context.get();
  context->legacy->legacy = true;
  return driver().contexts.add(std::move(context));
}

std::string holdings(const Context &context) {
  std::string lines;
  memory().for_each([&](const Allocation &one) {
    if (one.context == &context) {
      lines += text("allocation %ld of %zu bytes (%s)\n", one.number, one.bytes, one.call);
    }
  });
  count(lines, driver().streams, context, "streams");
  count(lines, driver().events, context, "events");
  count(lines, driver().modules, context, "modules");
  count(lines, driver().executables, context, "executable graphs");
  return lines;
}

void destroy_context(Context *context) {
  // Work that nobody waited for is done on a card, too; what it fails with, nobody asks for any more.
  try {
    drain_all(*context);
  } catch (const Failure &failure) {
    driver().message = failure.message;
  }
  std::string left = holdings(*context);
  // After an error that ends a context nothing can be given back, so nothing is missed.
  if (!left.empty() && context->sticky == SUCCESS) {
    driver().leaks += text("context of device %d:\n", context->device) + left;
  }
  std::vector<const Allocation *> allocations;
  memory().for_each([&](const Allocation &one) {
    if (one.context == context) {
      allocations.push_back(&one);
    }
  });
  for (const Allocation *one : allocations) {
    if (one->device >= 0) {
      driver().used[one->device] -= one->bytes;
    }
    memory().release(one);
  }
  auto belongs = [&](const auto &one) { return one.context == context; };
  driver().captures.remove_if([&](const Capture &capture) { return capture.origin->context == context; });
  driver().streams.remove_if(belongs);
  driver().events.remove_if(belongs);
  driver().modules.remove_if(belongs);
  driver().executables.remove_if(belongs);
  driver().contexts.remove(context);
}

} // namespace simulated_gpu
