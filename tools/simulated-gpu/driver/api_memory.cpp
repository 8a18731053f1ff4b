// Memory: of the device, at once and in the order of a stream; of the host, pinned; copies and fills.
#include "export.h"

#include "memory.h"
#include "settings.h"
#include "streams.h"
#include <cstring>
#include <sys/mman.h>

using namespace simulated_gpu;

namespace {

constexpr size_t PAGE = 4096;

size_t free_bytes(const Context &context) {
  size_t used = driver().used[context.device];
  return settings().memory > used ? settings().memory - used : 0;
}

const Allocation *allocate(Context &context, size_t bytes, const char *call) {
  if (bytes == 0) {
    throw Failure{INVALID_VALUE, text("%s of 0 bytes", call)};
  }
  if (bytes > free_bytes(context)) {
    throw Failure{OUT_OF_MEMORY, text("%s: %zu bytes wanted, %zu of %zu are free", call, bytes, free_bytes(context),
                                      settings().memory)};
  }
  const Allocation *made = memory().allocate(&context, context.device, bytes, call);
  driver().used[context.device] += bytes;
  return made;
}

void release(const Allocation *allocation) {
  if (allocation->device >= 0) {
    driver().used[allocation->device] -= allocation->bytes;
  }
  memory().release(allocation);
}

/// A range of a device's memory, or pinned memory of the host, in one allocation.
char *require_range(Context &context, Address address, size_t bytes, const char *call) {
  const Allocation *found = memory().containing(address);
  if (found == nullptr || address + bytes > found->end()) {
    throw Failure{INVALID_VALUE, text("%s: %zu bytes from %#llx, which is %s", call, bytes, address,
                                      memory().describe(address).c_str())};
  }
  if (found->device >= 0 && found->device != context.device) {
    throw Failure{INVALID_VALUE, text("%s: memory of device %d in a context of device %d", call, found->device,
                                      context.device)};
  }
  return reinterpret_cast<char *>(address);
}

bool is_pinned(const void *host) {
  const Allocation *found = memory().containing(reinterpret_cast<uintptr_t>(host));
  return found != nullptr && found->device < 0;
}

/// As memset, but whole pages of zeros are given back: they are zero when they are next touched.
void fill_bytes(char *target, unsigned char value, size_t bytes) {
  constexpr size_t WORTH_IT = size_t{4} << 20;
  auto begin = reinterpret_cast<uintptr_t>(target);
  uintptr_t first = (begin + PAGE - 1) / PAGE * PAGE;
  uintptr_t last = (begin + bytes) / PAGE * PAGE;
  if (value == 0 && bytes >= WORTH_IT && memory().is_simulated(begin)) {
    memset(target, 0, first - begin);
    madvise(reinterpret_cast<void *>(first), last - first, MADV_DONTNEED);
    memset(reinterpret_cast<void *>(last), 0, begin + bytes - last);
    return;
  }
  memset(target, value, bytes);
}

template <typename T> void fill(Stream &stream, Context &context, Address address, T value, size_t count, const char *call) {
  char *target = require_range(context, address, count * sizeof(T), call);
  if (address % sizeof(T) != 0) {
    throw Failure{INVALID_VALUE, text("%s: the address is no multiple of %zu", call, sizeof(T))};
  }
  enqueue(stream, {call, [target, value, count] {
                     if constexpr (sizeof(T) == 1) {
                       fill_bytes(target, value, count);
                     } else {
                       for (size_t i = 0; i < count; i++) {
                         memcpy(target + i * sizeof(T), &value, sizeof(T));
                       }
                     }
                   }});
}

void copy(Stream &stream, void *to, const void *from, size_t bytes, const char *call) {
  enqueue(stream, {call, [to, from, bytes] { memmove(to, from, bytes); }});
}

/// A copy from the host: pageable memory may change when the call returns, so it is read now.
void copy_from_host(Stream &stream, char *to, const void *host, size_t bytes, const char *call) {
  if (is_pinned(host)) {
    copy(stream, to, host, bytes, call);
    return;
  }
  if (stream.capture != nullptr) {
    stream.capture->invalid = true;
    throw Failure{STREAM_CAPTURE_UNSUPPORTED, text("%s of pageable memory cannot be recorded", call)};
  }
  auto staged = std::make_shared<std::string>(static_cast<const char *>(host), bytes);
  enqueue(stream, {call, [to, staged] { memcpy(to, staged->data(), staged->size()); }});
}

/// A copy to the host: pageable memory has it when the call returns.
void copy_to_host(Stream &stream, void *host, const char *from, size_t bytes, const char *call) {
  if (!is_pinned(host) && stream.capture != nullptr) {
    stream.capture->invalid = true;
    throw Failure{STREAM_CAPTURE_UNSUPPORTED, text("%s to pageable memory cannot be recorded", call)};
  }
  copy(stream, host, from, bytes, call);
  if (!is_pinned(host)) {
    drain(stream);
  }
}

/// Calls that wait for the device cannot be made while something is recorded.
template <typename Body> int at_once(const char *name, Body body) {
  return in_context(name, [&](Context &context) {
    refuse_in_capture(name);
    body(context, *context.legacy);
  });
}

template <typename Body> int in_stream(const char *name, void *handle, Body body) {
  return in_context(name, [&](Context &context) { body(context, stream_of(context, handle)); });
}

void free_later(Context &context, Stream &stream, Address address) {
  const Allocation *allocation = memory().require(address, INVALID_VALUE, "cuMemFreeAsync");
  if (allocation->context != &context) {
    throw Failure{INVALID_VALUE, "cuMemFreeAsync: memory of another context"};
  }
  if (stream.capture != nullptr) {
    throw Failure{NOT_SUPPORTED, "The simulation records no cuMemFreeAsync"};
  }
  allocation->leaving = true;
  enqueue(stream, {"cuMemFreeAsync", [allocation] { release(allocation); }});
}

} // namespace

