// libcublas.so.12 on the simulated driver: products of matrices, and what a caller needs around them. Signatures are those of
// CUDA 12's cublas_v2.h. Work goes into the stream as a function of the host, so it is recorded in graphs as well.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#define EXPORT extern "C" __attribute__((visibility("default")))

extern "C" {
int cuLaunchHostFunc(void *stream, void (*function)(void *), void *data);
int cuMemGetAddressRange_v2(unsigned long long *begin, size_t *bytes, unsigned long long address);
int cuCtxGetDevice(int *device);
}

namespace {

enum Status : int { SUCCESS = 0, NOT_INITIALIZED = 1, INVALID_VALUE = 7, MAPPING_ERROR = 11, NOT_SUPPORTED = 15 };

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

size_t size_of(int type) { return type == R_32F ? 4 : type == R_16F || type == R_16BF ? 2 : 0; }

float half_to_float(uint16_t half) {
  uint32_t shifted = (half & 0x7fffu) << 13;
  float magnitude;
  memcpy(&magnitude, &shifted, sizeof magnitude);
  magnitude *= 0x1p112f;
  uint32_t bits;
  memcpy(&bits, &magnitude, sizeof bits);
  if ((half & 0x7c00u) == 0x7c00u) {
    bits = 0x7f800000u | shifted;
  }
  bits |= (half & 0x8000u) << 16;
  float result;
  memcpy(&result, &bits, sizeof result);
  return result;
}

/// To the nearest, ties to even.
uint16_t float_to_half(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  auto sign = static_cast<uint16_t>(bits >> 16 & 0x8000u);
  bits &= 0x7fffffffu;
  if (bits > 0x7f800000u) {
    return sign | 0x7fffu;
  }
  if (bits >= 0x477ff000u) {
    return sign | 0x7c00u;
  }
  if (bits < 0x38800000u) {
    // Below the normal numbers the steps are as large as that of 0.5: adding it rounds.
    float magnitude;
    memcpy(&magnitude, &bits, sizeof magnitude);
    float shifted = magnitude + 0.5f;
    uint32_t rounded;
    memcpy(&rounded, &shifted, sizeof rounded);
    return sign | static_cast<uint16_t>(rounded - 0x3f000000u);
  }
  bits += 0xc8000fffu + (bits >> 13 & 1u);
  return sign | static_cast<uint16_t>(bits >> 13);
}

float load(const void *memory, int type, int64_t at) {
  if (type == R_32F) {
    return static_cast<const float *>(memory)[at];
  }
  uint16_t half = static_cast<const uint16_t *>(memory)[at];
  if (type == R_16F) {
    return half_to_float(half);
  }
  uint32_t bits = static_cast<uint32_t>(half) << 16;
  float result;
  memcpy(&result, &bits, sizeof result);
  return result;
}

void store(void *memory, int type, int64_t at, float value) {
  if (type == R_32F) {
    static_cast<float *>(memory)[at] = value;
  } else if (type == R_16F) {
    static_cast<uint16_t *>(memory)[at] = float_to_half(value);
  } else {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    bool number = value == value;
    static_cast<uint16_t *>(memory)[at] =
        static_cast<uint16_t>(number ? (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16 : bits >> 16 | 0x40u);
  }
}

float to_tf32(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  bits &= 0xffffe000u;
  memcpy(&value, &bits, sizeof bits);
  return value;
}

struct Matrix {
  char *memory;
  int type;
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
};

/// Columns lie one behind the other: element (i, j) at i + j * leading.
void multiply(void *argument) {
  const Product &p = *static_cast<const Product *>(argument);
  float alpha = p.alpha_pointer == nullptr ? p.alpha : *p.alpha_pointer;
  float beta = p.beta_pointer == nullptr ? p.beta : *p.beta_pointer;
  std::vector<float> a(static_cast<size_t>(p.m) * p.k);
  std::vector<float> column(p.k);
  for (int batch = 0; batch < p.batch; batch++) {
    const char *from_a = p.a.memory + batch * p.a.stride * static_cast<int64_t>(size_of(p.a.type));
    const char *from_b = p.b.memory + batch * p.b.stride * static_cast<int64_t>(size_of(p.b.type));
    char *to = p.c.memory + batch * p.c.stride * static_cast<int64_t>(size_of(p.c.type));
    for (int i = 0; i < p.m; i++) {
      for (int at = 0; at < p.k; at++) {
        float value = load(from_a, p.a.type, p.transposed_a ? at + i * p.a.leading : i + at * p.a.leading);
        a[static_cast<size_t>(i) * p.k + at] = p.tf32 ? to_tf32(value) : value;
      }
    }
    for (int j = 0; j < p.n; j++) {
      for (int at = 0; at < p.k; at++) {
        float value = load(from_b, p.b.type, p.transposed_b ? j + at * p.b.leading : at + j * p.b.leading);
        column[at] = p.tf32 ? to_tf32(value) : value;
      }
      for (int i = 0; i < p.m; i++) {
        float sum = 0;
        for (int at = 0; at < p.k; at++) {
          sum += a[static_cast<size_t>(i) * p.k + at] * column[at];
        }
        int64_t place = i + j * p.c.leading;
        // With beta 0 what was there is not read: it may be no number.
        store(to, p.c.type, place, alpha * sum + (beta == 0 ? 0 : beta * load(to, p.c.type, place)));
      }
    }
  }
}

/// Whether all of a matrix of so many rows and columns is memory of the device.
bool is_device_memory(const Matrix &matrix, int64_t rows, int64_t columns, int batch) {
  if (rows == 0 || columns == 0 || batch == 0) {
    return true;
  }
  unsigned long long begin = 0;
  size_t bytes = 0;
  auto address = reinterpret_cast<unsigned long long>(matrix.memory);
  if (cuMemGetAddressRange_v2(&begin, &bytes, address) != 0) {
    return false;
  }
  int64_t last = matrix.stride * (batch - 1) + (columns - 1) * matrix.leading + rows;
  return address + static_cast<uint64_t>(last) * size_of(matrix.type) <= begin + bytes;
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
                   size_of(a.type) != 0 && a.type == b.type && (c.type == a.type || c.type == R_32F) &&
                   (compute != COMPUTE_32F_FAST_TF32 || a.type == R_32F);
  if (!supported) {
    return NOT_SUPPORTED;
  }
  if (!is_device_memory(a, rows_a, transposed_a ? m : k, batch) ||
      !is_device_memory(b, rows_b, transposed_b ? k : n, batch) || !is_device_memory(c, m, n, batch)) {
    return MAPPING_ERROR;
  }
  auto *work = new Product{transposed_a, transposed_b, m, n, k, batch, a, b, c, false, 0, 0, nullptr, nullptr};
  constexpr int TF32_MATH = 3;
  work->tf32 = a.type == R_32F &&
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
  return {static_cast<char *>(const_cast<void *>(memory)), type, leading, stride};
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

EXPORT int cublasSetStream_v2(Handle *handle, void *stream) {
  return with(handle, [&] { handle->stream = stream; });
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

EXPORT int cublasSetWorkspace_v2(Handle *handle, void *, size_t) {
  return with(handle, [] {});
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
