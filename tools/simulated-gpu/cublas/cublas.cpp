// libcublas.so.12 on the simulated driver: products of matrices, and what a caller needs around them. Signatures are those of
// CUDA 12's cublas_v2.h. Work goes into the stream as a function of the host, so it is recorded in graphs as well.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "../library/numbers.h"

#define EXPORT extern "C" __attribute__((visibility("default")))

extern "C" {
int cuLaunchHostFunc(void *stream, void (*function)(void *), void *data);
int cuCtxGetDevice(int *device);
int cuStreamSynchronize(void *stream);
}

namespace {

using library::Element;

enum Status : int { SUCCESS = 0, NOT_INITIALIZED = 1, INVALID_VALUE = 7, MAPPING_ERROR = 11, EXECUTION_FAILED = 13, NOT_SUPPORTED = 15 };

// cudaDataType and cublasComputeType_t.
constexpr int R_32F = 0;
constexpr int R_16F = 2;
constexpr int R_16BF = 14;
constexpr int COMPUTE_32F = 68;
constexpr int COMPUTE_32F_PEDANTIC = 69;
constexpr int COMPUTE_32F_FAST_TF32 = 77;

struct Handle {
  void *stream = nullptr;
  int pointers_of_device = 0;
  int math_mode = 0;
  void *workspace = nullptr;
  size_t workspace_bytes = 0;
  bool used = false;
};

std::mutex lock;

std::set<Handle *> &handles() {
  static auto &all = *new std::set<Handle *>();
  return all;
}

bool lives(Handle *handle) {
  std::lock_guard<std::mutex> guard(lock);
  return handles().count(handle) != 0;
}

Element element(int type) {
  return type == R_32F   ? Element::F32
         : type == R_16F  ? Element::F16
         : type == R_16BF ? Element::BF16
                          : Element::NONE;
}

struct Matrix {
  char *memory;
  Element type;
  int64_t leading;
  int64_t stride;
};

struct Product {
  bool transposed_a;
  bool transposed_b;
  int m, n, k;
  int batch;
  Matrix a, b, c;
  bool tf32;
  /// Values, or where they lie on the device.
  float alpha, beta;
  const float *alpha_pointer, *beta_pointer;
  void *workspace;
  size_t workspace_bytes;
};

/// Columns lie one behind the other: element (i, j) at i + j * leading.
void multiply(void *argument) {
  const Product &p = *static_cast<const Product *>(argument);
  library::spoil(p.workspace, p.workspace_bytes);
  float alpha = p.alpha_pointer == nullptr ? p.alpha : *p.alpha_pointer;
  float beta = p.beta_pointer == nullptr ? p.beta : *p.beta_pointer;
  std::vector<float> a(static_cast<size_t>(p.m) * p.k);
  std::vector<float> column(p.k);
  for (int batch = 0; batch < p.batch; batch++) {
    const char *from_a = p.a.memory + batch * p.a.stride * static_cast<int64_t>(library::size_of(p.a.type));
    const char *from_b = p.b.memory + batch * p.b.stride * static_cast<int64_t>(library::size_of(p.b.type));
    char *to = p.c.memory + batch * p.c.stride * static_cast<int64_t>(library::size_of(p.c.type));
    for (int i = 0; i < p.m; i++) {
      for (int at = 0; at < p.k; at++) {
        float value = library::load(from_a, p.a.type, p.transposed_a ? at + i * p.a.leading : i + at * p.a.leading);
        a[static_cast<size_t>(i) * p.k + at] = p.tf32 ? library::to_tf32(value) : value;
      }
    }
    for (int j = 0; j < p.n; j++) {
      for (int at = 0; at < p.k; at++) {
        float value = library::load(from_b, p.b.type, p.transposed_b ? j + at * p.b.leading : at + j * p.b.leading);
        column[at] = p.tf32 ? library::to_tf32(value) : value;
      }
      for (int i = 0; i < p.m; i++) {
        float sum = 0;
        for (int at = 0; at < p.k; at++) {
          sum += a[static_cast<size_t>(i) * p.k + at] * column[at];
        }
        int64_t place = i + j * p.c.leading;
        // With beta 0 what was there is not read: it may be no number.
        library::store(to, p.c.type, place, alpha * sum + (beta == 0 ? 0 : beta * library::load(to, p.c.type, place)));
      }
    }
  }
}

/// Whether all of a matrix of so many rows and columns is memory of the device.
bool is_device_memory(const Matrix &matrix, int64_t rows, int64_t columns, int batch) {
  if (rows == 0 || columns == 0 || batch == 0) {
    return true;
  }
  int64_t last = matrix.stride * (batch - 1) + (columns - 1) * matrix.leading + rows;
  return library::is_device_memory(matrix.memory, static_cast<uint64_t>(last) * library::size_of(matrix.type));
}

int product(Handle *handle, int operation_a, int operation_b, int m, int n, int k, const void *alpha, Matrix a, Matrix b,
            const void *beta, Matrix c, int batch, int compute) {
  if (!lives(handle)) {
    return NOT_INITIALIZED;
  }
  bool transposed_a = operation_a != 0;
  bool transposed_b = operation_b != 0;
  int64_t rows_a = transposed_a ? k : m;
  int64_t rows_b = transposed_b ? n : k;
  bool valid = m >= 0 && n >= 0 && k >= 0 && batch >= 0 && operation_a >= 0 && operation_a <= 2 && operation_b >= 0 &&
               operation_b <= 2 && alpha != nullptr && beta != nullptr && a.leading >= std::max<int64_t>(1, rows_a) &&
               b.leading >= std::max<int64_t>(1, rows_b) && c.leading >= std::max(1, m);
  if (!valid) {
    return INVALID_VALUE;
  }
  bool supported = (compute == COMPUTE_32F || compute == COMPUTE_32F_PEDANTIC || compute == COMPUTE_32F_FAST_TF32) &&
                   a.type != Element::NONE && a.type == b.type && (c.type == a.type || c.type == Element::F32) &&
                   (compute != COMPUTE_32F_FAST_TF32 || a.type == Element::F32);
  if (!supported) {
    return NOT_SUPPORTED;
  }
  if (!is_device_memory(a, rows_a, transposed_a ? m : k, batch) ||
      !is_device_memory(b, rows_b, transposed_b ? k : n, batch) || !is_device_memory(c, m, n, batch)) {
    return MAPPING_ERROR;
  }
  // The first call loads what it needs, which cannot be recorded.
  if (!handle->used && cuStreamSynchronize(handle->stream) != 0) {
    return EXECUTION_FAILED;
  }
  handle->used = true;
  auto *work = new Product{transposed_a, transposed_b, m, n, k, batch, a, b, c, false, 0, 0, nullptr, nullptr,
                           handle->workspace, handle->workspace_bytes};
  constexpr int TF32_MATH = 3;
  work->tf32 = a.type == Element::F32 &&
               (compute == COMPUTE_32F_FAST_TF32 || (compute == COMPUTE_32F && (handle->math_mode & 0xf) == TF32_MATH));
  if (handle->pointers_of_device != 0) {
    work->alpha_pointer = static_cast<const float *>(alpha);
    work->beta_pointer = static_cast<const float *>(beta);
  } else {
    work->alpha = *static_cast<const float *>(alpha);
    work->beta = *static_cast<const float *>(beta);
  }
  // Kept for good: a graph may run it again.
  return cuLaunchHostFunc(handle->stream, multiply, work) == 0 ? SUCCESS : MAPPING_ERROR;
}

Matrix matrix(const void *memory, int type, int64_t leading, int64_t stride) {
  return {static_cast<char *>(const_cast<void *>(memory)), element(type), leading, stride};
}

template <typename Body> int with(Handle *handle, Body body) {
  if (!lives(handle)) {
    return NOT_INITIALIZED;
  }
  body();
  return SUCCESS;
}

} // namespace

