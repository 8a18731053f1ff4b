// What a simulated kernel image and the simulated driver know of each other. Both sides are compiled from this file, an
// image against the version of its build: `version` changes with any change here.
#pragma once

#include <cstddef>
#include <cstdint>

struct uint3 {
  unsigned x, y, z;
};

struct dim3 {
  unsigned x, y, z;
  constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};

namespace simulated_gpu {

constexpr int version = 2;
constexpr int warp_size = 32;

/// A place in a kernel's source.
struct Place {
  const char *file;
  int line;
};

/// What the threads of a block share.
struct Block {
  uint3 index;
  dim3 size;
  dim3 grid;
  unsigned char *shared; ///< dynamic shared memory; its end is the end of a page
  unsigned shared_bytes;
};

/// What a thread's kernel code may ask about itself. The driver's own record of a thread begins with it.
struct Lane {
  uint3 thread;
  unsigned number; ///< of the thread in its block, x fastest
  const Block *block;
};

/// What the lanes of a warp do together: all lanes of the mask bring an operand, the last to come does the work.
enum class Collective : int { Sync, Shuffle, Vote, MmaF16K16, MmaBf16K16, MmaF16K8, MmaTf32K8, LoadMatrix };

struct ShuffleOperand {
  uint64_t value;
  int source; ///< lane whose value is wanted
  uint64_t result;
};

struct VoteOperand {
  bool value;
  unsigned ballot; ///< result: a bit for each lane whose value is true
};

struct MmaOperand {
  float *d; ///< [4], accumulated into
  const unsigned *a;
  const unsigned *b;
};

struct MatrixOperand {
  const void *row; ///< of this lane, 16 bytes
  unsigned *registers;
  int count; ///< 1, 2 or 4 matrices of 8 x 8 halves
  bool transposed;
};

/// A checked image announces each access to memory.
enum class Access : int { Read, Write, Atomic };

/// The driver's side, called by kernels.
struct Runtime {
  /// From the thread pointer to the pointer to the running lane: found without a call, as kernels ask for threadIdx often.
  ptrdiff_t lane_offset;
  void (*barrier)(Place place);
  void (*collective)(unsigned mask, Collective operation, void *operand, Place place);
  void (*copy_async)(void *shared, const void *global, int size, int filled, Place place);
  void (*commit_copies)();
  void (*wait_copies)(int newest);
  /// Ends the launch with a CUDA error; does not return.
  void (*fault)(int result, const char *message, Place place);
  void (*access)(const void *address, size_t size, Access kind, const void *instruction);
};

struct Parameter {
  unsigned size;
  bool pointer;
};

struct Kernel {
  const char *name;
  int threads; ///< of its launch bounds
  int parameter_count;
  const Parameter *parameters;
  void (*run)(void *const *values);
  const Kernel *next;
};

/// What an image holds; returned by its function `simulated_gpu_image`.
struct Image {
  int version;
  int architecture; ///< 90 for sm_90
  const Kernel *kernels;
  /// Touches the calling thread's static shared memory, so that it exists there.
  void (*touch_shared)();
  /// It announces its accesses to memory.
  bool checked;
};

using ImageFunction = const Image *(const Runtime *);

} // namespace simulated_gpu
