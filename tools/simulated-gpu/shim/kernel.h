// How a kernel is written down, so that the driver finds it: KERNEL(threads, name, (parameters)) { ... }
#pragma once

#include "lane.h"
#include <type_traits>
#include <utility>

namespace simulated_gpu {

static const Kernel *kernels;

struct Registration {
  Kernel kernel;

  explicit Registration(const Kernel &declared) : kernel(declared) {
    kernel.next = kernels;
    kernels = &kernel;
  }
};

template <auto function> struct Call;

template <typename... Types, void (*function)(Types...)> struct Call<function> {
  static constexpr int count = sizeof...(Types);
  static constexpr Parameter parameters[count + 1] = {{sizeof(Types), std::is_pointer_v<Types>}..., {0, false}};

  static void run(void *const *values) { run(values, std::index_sequence_for<Types...>()); }

private:
  template <size_t... index> static void run(void *const *values, std::index_sequence<index...>) {
    (void)values;
    function(*static_cast<std::remove_const_t<Types> *>(values[index])...);
  }
};

/// Keeps the image's static shared memory from being empty.
static __thread char shared_anchor;

static void touch_shared() { *const_cast<volatile char *>(&shared_anchor) = 0; }

} // namespace simulated_gpu

#define KERNEL(bound, symbol, list)                                                                                    \
  static void symbol list;                                                                                             \
  static simulated_gpu::Registration symbol##_registration(                                                            \
      {#symbol, bound, simulated_gpu::Call<symbol>::count, simulated_gpu::Call<symbol>::parameters,                    \
       simulated_gpu::Call<symbol>::run, nullptr});                                                                    \
  static void symbol list

extern "C" __attribute__((visibility("default"))) const simulated_gpu::Image *
simulated_gpu_image(const simulated_gpu::Runtime *runtime) {
#ifdef SIMULATED_GPU_CHECKED
  constexpr bool checked = true;
#else
  constexpr bool checked = false;
#endif
  static simulated_gpu::Image image;
  simulated_gpu::runtime = runtime;
  image = {simulated_gpu::version, __CUDA_ARCH__ / 10, simulated_gpu::kernels, simulated_gpu::touch_shared,
           checked};
  return &image;
}