EXPORT int cublasCreate_v2(Handle **handle) {
  int device = 0;
  if (cuCtxGetDevice(&device) != 0) {
    return NOT_INITIALIZED;
  }
  std::lock_guard<std::mutex> guard(lock);
  *handle = new Handle();
  handles().insert(*handle);
  return SUCCESS;
}

EXPORT int cublasDestroy_v2(Handle *handle) {
  std::lock_guard<std::mutex> guard(lock);
  if (handles().erase(handle) == 0) {
    return NOT_INITIALIZED;
  }
  delete handle;
  return SUCCESS;
}

EXPORT int cublasGetVersion_v2(Handle *, int *version) {
  *version = 120601;
  return SUCCESS;
}

/// Takes the workspace away, as cuBLAS does.
EXPORT int cublasSetStream_v2(Handle *handle, void *stream) {
  return with(handle, [&] {
    handle->stream = stream;
    handle->workspace = nullptr;
    handle->workspace_bytes = 0;
  });
}

EXPORT int cublasGetStream_v2(Handle *handle, void **stream) {
  return with(handle, [&] { *stream = handle->stream; });
}

EXPORT int cublasSetPointerMode_v2(Handle *handle, int mode) {
  return with(handle, [&] { handle->pointers_of_device = mode; });
}

