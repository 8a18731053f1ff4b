#include "image.h"

#include "block.h"
#include "result.h"
#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <map>
#include <memory>
#include <sys/mman.h>
#include <unistd.h>

namespace simulated_gpu {

namespace {

constexpr int EM_OF_CUDA = 190;

struct Cached {
  std::string bytes;
  LoadedImage loaded;
};

uint64_t hash(const std::string &bytes) {
  uint64_t value = 14695981039346656037u;
  for (unsigned char byte : bytes) {
    value = (value ^ byte) * 1099511628211u;
  }
  return value;
}

/// The bytes of the file, of which only the beginning is known: its table of sections is what it ends with.
size_t file_size(const void *bytes) {
  const auto *header = static_cast<const Elf64_Ehdr *>(bytes);
  if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) {
    const char *text = static_cast<const char *>(bytes);
    if (strncmp(text, "//", 2) == 0 || strncmp(text, ".version", 8) == 0) {
      throw Failure{INVALID_PTX, "The image is PTX, and the simulation has no compiler for it"};
    }
    throw Failure{INVALID_IMAGE, "The image is neither an ELF file nor PTX"};
  }
  if (header->e_machine == EM_OF_CUDA) {
    throw Failure{NO_BINARY_FOR_GPU, "The image is for a real card, not for the simulation"};
  }
  if (header->e_machine != EM_X86_64 || header->e_type != ET_DYN) {
    throw Failure{INVALID_IMAGE, "The image is an ELF file, but no shared library for x86-64"};
  }
  return header->e_shoff + size_t{header->e_shnum} * header->e_shentsize;
}

/// Sets the bytes of static shared memory, the library's thread-local storage.
int find_shared(dl_phdr_info *info, size_t, void *argument) {
  auto *loaded = static_cast<LoadedImage *>(argument);
  if (info->dlpi_tls_modid != loaded->shared_module) {
    return 0;
  }
  for (int i = 0; i < info->dlpi_phnum; i++) {
    if (info->dlpi_phdr[i].p_type == PT_TLS) {
      loaded->shared_bytes = info->dlpi_phdr[i].p_memsz;
    }
  }
  return 1;
}

LoadedImage open(const std::string &bytes) {
  // The descriptor stays open: the loader knows libraries by their path, and this one must not come again.
  int file = memfd_create("kernels", MFD_CLOEXEC);
  if (file < 0 || write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
    throw Failure{OPERATING_SYSTEM, "No memory file for an image"};
  }
  std::string path = text("/proc/self/fd/%d", file);
  LoadedImage loaded{};
  loaded.library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (loaded.library == nullptr) {
    std::string reason = dlerror();
    close(file);
    throw Failure{INVALID_IMAGE, "The image cannot be loaded: " + reason};
  }
  auto *function = reinterpret_cast<ImageFunction *>(dlsym(loaded.library, "simulated_gpu_image"));
  if (function == nullptr) {
    throw Failure{INVALID_IMAGE, "The image is a shared library, but none of the simulation"};
  }
  loaded.image = function(&runtime());
  if (loaded.image->version != version) {
    throw Failure{INVALID_IMAGE, text("The image was built for version %d of the simulation, this is %d",
                                      loaded.image->version, version)};
  }
  if (dlinfo(loaded.library, RTLD_DI_TLS_MODID, &loaded.shared_module) != 0) {
    throw Failure{INVALID_IMAGE, "The image has no shared memory of its own"};
  }
  dl_iterate_phdr(find_shared, &loaded);
  return loaded;
}

} // namespace

const LoadedImage *load_image(const void *bytes, int architecture) {
  static auto &cache = *new std::multimap<uint64_t, std::unique_ptr<Cached>>();
  std::string copy(static_cast<const char *>(bytes), file_size(bytes));
  uint64_t key = hash(copy);
  const Cached *found = nullptr;
  for (auto [at, end] = cache.equal_range(key); at != end; ++at) {
    if (at->second->bytes == copy) {
      found = at->second.get();
    }
  }
  if (found == nullptr) {
    LoadedImage loaded = open(copy);
    found = cache.emplace(key, std::make_unique<Cached>(Cached{std::move(copy), loaded}))->second.get();
  }
  // As with cubins: the same major version, and a minor one not above the device's.
  int needed = found->loaded.image->architecture;
  if (needed / 10 != architecture / 10 || needed > architecture) {
    throw Failure{NO_BINARY_FOR_GPU, text("The image is for sm_%d, the device is sm_%d", needed, architecture)};
  }
  return &found->loaded;
}

unsigned char *static_shared(const LoadedImage &image) {
  image.image->touch_shared();
  void *begin = nullptr;
  dlinfo(image.library, RTLD_DI_TLS_DATA, &begin);
  return static_cast<unsigned char *>(begin);
}

} // namespace simulated_gpu
