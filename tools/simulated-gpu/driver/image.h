// Kernel images: shared libraries made from .cu files, given as bytes as a cubin would be.
#pragma once

#include "../shim/abi.h"
#include <cstddef>
#include <string>

namespace simulated_gpu {

struct LoadedImage {
  const Image *image;
  /// Of the image's static shared memory, in each thread of the host.
  size_t shared_module;
  size_t shared_bytes;
  void *library;
};

/// Loads an image; the same bytes give the same one, and none is ever unloaded, as it holds no state.
const LoadedImage *load_image(const void *bytes, int architecture);

/// The calling thread's static shared memory of an image.
unsigned char *static_shared(const LoadedImage &image);

} // namespace simulated_gpu
