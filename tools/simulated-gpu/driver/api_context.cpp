// Contexts: a device's primary one and others, and which one is current in a thread.
#include "export.h"

#include "contexts.h"
#include "streams.h"

using namespace simulated_gpu;

EXPORT int cuCtxCreate_v2(Context **context, unsigned flags, int device) {
  return call(__func__, [&] {
    *context = make_context(device, flags, false);
    context_stack().push_back(*context);
  });
}

EXPORT int cuCtxDestroy_v2(Context *context) {
  return call(__func__, [&] {
    if (driver().contexts.require(context, "context")->primary) {
      throw Failure{INVALID_CONTEXT, "A primary context is released, not destroyed"};
    }
    destroy_context(context);
    auto &stack = context_stack();
    if (!stack.empty() && stack.back() == context) {
      stack.pop_back();
    }
  });
}

EXPORT int cuDevicePrimaryCtxRetain(Context **context, int device) {
  return call(__func__, [&] {
    auto &primaries = driver().primaries;
    if (primaries.count(device) == 0) {
      primaries[device] = make_context(device, 0, true);
    }
    driver().primary_references[device]++;
    *context = primaries[device];
  });
}

EXPORT int cuDevicePrimaryCtxRelease_v2(int device) {
  return call(__func__, [&] {
    auto found = driver().primaries.find(device);
    if (found == driver().primaries.end()) {
      throw Failure{INVALID_CONTEXT, text("The primary context of device %d is released more often than retained", device)};
    }
    if (--driver().primary_references[device] == 0) {
      Context *context = found->second;
      driver().primaries.erase(found);
      destroy_context(context);
    }
  });
}

EXPORT int cuDevicePrimaryCtxReset_v2(int device) {
  return call(__func__, [&] {
    auto found = driver().primaries.find(device);
    if (found != driver().primaries.end()) {
      Context *context = found->second;
      driver().primaries.erase(found);
      driver().primary_references[device] = 0;
      destroy_context(context);
    }
  });
}

EXPORT int cuDevicePrimaryCtxGetState(int device, unsigned *flags, int *active) {
  return call(__func__, [&] {
    auto found = driver().primaries.find(device);
    *active = found != driver().primaries.end();
    *flags = *active != 0 ? found->second->flags : 0;
  });
}

EXPORT int cuDevicePrimaryCtxSetFlags_v2(int device, unsigned flags) {
  return call(__func__, [&] {
    auto found = driver().primaries.find(device);
    if (found == driver().primaries.end()) {
      throw Failure{NOT_SUPPORTED, "The simulation takes flags of a primary context only once it is retained"};
    }
    found->second->flags = flags;
  });
}

EXPORT int cuCtxSetCurrent(Context *context) {
  return call(__func__, [&] {
    auto &stack = context_stack();
    if (!stack.empty()) {
      stack.pop_back();
    }
    if (context != nullptr) {
      stack.push_back(driver().contexts.require(context, "context"));
    }
  });
}

EXPORT int cuCtxPushCurrent_v2(Context *context) {
  return call(__func__, [&] { context_stack().push_back(driver().contexts.require(context, "context")); });
}

EXPORT int cuCtxPopCurrent_v2(Context **context) {
  return call(__func__, [&] {
    auto &stack = context_stack();
    if (stack.empty()) {
      throw Failure{INVALID_CONTEXT, "No context is current in this thread"};
    }
    if (context != nullptr) {
      *context = stack.back();
    }
    stack.pop_back();
  });
}

EXPORT int cuCtxGetCurrent(Context **context) {
  return call(__func__, [&] { *context = context_stack().empty() ? nullptr : context_stack().back(); });
}

EXPORT int cuCtxGetDevice(int *device) {
  return in_context(__func__, [&](Context &context) { *device = context.device; });
}

EXPORT int cuCtxGetFlags(unsigned *flags) {
  return in_context(__func__, [&](Context &context) { *flags = context.flags; });
}

EXPORT int cuCtxGetApiVersion(Context *context, unsigned *version) {
  return call(__func__, [&] {
    driver().contexts.require(context, "context");
    *version = 3020;
  });
}

EXPORT int cuCtxGetStreamPriorityRange(int *least, int *greatest) {
  return in_context(__func__, [&](Context &) {
    *least = 0;
    *greatest = -5;
  });
}

EXPORT int cuCtxSynchronize() {
  return in_context(__func__, [&](Context &context) {
    refuse_in_capture("cuCtxSynchronize");
    drain_all(context);
  });
}
