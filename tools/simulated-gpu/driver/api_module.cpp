// Modules, functions and launches.
#include "export.h"

#include "memory.h"
#include "settings.h"
#include "streams.h"
#include <cstring>
#include <fstream>
#include <sstream>

using namespace simulated_gpu;

EXPORT int cuDeviceGetAttribute(int *value, int which, int device);

namespace {

constexpr int SHARED_WITHOUT_ASKING = 48 << 10;

int device_attribute(const Context &context, int which) {
  int value = 0;
  cuDeviceGetAttribute(&value, which, context.device);
  return value;
}

Function &require_function(const Context &context, void *handle) {
  Function *found = nullptr;
  driver().modules.for_each([&](const Module &module) {
    for (const auto &[name, function] : module.functions) {
      if (function.get() == handle) {
        found = function.get();
      }
    }
  });
  if (found == nullptr) {
    throw Failure{INVALID_HANDLE, text("%p is no function, or its module is unloaded", handle)};
  }
  if (found->module->context != &context) {
    throw Failure{INVALID_HANDLE, text("Kernel %s is of another context", found->kernel->name)};
  }
  return *found;
}

void load(Context &context, Module **module, const void *image) {
  require_value(image, "cuModuleLoadData");
  auto made = std::make_unique<Module>();
  made->context = &context;
  made->image = load_image(image, settings().architecture);
  for (const Kernel *kernel = made->image->image->kernels; kernel != nullptr; kernel = kernel->next) {
    made->functions[kernel->name] =
        std::make_unique<Function>(Function{kernel, made.get(), SHARED_WITHOUT_ASKING});
  }
  *module = driver().modules.add(std::move(made));
}

void require_limit(const Launch &launch, const char *what, unsigned long long value, unsigned long long most) {
  if (value == 0 || value > most) {
    throw Failure{INVALID_VALUE, text("Kernel %s: %s %llu, allowed are 1 to %llu", launch.kernel->name, what, value, most)};
  }
}

/// The launch's parameters, copied: the caller's may change when the call returns.
void take_parameters(Launch &launch, void *const *parameters, void *const *extra) {
  const Kernel &kernel = *launch.kernel;
  size_t slots = 0;
  size_t bytes = 0;
  for (int i = 0; i < kernel.parameter_count; i++) {
    size_t size = kernel.parameters[i].size;
    slots += (size + 7) / 8;
    bytes = (bytes + size - 1) / size * size + size;
  }
  const char *packed = nullptr;
  if (parameters == nullptr && extra != nullptr) {
    size_t given = 0;
    for (; *extra != nullptr; extra += 2) {
      auto key = reinterpret_cast<uintptr_t>(*extra);
      if (key == 1) {
        packed = static_cast<const char *>(extra[1]);
      } else if (key == 2) {
        given = *static_cast<const size_t *>(extra[1]);
      }
    }
    if (given != bytes) {
      throw Failure{INVALID_VALUE, text("Kernel %s takes %zu bytes of parameters, not %zu", kernel.name, bytes, given)};
    }
  }
  if (kernel.parameter_count > 0 && parameters == nullptr && packed == nullptr) {
    throw Failure{INVALID_VALUE, text("Kernel %s takes %d parameters, none are given", kernel.name, kernel.parameter_count)};
  }
  launch.values.resize(slots);
  size_t slot = 0;
  size_t offset = 0;
  for (int i = 0; i < kernel.parameter_count; i++) {
    size_t size = kernel.parameters[i].size;
    const void *source = nullptr;
    if (packed != nullptr) {
      offset = (offset + size - 1) / size * size;
      source = packed + offset;
      offset += size;
    } else {
      source = parameters[i];
    }
    require_value(source, kernel.name);
    void *target = &launch.values[slot];
    memcpy(target, source, size);
    launch.parameters.push_back(target);
    slot += (size + 7) / 8;
  }
}

} // namespace

EXPORT int cuModuleLoadData(Module **module, const void *image) {
  return in_context(__func__, [&](Context &context) { load(context, module, image); });
}

EXPORT int cuModuleLoadDataEx(Module **module, const void *image, unsigned, void *, void *) {
  return in_context(__func__, [&](Context &context) { load(context, module, image); });
}

EXPORT int cuModuleLoad(Module **module, const char *path) {
  return in_context(__func__, [&](Context &context) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
      throw Failure{FILE_NOT_FOUND, text("%s cannot be read", path)};
    }
    std::ostringstream bytes;
    bytes << file.rdbuf();
    load(context, module, bytes.str().data());
  });
}

EXPORT int cuModuleUnload(void *module) {
  return in_context(__func__, [&](Context &context) {
    driver().modules.require(module, "module");
    drain_all(context);
    driver().modules.remove(module);
  });
}

EXPORT int cuModuleGetFunction(Function **function, void *module, const char *name) {
  return in_context(__func__, [&](Context &) {
    auto &functions = driver().modules.require(module, "module")->functions;
    auto found = functions.find(name);
    if (found == functions.end()) {
      throw Failure{NOT_FOUND, text("The module has no kernel %s", name)};
    }
    *function = found->second.get();
  });
}