EXPORT int cublasGetPointerMode_v2(Handle *handle, int *mode) {
  return with(handle, [&] { *mode = handle->pointers_of_device; });
}

EXPORT int cublasSetMathMode(Handle *handle, int mode) {
  return with(handle, [&] { handle->math_mode = mode; });
}

EXPORT int cublasGetMathMode(Handle *handle, int *mode) {
  return with(handle, [&] { *mode = handle->math_mode; });
}

EXPORT int cublasSetWorkspace_v2(Handle *handle, void *workspace, size_t bytes) {
  constexpr uintptr_t ALIGNMENT = 256;
  if (reinterpret_cast<uintptr_t>(workspace) % ALIGNMENT != 0) {
    return INVALID_VALUE;
  }
  if (!library::is_device_memory(workspace, bytes)) {
    return MAPPING_ERROR;
  }
  return with(handle, [&] {
    handle->workspace = workspace;
    handle->workspace_bytes = bytes;
  });
}

EXPORT int cublasGetProperty(int part, int *value) {
  *value = part == 0 ? 12 : part == 1 ? 6 : 1;
  return SUCCESS;
}

EXPORT const char *cublasGetStatusName(int status) {
  switch (status) {
  case SUCCESS:
    return "CUBLAS_STATUS_SUCCESS";
  case NOT_INITIALIZED:
    return "CUBLAS_STATUS_NOT_INITIALIZED";
  case INVALID_VALUE:
    return "CUBLAS_STATUS_INVALID_VALUE";
  case MAPPING_ERROR:
    return "CUBLAS_STATUS_MAPPING_ERROR";
  case EXECUTION_FAILED:
    return "CUBLAS_STATUS_EXECUTION_FAILED";
  case NOT_SUPPORTED:
    return "CUBLAS_STATUS_NOT_SUPPORTED";
  default:
    return "CUBLAS_STATUS_UNKNOWN";
  }
}

EXPORT const char *cublasGetStatusString(int status) { return cublasGetStatusName(status); }

EXPORT int cublasGemmEx(Handle *handle, int operation_a, int operation_b, int m, int n, int k, const void *alpha,
                        const void *a, int type_a, int leading_a, const void *b, int type_b, int leading_b,
                        const void *beta, void *c, int type_c, int leading_c, int compute, int) {
  return product(handle, operation_a, operation_b, m, n, k, alpha, matrix(a, type_a, leading_a, 0),
                 matrix(b, type_b, leading_b, 0), beta, matrix(c, type_c, leading_c, 0), 1, compute);
}

EXPORT int cublasGemmStridedBatchedEx(Handle *handle, int operation_a, int operation_b, int m, int n, int k,
                                      const void *alpha, const void *a, int type_a, int leading_a, long long stride_a,
                                      const void *b, int type_b, int leading_b, long long stride_b, const void *beta,
                                      void *c, int type_c, int leading_c, long long stride_c, int batch, int compute, int) {
  return product(handle, operation_a, operation_b, m, n, k, alpha, matrix(a, type_a, leading_a, stride_a),
                 matrix(b, type_b, leading_b, stride_b), beta, matrix(c, type_c, leading_c, stride_c), batch, compute);
}

EXPORT int cublasSgemm_v2(Handle *handle, int operation_a, int operation_b, int m, int n, int k, const float *alpha,
                          const float *a, int leading_a, const float *b, int leading_b, const float *beta, float *c,
                          int leading_c) {
  return product(handle, operation_a, operation_b, m, n, k, alpha, matrix(a, R_32F, leading_a, 0),
                 matrix(b, R_32F, leading_b, 0), beta, matrix(c, R_32F, leading_c, 0), 1, COMPUTE_32F);
}