EXPORT int cuMemGetInfo_v2(size_t *free, size_t *total) {
  return in_context(__func__, [&](Context &context) {
    *free = free_bytes(context);
    *total = settings().memory;
  });
}

EXPORT int cuMemAlloc_v2(Address *address, size_t bytes) {
  return in_context(__func__, [&](Context &context) {
    refuse_in_capture("cuMemAlloc");
    *address = allocate(context, bytes, "cuMemAlloc")->begin;
  });
}

EXPORT int cuMemFree_v2(Address address) {
  return in_context(__func__, [&](Context &context) {
    refuse_in_capture("cuMemFree");
    if (address == 0) {
      return;
    }
    const Allocation *allocation = memory().require(address, INVALID_VALUE, "cuMemFree");
    drain_all(context);
    release(allocation);
  });
}

EXPORT int cuMemAllocAsync(Address *address, size_t bytes, void *stream) {
  return in_stream(__func__, stream, [&](Context &context, Stream &queue) {
    if (!settings().pools) {
      throw Failure{NOT_SUPPORTED, "The simulation was told to have no memory pools"};
    }
    if (queue.capture != nullptr) {
      throw Failure{NOT_SUPPORTED, "The simulation records no cuMemAllocAsync"};
    }
    // The memory is there from now on, which is earlier than it has to be; what was freed in the stream counts as free.
    if (bytes > free_bytes(context)) {
      drain(queue);
    }
    *address = allocate(context, bytes, "cuMemAllocAsync")->begin;
  });
}

EXPORT int cuMemFreeAsync(Address address, void *stream) {
  return in_stream(__func__, stream,
                   [&](Context &context, Stream &queue) { free_later(context, queue, address); });
}

EXPORT int cuMemGetAddressRange_v2(Address *begin, size_t *bytes, Address address) {
  return in_context(__func__, [&](Context &) {
    const Allocation *found = memory().containing(address);
    if (found == nullptr) {
      throw Failure{NOT_FOUND, "cuMemGetAddressRange: " + memory().describe(address)};
    }
    *begin = found->begin;
    *bytes = found->bytes;
  });
}

