// What cuDNN's callers make and destroy: handles and descriptions of tensors, filters and convolutions. Numbers are those of
// cuDNN 9's headers.
#pragma once

#include <cstdint>
#include <mutex>
#include <set>

#include "../library/numbers.h"

namespace cudnn {

using library::Element;

enum Status : int {
  SUCCESS = 0,
  NOT_INITIALIZED = 1001,
  BAD_PARAM = 2000,
  MISALIGNED_POINTER = 2003,
  SIZE_INSUFFICIENT = 2006,
  SHAPE_MISMATCH = 2008,
  NOT_SUPPORTED = 3000,
  EXECUTION_FAILED = 5000
};

// cudnnTensorFormat_t, cudnnDataType_t, cudnnMathType_t, cudnnConvolutionMode_t.
constexpr int CHANNELS_LAST = 1;
constexpr int FLOAT = 0;
constexpr int HALF = 2;
constexpr int BFLOAT16 = 9;
constexpr int DEFAULT_MATH = 0;
constexpr int TENSOR_OP_MATH = 1;
constexpr int TENSOR_OP_MATH_ALLOW_CONVERSION = 2;
constexpr int FMA_MATH = 3;
constexpr int CROSS_CORRELATION = 1;

constexpr uintptr_t ALIGNMENT = 256;

/// Everything that somebody made and has to destroy.
struct Object {
  virtual ~Object() = default;
};

inline std::mutex lock;

inline std::set<Object *> &living() {
  static auto &all = *new std::set<Object *>();
  return all;
}

struct Handle : Object {
  void *stream = nullptr;
  bool used = false;
};

struct Dims {
  bool set = false;
  Element type = Element::NONE;
  int n = 0, c = 0, h = 0, w = 0;

  int64_t size() const { return static_cast<int64_t>(n) * c * h * w; }
  uint64_t bytes() const { return static_cast<uint64_t>(size()) * library::size_of(type); }
};

struct Tensor : Object, Dims {};

/// n: filters; c: channels of a group.
struct Filter : Object, Dims {};

struct Convolution : Object {
  bool set = false;
  int pad_h = 0, pad_w = 0, stride_h = 1, stride_w = 1;
  int groups = 1;
  int math = 0;
};

template <typename T> bool lives(T *object) {
  std::lock_guard<std::mutex> guard(lock);
  return living().count(object) != 0 && dynamic_cast<T *>(static_cast<Object *>(object)) != nullptr;
}

template <typename T> int create(T **object) {
  if (object == nullptr) {
    return BAD_PARAM;
  }
  std::lock_guard<std::mutex> guard(lock);
  *object = new T();
  living().insert(*object);
  return SUCCESS;
}

template <typename T> int destroy(T *object) {
  std::lock_guard<std::mutex> guard(lock);
  if (living().erase(object) == 0) {
    return BAD_PARAM;
  }
  delete object;
  return SUCCESS;
}

inline Element element(int type) {
  return type == FLOAT      ? Element::F32
         : type == HALF     ? Element::F16
         : type == BFLOAT16 ? Element::BF16
                            : Element::NONE;
}

} // namespace cudnn