EXPORT int cuFuncGetModule(Module **module, void *function) {
  return in_context(__func__,
                    [&](Context &context) { *module = require_function(context, function).module; });
}

EXPORT int cuFuncGetAttribute(int *value, int which, void *handle) {
  return in_context(__func__, [&](Context &context) {
    Function &function = require_function(context, handle);
    switch (which) {
    case 0: // threads of a block at most
      *value = function.kernel->threads;
      break;
    case 4: // registers: any that let all threads run
      *value = 32;
      break;
    case 5: // version of PTX and of the binary
    case 6:
      *value = settings().architecture;
      break;
    case 8:
      *value = function.shared_limit;
      break;
    default: // static shared memory is not known by kernel; constants and local memory there are none
      *value = 0;
      break;
    }
  });
}

EXPORT int cuFuncSetAttribute(void *handle, int which, int value) {
  return in_context(__func__, [&](Context &context) {
    Function &function = require_function(context, handle);
    switch (which) {
    case 8: { // dynamic shared memory at most
      int most = device_attribute(context, 97);
      if (value < 0 || value > most) {
        throw Failure{INVALID_VALUE, text("Kernel %s wants %d bytes of dynamic shared memory, a block has at most %d",
                                          function.kernel->name, value, most)};
      }
      function.shared_limit = value;
      break;
    }
    case 9: // how much of the cache becomes shared memory: a wish
      break;
    default:
      throw Failure{INVALID_VALUE, text("cuFuncSetAttribute: attribute %d cannot be set", which)};
    }
  });
}

EXPORT int cuFuncSetCacheConfig(void *handle, int) {
  return in_context(__func__, [&](Context &context) { require_function(context, handle); });
}

EXPORT int cuFuncGetParamInfo(void *handle, size_t index, size_t *offset, size_t *size) {
  return in_context(__func__, [&](Context &context) {
    const Kernel &kernel = *require_function(context, handle).kernel;
    if (index >= static_cast<size_t>(kernel.parameter_count)) {
      throw Failure{INVALID_VALUE, text("Kernel %s has %d parameters", kernel.name, kernel.parameter_count)};
    }
    size_t at = 0;
    for (size_t i = 0; i <= index; i++) {
      size_t bytes = kernel.parameters[i].size;
      at = (at + bytes - 1) / bytes * bytes;
      *offset = at;
      at += bytes;
    }
    if (size != nullptr) {
      *size = kernel.parameters[index].size;
    }
  });
}

EXPORT int cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int *blocks, void *handle, int threads, size_t shared,
                                                                unsigned) {
  return in_context(__func__, [&](Context &context) {
    require_function(context, handle);
    if (threads <= 0) {
      throw Failure{INVALID_VALUE, "cuOccupancyMaxActiveBlocksPerMultiprocessor: a block has threads"};
    }
    int by_threads = device_attribute(context, 39) / threads;
    size_t whole = shared + static_cast<size_t>(device_attribute(context, 111));
    size_t by_shared = whole == 0 ? 16 : static_cast<size_t>(device_attribute(context, 81)) / whole;
    *blocks = std::min({by_threads, static_cast<int>(std::min<size_t>(by_shared, 16)), 16});
  });
}

EXPORT int cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, void *handle, int threads, size_t shared) {
  return cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(blocks, handle, threads, shared, 0);
}

EXPORT int cuLaunchKernel(void *handle, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
                          unsigned block_y, unsigned block_z, unsigned shared, void *stream, void **parameters,
                          void **extra) {
  return in_context(__func__, [&](Context &context) {
    Function &function = require_function(context, handle);
    Stream &queue = stream_of(context, stream);
    auto launch = std::make_shared<Launch>();
    launch->kernel = function.kernel;
    launch->image = function.module->image;
    launch->grid = {grid_x, grid_y, grid_z};
    launch->block = {block_x, block_y, block_z};
    launch->shared_bytes = shared;
    launch->device = context.device;
    require_limit(*launch, "blocks in x", grid_x, 0x7fffffff);
    require_limit(*launch, "blocks in y", grid_y, 65535);
    require_limit(*launch, "blocks in z", grid_z, 65535);
    require_limit(*launch, "threads in x", block_x, 1024);
    require_limit(*launch, "threads in y", block_y, 1024);
    require_limit(*launch, "threads in z", block_z, 64);
    require_limit(*launch, "threads of a block", 1ull * block_x * block_y * block_z, 1024);
    if (launch->threads() > static_cast<unsigned>(function.kernel->threads)) {
      throw Failure{INVALID_VALUE, text("Kernel %s: a block has %u threads, its launch bounds say at most %d",
                                        function.kernel->name, launch->threads(), function.kernel->threads)};
    }
    if (shared > static_cast<unsigned>(function.shared_limit)) {
      throw Failure{INVALID_VALUE, text("Kernel %s: %u bytes of dynamic shared memory, allowed are %d",
                                        function.kernel->name, shared, function.shared_limit)};
    }
    take_parameters(*launch, parameters, extra);
    enqueue(queue, {function.kernel->name, [launch] { run_launch(*launch); }});
  });
}