EXPORT int cuPointerGetAttribute(void *value, int which, Address address) {
  return call(__func__, [&] {
    const Allocation *found = memory().containing(address);
    if (found == nullptr) {
      throw Failure{INVALID_VALUE, "cuPointerGetAttribute: " + memory().describe(address)};
    }
    switch (which) {
    case 1: // context
      memcpy(value, &found->context, sizeof found->context);
      break;
    case 2: { // CU_MEMORYTYPE_HOST, CU_MEMORYTYPE_DEVICE
      int type = found->device < 0 ? 1 : 2;
      memcpy(value, &type, sizeof type);
      break;
    }
    case 9: // ordinal
      memcpy(value, &found->device, sizeof found->device);
      break;
    default:
      throw Failure{NOT_SUPPORTED, text("cuPointerGetAttribute: the simulation does not know attribute %d", which)};
    }
  });
}

EXPORT int cuMemHostAlloc(void **pointer, size_t bytes, unsigned flags) {
  (void)flags;
  return in_context(__func__, [&](Context &context) {
    refuse_in_capture("cuMemHostAlloc");
    *pointer = reinterpret_cast<void *>(memory().allocate(&context, -1, bytes, "cuMemHostAlloc")->begin);
  });
}

EXPORT int cuMemAllocHost_v2(void **pointer, size_t bytes) { return cuMemHostAlloc(pointer, bytes, 0); }

EXPORT int cuMemFreeHost(void *pointer) {
  return in_context(__func__, [&](Context &context) {
    const Allocation *allocation =
        memory().require(reinterpret_cast<uintptr_t>(pointer), INVALID_VALUE, "cuMemFreeHost");
    drain_all(context);
    release(allocation);
  });
}

EXPORT int cuMemHostRegister_v2(void *pointer, size_t bytes, unsigned flags) {
  (void)flags;
  return in_context(__func__, [&](Context &context) {
    memory().add_registered(&context, reinterpret_cast<uintptr_t>(pointer), bytes, "cuMemHostRegister");
  });
}

EXPORT int cuMemHostUnregister(void *pointer) {
  return in_context(__func__, [&](Context &context) {
    const Allocation *allocation = memory().require(reinterpret_cast<uintptr_t>(pointer), HOST_MEMORY_NOT_REGISTERED,
                                                    "cuMemHostUnregister");
    drain_all(context);
    release(allocation);
  });
}

EXPORT int cuMemHostGetDevicePointer_v2(Address *address, void *pointer, unsigned flags) {
  (void)flags;
  return in_context(__func__, [&](Context &) {
    if (!is_pinned(pointer)) {
      throw Failure{INVALID_VALUE, "cuMemHostGetDevicePointer of memory that is not pinned"};
    }
    *address = reinterpret_cast<Address>(pointer);
  });
}

EXPORT int cuMemHostGetFlags(unsigned *flags, void *pointer) {
  return in_context(__func__, [&](Context &) {
    if (!is_pinned(pointer)) {
      throw Failure{INVALID_VALUE, "cuMemHostGetFlags of memory that is not pinned"};
    }
    *flags = 0;
  });
}

EXPORT int cuMemcpyHtoD_v2(Address to, const void *from, size_t bytes) {
  return at_once(__func__, [&](Context &context, Stream &legacy) {
    copy(legacy, require_range(context, to, bytes, "cuMemcpyHtoD"), from, bytes, "cuMemcpyHtoD");
  });
}

EXPORT int cuMemcpyDtoH_v2(void *to, Address from, size_t bytes) {
  return at_once(__func__, [&](Context &context, Stream &legacy) {
    copy(legacy, to, require_range(context, from, bytes, "cuMemcpyDtoH"), bytes, "cuMemcpyDtoH");
  });
}

