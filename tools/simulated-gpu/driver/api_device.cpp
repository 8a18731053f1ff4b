// Initialisation, devices, and the names of errors.
#include "export.h"

#include "settings.h"
#include <cstring>
#include <thread>

using namespace simulated_gpu;

namespace {

void require_device(int device) {
  if (device < 0 || device >= settings().devices) {
    throw Failure{INVALID_DEVICE, text("There is no device %d, there are %d", device, settings().devices)};
  }
}

/// Shared memory that a block may ask for, by compute capability (CUDA C++ Programming Guide, "Technical Specifications").
int shared_kib() {
  switch (settings().architecture) {
  case 75:
    return 64;
  case 80:
  case 87:
    return 163;
  case 86:
  case 89:
    return 99;
  case 90:
  case 100:
  case 103:
    return 227;
  default:
    return settings().architecture > 103 ? 99 : 48;
  }
}

/// CUdevice_attribute; what kernels of this project have no use for is 0.
int attribute(int which, int device) {
  constexpr int MOST = 0x7fffffff;
  switch (which) {
  case 1: // threads of a block
  case 2: // and of its x and y
  case 3:
    return 1024;
  case 4: // and of its z
    return 64;
  case 5: // blocks in x
    return MOST;
  case 6:
  case 7:
    return 65535;
  case 8: // shared memory without being asked for
    return 48 << 10;
  case 9: // constant memory
    return 64 << 10;
  case 10: // warp
    return 32;
  case 11: // pitch
    return MOST;
  case 12: // registers of a block
  case 82: // and of a multiprocessor
    return 65536;
  case 13: // clock, kHz
    return 1000000;
  case 14: // alignment of textures
    return 512;
  case 16:
    return settings().multiprocessors;
  case 15: // copies while kernels run
  case 19: // maps memory of the host
  case 31: // kernels side by side
  case 41: // one address space
  case 78: // priorities of streams
  case 90: // preemption
  case 91: // registered memory by the host's address
  case 99: // registers memory of the host
    return 1;
  case 33: // PCI bus
    return device + 1;
  case 36: // memory's clock, kHz
    return 1000000;
  case 37: // memory's width, bits
    return 256;
  case 38: // L2 cache
    return 4 << 20;
  case 39: // threads of a multiprocessor
    return settings().architecture == 75 ? 1024 : 1536;
  case 40: // copy engines
    return 2;
  case 75:
    return settings().architecture / 10;
  case 76:
    return settings().architecture % 10;
  case 81: // shared memory of a multiprocessor
    return (shared_kib() + (settings().architecture == 75 ? 0 : 1)) << 10;
  case 97: // shared memory of a block at most
    return shared_kib() << 10;
  case 106: // blocks of a multiprocessor
    return 16;
  case 111: // shared memory that the system takes of each block
    return settings().architecture == 75 ? 0 : 1024;
  case 115:
    return settings().pools ? 1 : 0;
  default:
    return 0;
  }
}

} // namespace

EXPORT int cuInit(unsigned flags) {
  std::lock_guard<std::recursive_mutex> guard(driver().lock);
  try {
    inject("cuInit");
    if (flags != 0) {
      throw Failure{INVALID_VALUE, "cuInit takes no flags"};
    }
    if (settings().devices == 0) {
      throw Failure{NO_DEVICE, "The simulation was told to have no device"};
    }
    driver().initialised = true;
    return SUCCESS;
  } catch (const Failure &failure) {
    return failed("cuInit", nullptr, failure);
  }
}

// Unlike all others, this one works before cuInit.
EXPORT int cuDriverGetVersion(int *version) {
  if (version == nullptr) {
    return INVALID_VALUE;
  }
  *version = settings().driver;
  return SUCCESS;
}

EXPORT int cuDeviceGetCount(int *count) {
  return call(__func__, [&] { *count = settings().devices; });
}

EXPORT int cuDeviceGet(int *device, int ordinal) {
  return call(__func__, [&] {
    require_device(ordinal);
    *device = ordinal;
  });
}

EXPORT int cuDeviceGetName(char *name, int length, int device) {
  return call(__func__, [&] {
    require_device(device);
    std::string full = settings().devices == 1 ? settings().name : settings().name + text(" %d", device);
    snprintf(name, static_cast<size_t>(length), "%s", full.c_str());
  });
}

EXPORT int cuDeviceGetUuid(unsigned char *uuid, int device) {
  return call(__func__, [&] {
    require_device(device);
    memset(uuid, 0, 16);
    memcpy(uuid, "SIMULATED GPU", 13);
    uuid[15] = static_cast<unsigned char>(device);
  });
}

EXPORT int cuDeviceTotalMem_v2(size_t *bytes, int device) {
  return call(__func__, [&] {
    require_device(device);
    *bytes = settings().memory;
  });
}

EXPORT int cuDeviceGetAttribute(int *value, int which, int device) {
  return call(__func__, [&] {
    require_device(device);
    *value = attribute(which, device);
  });
}

EXPORT int cuDeviceComputeCapability(int *major, int *minor, int device) {
  return call(__func__, [&] {
    require_device(device);
    *major = settings().architecture / 10;
    *minor = settings().architecture % 10;
  });
}

EXPORT int cuDeviceGetPCIBusId(char *id, int length, int device) {
  return call(__func__, [&] {
    require_device(device);
    snprintf(id, static_cast<size_t>(length), "0000:%02x:00.0", device + 1);
  });
}

EXPORT int cuDeviceCanAccessPeer(int *can, int device, int peer) {
  return call(__func__, [&] {
    require_device(device);
    require_device(peer);
    *can = 0;
  });
}

EXPORT int cuGetErrorName(int result, const char **name) {
  *name = result_name(result);
  return *name == nullptr ? INVALID_VALUE : SUCCESS;
}

EXPORT int cuGetErrorString(int result, const char **description) {
  *description = result_description(result);
  return *description == nullptr ? INVALID_VALUE : SUCCESS;
}
