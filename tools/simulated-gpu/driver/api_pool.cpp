// Memory pools, as far as somebody asks for the default one: memory comes from nowhere and goes nowhere.
#include "export.h"

#include "settings.h"

using namespace simulated_gpu;

namespace {

Pool *default_pool(int device) {
  if (device < 0 || device >= settings().devices) {
    throw Failure{INVALID_DEVICE, text("There is no device %d", device)};
  }
  Pool *&pool = driver().default_pools[device];
  if (pool == nullptr) {
    pool = driver().pools.add(std::make_unique<Pool>(Pool{device, 0}));
  }
  return pool;
}

} // namespace

EXPORT int cuDeviceGetDefaultMemPool(Pool **pool, int device) {
  return call(__func__, [&] { *pool = default_pool(device); });
}

EXPORT int cuDeviceGetMemPool(Pool **pool, int device) {
  return call(__func__, [&] { *pool = default_pool(device); });
}

EXPORT int cuMemPoolSetAttribute(void *handle, int which, void *value) {
  return call(__func__, [&] {
    Pool *pool = driver().pools.require(handle, "memory pool");
    if (which == 4) { // CU_MEMPOOL_ATTR_RELEASE_THRESHOLD
      pool->release_threshold = *static_cast<uint64_t *>(value);
    }
  });
}

EXPORT int cuMemPoolGetAttribute(void *handle, int which, void *value) {
  return call(__func__, [&] {
    Pool *pool = driver().pools.require(handle, "memory pool");
    uint64_t answer = which == 4 ? pool->release_threshold : which == 7 ? driver().used[pool->device] : 0;
    *static_cast<uint64_t *>(value) = answer;
  });
}

EXPORT int cuMemPoolTrimTo(void *handle, size_t) {
  return call(__func__, [&] { driver().pools.require(handle, "memory pool"); });
}