EXPORT int cuMemcpyDtoD_v2(Address to, Address from, size_t bytes) {
  return at_once(__func__, [&](Context &context, Stream &legacy) {
    copy(legacy, require_range(context, to, bytes, "cuMemcpyDtoD"), require_range(context, from, bytes, "cuMemcpyDtoD"),
         bytes, "cuMemcpyDtoD");
  });
}

EXPORT int cuMemcpyHtoDAsync_v2(Address to, const void *from, size_t bytes, void *stream) {
  return in_stream(__func__, stream, [&](Context &context, Stream &queue) {
    copy_from_host(queue, require_range(context, to, bytes, "cuMemcpyHtoDAsync"), from, bytes, "cuMemcpyHtoDAsync");
  });
}

EXPORT int cuMemcpyDtoHAsync_v2(void *to, Address from, size_t bytes, void *stream) {
  return in_stream(__func__, stream, [&](Context &context, Stream &queue) {
    copy_to_host(queue, to, require_range(context, from, bytes, "cuMemcpyDtoHAsync"), bytes, "cuMemcpyDtoHAsync");
  });
}

EXPORT int cuMemcpyDtoDAsync_v2(Address to, Address from, size_t bytes, void *stream) {
  return in_stream(__func__, stream, [&](Context &context, Stream &queue) {
    copy(queue, require_range(context, to, bytes, "cuMemcpyDtoDAsync"),
         require_range(context, from, bytes, "cuMemcpyDtoDAsync"), bytes, "cuMemcpyDtoDAsync");
  });
}

// Addresses of host and device differ, so these two find out by themselves what they copy.
EXPORT int cuMemcpy(Address to, Address from, size_t bytes) {
  return at_once(__func__, [&](Context &, Stream &legacy) {
    copy(legacy, reinterpret_cast<void *>(to), reinterpret_cast<const void *>(from), bytes, "cuMemcpy");
  });
}

EXPORT int cuMemcpyAsync(Address to, Address from, size_t bytes, void *stream) {
  return in_stream(__func__, stream, [&](Context &, Stream &queue) {
    if (memory().containing(from) == nullptr) {
      copy_from_host(queue, reinterpret_cast<char *>(to), reinterpret_cast<const void *>(from), bytes, "cuMemcpyAsync");
    } else {
      copy_to_host(queue, reinterpret_cast<void *>(to), reinterpret_cast<const char *>(from), bytes, "cuMemcpyAsync");
    }
  });
}

EXPORT int cuMemsetD8_v2(Address address, unsigned char value, size_t count) {
  return at_once(__func__, [&](Context &context, Stream &legacy) {
    fill(legacy, context, address, value, count, "cuMemsetD8");
  });
}

EXPORT int cuMemsetD16_v2(Address address, unsigned short value, size_t count) {
  return at_once(__func__, [&](Context &context, Stream &legacy) {
    fill(legacy, context, address, value, count, "cuMemsetD16");
  });
}

EXPORT int cuMemsetD32_v2(Address address, unsigned value, size_t count) {
  return at_once(__func__, [&](Context &context, Stream &legacy) {
    fill(legacy, context, address, value, count, "cuMemsetD32");
  });
}

EXPORT int cuMemsetD8Async(Address address, unsigned char value, size_t count, void *stream) {
  return in_stream(__func__, stream, [&](Context &context, Stream &queue) {
    fill(queue, context, address, value, count, "cuMemsetD8Async");
  });
}

EXPORT int cuMemsetD16Async(Address address, unsigned short value, size_t count, void *stream) {
  return in_stream(__func__, stream, [&](Context &context, Stream &queue) {
    fill(queue, context, address, value, count, "cuMemsetD16Async");
  });
}

EXPORT int cuMemsetD32Async(Address address, unsigned value, size_t count, void *stream) {
  return in_stream(__func__, stream, [&](Context &context, Stream &queue) {
    fill(queue, context, address, value, count, "cuMemsetD32Async");
  });
}
