// libcudnn.so.9 on the simulated driver: convolutions and their gradients of images whose channels lie last. Signatures are
// those of cuDNN 9's headers. Work goes into the stream as a function of the host, so it is recorded in graphs as well.
//
// Each algorithm adds in another order. Those that cuDNN calls not deterministic give other bits each time; F32 is rounded to
// TF32 wherever cuDNN may do it.
#include <atomic>
#include <cstdint>
#include <cstring>
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

std::mutex lock;

std::set<Object *> &living() {
  static auto &all = *new std::set<Object *>();
  return all;
}

struct Handle : Object {
  void *stream = nullptr;
  bool used = false;
};

/// For tests: what the next call that asks for algorithms returns.
std::atomic<int> next_offer{SUCCESS};

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

Element element(int type) {
  return type == FLOAT      ? Element::F32
         : type == HALF     ? Element::F16
         : type == BFLOAT16 ? Element::BF16
                            : Element::NONE;
}

enum class Way { FORWARD, IMAGE_GRADIENT, FILTER_GRADIENT };

struct Work {
  Way way;
  Dims image, filter, result;
  Convolution convolution;
  const void *first, *second;
  void *out;
  bool backwards;
  bool varying;
  bool tf32;
  float alpha, beta;
  void *workspace;
  size_t workspace_bytes;

  int64_t image_at(int n, int y, int x, int c) const {
    return ((static_cast<int64_t>(n) * image.h + y) * image.w + x) * image.c + c;
  }
  int64_t result_at(int n, int y, int x, int k) const {
    return ((static_cast<int64_t>(n) * result.h + y) * result.w + x) * result.c + k;
  }
  int64_t filter_at(int k, int y, int x, int c) const {
    return ((static_cast<int64_t>(k) * filter.h + y) * filter.w + x) * filter.c + c;
  }
};

/// Adds in one order or in the other.
struct Sum {
  const Work &work;
  std::vector<float> products;

  explicit Sum(const Work &w) : work(w) {}

  void add(float a, float b) {
    products.push_back(work.tf32 ? library::to_tf32(a) * library::to_tf32(b) : a * b);
  }

  float total() {
    float sum = 0;
    if (work.backwards) {
      for (auto at = products.rbegin(); at != products.rend(); ++at) {
        sum += *at;
      }
    } else {
      for (float product : products) {
        sum += product;
      }
    }
    products.clear();
    return sum;
  }
};

void finish(const Work &work, Element type, int64_t at, float sum) {
  if (work.varying) {
    static std::atomic<unsigned> count{0};
    sum *= 1 + 1e-6f * static_cast<float>(1 + count++ % 7);
  }
  // With beta 0 what was there is not read: it may be no number.
  float before = work.beta == 0 ? 0 : work.beta * library::load(work.out, type, at);
  library::store(work.out, type, at, work.alpha * sum + before);
}

void forward(const Work &w) {
  Sum sum(w);
  int of_group = w.filter.n / w.convolution.groups;
  for (int n = 0; n < w.result.n; n++) {
    for (int oy = 0; oy < w.result.h; oy++) {
      for (int ox = 0; ox < w.result.w; ox++) {
        for (int k = 0; k < w.filter.n; k++) {
          int first = k / of_group * w.filter.c;
          for (int r = 0; r < w.filter.h; r++) {
            for (int s = 0; s < w.filter.w; s++) {
              int y = oy * w.convolution.stride_h - w.convolution.pad_h + r;
              int x = ox * w.convolution.stride_w - w.convolution.pad_w + s;
              for (int c = 0; y >= 0 && y < w.image.h && x >= 0 && x < w.image.w && c < w.filter.c; c++) {
                sum.add(library::load(w.first, w.image.type, w.image_at(n, y, x, first + c)),
                        library::load(w.second, w.filter.type, w.filter_at(k, r, s, c)));
              }
            }
          }
          finish(w, w.result.type, w.result_at(n, oy, ox, k), sum.total());
        }
      }
    }
  }
}

void image_gradient(const Work &w) {
  Sum sum(w);
  int of_group = w.filter.n / w.convolution.groups;
  for (int n = 0; n < w.image.n; n++) {
    for (int y = 0; y < w.image.h; y++) {
      for (int x = 0; x < w.image.w; x++) {
        for (int channel = 0; channel < w.image.c; channel++) {
          int group = channel / w.filter.c;
          for (int r = 0; r < w.filter.h; r++) {
            for (int s = 0; s < w.filter.w; s++) {
              int down = y + w.convolution.pad_h - r;
              int across = x + w.convolution.pad_w - s;
              int oy = down / w.convolution.stride_h;
              int ox = across / w.convolution.stride_w;
              bool inside = down >= 0 && across >= 0 && down % w.convolution.stride_h == 0 &&
                            across % w.convolution.stride_w == 0 && oy < w.result.h && ox < w.result.w;
              for (int k = group * of_group; inside && k < (group + 1) * of_group; k++) {
                sum.add(library::load(w.first, w.result.type, w.result_at(n, oy, ox, k)),
                        library::load(w.second, w.filter.type, w.filter_at(k, r, s, channel % w.filter.c)));
              }
            }
          }
          finish(w, w.image.type, w.image_at(n, y, x, channel), sum.total());
        }
      }
    }
  }
}

void filter_gradient(const Work &w) {
  Sum sum(w);
  int of_group = w.filter.n / w.convolution.groups;
  for (int k = 0; k < w.filter.n; k++) {
    int first = k / of_group * w.filter.c;
    for (int r = 0; r < w.filter.h; r++) {
      for (int s = 0; s < w.filter.w; s++) {
        for (int c = 0; c < w.filter.c; c++) {
          for (int n = 0; n < w.result.n; n++) {
            for (int oy = 0; oy < w.result.h; oy++) {
              for (int ox = 0; ox < w.result.w; ox++) {
                int y = oy * w.convolution.stride_h - w.convolution.pad_h + r;
                int x = ox * w.convolution.stride_w - w.convolution.pad_w + s;
                if (y >= 0 && y < w.image.h && x >= 0 && x < w.image.w) {
                  sum.add(library::load(w.first, w.result.type, w.result_at(n, oy, ox, k)),
                          library::load(w.second, w.image.type, w.image_at(n, y, x, first + c)));
                }
              }
            }
          }
          finish(w, w.filter.type, w.filter_at(k, r, s, c), sum.total());
        }
      }
    }
  }
}

void compute(void *argument) {
  const Work &work = *static_cast<const Work *>(argument);
  library::spoil(work.workspace, work.workspace_bytes);
  switch (work.way) {
  case Way::FORWARD:
    return forward(work);
  case Way::IMAGE_GRADIENT:
    return image_gradient(work);
  case Way::FILTER_GRADIENT:
    return filter_gradient(work);
  }
}

struct Algorithm {
  int number;
  bool deterministic;
  bool backwards;
  size_t workspace;
};

/// In the order in which they are offered.
const std::vector<Algorithm> &algorithms(Way way) {
  static auto &forward = *new std::vector<Algorithm>{{1, true, true, 3000}, {0, true, false, 0}};
  static auto &image = *new std::vector<Algorithm>{{0, false, false, 0}, {1, true, true, 2000}};
  static auto &filter = *new std::vector<Algorithm>{{3, false, false, 512}, {1, true, true, 5000}, {0, false, false, 0}};
  return way == Way::FORWARD ? forward : way == Way::IMAGE_GRADIENT ? image : filter;
}

const Algorithm *find(Way way, int number) {
  for (const Algorithm &algorithm : algorithms(way)) {
    if (algorithm.number == number) {
      return &algorithm;
    }
  }
  return nullptr;
}

/// Whether the descriptors belong together, and to something that is simulated.
int judge(Handle *handle, Tensor *image, Filter *filter, Convolution *convolution, Tensor *result) {
  if (!lives(handle)) {
    return NOT_INITIALIZED;
  }
  if (!lives(image) || !lives(filter) || !lives(convolution) || !lives(result) || !image->set || !filter->set ||
      !convolution->set || !result->set) {
    return BAD_PARAM;
  }
  int rows = (image->h + 2 * convolution->pad_h - filter->h) / convolution->stride_h + 1;
  int columns = (image->w + 2 * convolution->pad_w - filter->w) / convolution->stride_w + 1;
  int groups = convolution->groups;
  if (image->c % groups != 0 || filter->n % groups != 0 || filter->c != image->c / groups || result->n != image->n ||
      result->c != filter->n || result->h != rows || result->w != columns) {
    return SHAPE_MISMATCH;
  }
  return image->type == filter->type && image->type == result->type ? SUCCESS : NOT_SUPPORTED;
}

int launch(Way way, Handle *handle, const void *alpha, Tensor *image, Filter *filter, Convolution *convolution,
           Tensor *result, const void *first, const void *second, void *out, int number, void *workspace, size_t bytes,
           const void *beta) {
  int status = judge(handle, image, filter, convolution, result);
  if (status != SUCCESS) {
    return status;
  }
  const Algorithm *algorithm = find(way, number);
  if (algorithm == nullptr) {
    return NOT_SUPPORTED;
  }
  if (alpha == nullptr || beta == nullptr || first == nullptr || second == nullptr || out == nullptr) {
    return BAD_PARAM;
  }
  if (bytes < algorithm->workspace) {
    return SIZE_INSUFFICIENT;
  }
  if (bytes > 0 && reinterpret_cast<uintptr_t>(workspace) % ALIGNMENT != 0) {
    return MISALIGNED_POINTER;
  }
  const Dims &left = way == Way::FORWARD ? static_cast<const Dims &>(*image) : *result;
  const Dims &right = way == Way::FILTER_GRADIENT ? static_cast<const Dims &>(*image) : *filter;
  const Dims &target = way == Way::FORWARD          ? static_cast<const Dims &>(*result)
                       : way == Way::IMAGE_GRADIENT ? static_cast<const Dims &>(*image)
                                                    : *filter;
  if (!library::is_device_memory(first, left.bytes()) || !library::is_device_memory(second, right.bytes()) ||
      !library::is_device_memory(out, target.bytes()) || !library::is_device_memory(workspace, bytes)) {
    return EXECUTION_FAILED;
  }
  // The first call loads what it needs, which cannot be recorded.
  if (!handle->used && cuStreamSynchronize(handle->stream) != 0) {
    return EXECUTION_FAILED;
  }
  handle->used = true;
  bool tf32 = image->type == Element::F32 && convolution->math != FMA_MATH;
  // Kept for good: a graph may run it again.
  auto *work = new Work{way,
                        *image,
                        *filter,
                        *result,
                        *convolution,
                        first,
                        second,
                        out,
                        algorithm->backwards,
                        !algorithm->deterministic,
                        tf32,
                        *static_cast<const float *>(alpha),
                        *static_cast<const float *>(beta),
                        workspace,
                        bytes};
  return cuLaunchHostFunc(handle->stream, compute, work) == 0 ? SUCCESS : EXECUTION_FAILED;
}

struct Performance {
  int algorithm;
  int status;
  float time;
  size_t memory;
  int determinism;
  int math;
  int reserved[3];
};

int offer(Way way, int status, const Convolution *convolution, const Dims *image, int wanted, int *count,
          Performance *found) {
  if (status == SUCCESS) {
    status = next_offer.exchange(SUCCESS);
  }
  if (status != SUCCESS) {
    return status;
  }
  if (wanted < 1 || count == nullptr || found == nullptr) {
    return BAD_PARAM;
  }
  *count = 0;
  bool plain = image->type == Element::F32 && convolution->math == FMA_MATH;
  int math = plain ? FMA_MATH : TENSOR_OP_MATH;
  int other = plain ? DEFAULT_MATH : FMA_MATH;
  for (const Algorithm &algorithm : algorithms(way)) {
    if (*count < wanted) {
      found[(*count)++] = {algorithm.number, SUCCESS, 1, algorithm.workspace, algorithm.deterministic ? 1 : 0, math, {}};
    }
  }
  if (*count < wanted) {
    constexpr int WINOGRAD = 5;
    found[(*count)++] = {WINOGRAD, NOT_SUPPORTED, -1, 0, 1, math, {}};
  }
  // The same with another kind of arithmetic.
  for (const Algorithm &algorithm : algorithms(way)) {
    if (*count < wanted) {
      found[(*count)++] = {algorithm.number, SUCCESS, 2, algorithm.workspace, algorithm.deterministic ? 1 : 0, other, {}};
    }
  }
  return SUCCESS;
}

int workspace(Way way, int status, int number, size_t *bytes) {
  const Algorithm *algorithm = find(way, number);
  if (status == SUCCESS && algorithm == nullptr) {
    return NOT_SUPPORTED;
  }
  if (status == SUCCESS) {
    *bytes = algorithm->workspace;
  }
  return status;
}

} // namespace

/// For tests: handles and descriptors that nobody has destroyed.
EXPORT long simulated_cudnn_living() {
  std::lock_guard<std::mutex> guard(lock);
  return static_cast<long>(living().size());
}

/// For tests: lets the next call that asks for algorithms return a status.
EXPORT void simulated_cudnn_refuse(int status) { next_offer = status; }

EXPORT size_t cudnnGetVersion() { return 90501; }

EXPORT const char *cudnnGetErrorString(int status) {
  switch (status) {
  case SUCCESS:
    return "CUDNN_STATUS_SUCCESS";
  case NOT_INITIALIZED:
    return "CUDNN_STATUS_NOT_INITIALIZED";
  case BAD_PARAM:
    return "CUDNN_STATUS_BAD_PARAM";
  case MISALIGNED_POINTER:
    return "CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER";
  case SIZE_INSUFFICIENT:
    return "CUDNN_STATUS_BAD_PARAM_SIZE_INSUFFICIENT";
  case SHAPE_MISMATCH:
    return "CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH";
  case NOT_SUPPORTED:
    return "CUDNN_STATUS_NOT_SUPPORTED";
  case EXECUTION_FAILED:
    return "CUDNN_STATUS_EXECUTION_FAILED";
  default:
    return "CUDNN_STATUS_UNKNOWN";
  }
}

EXPORT int cudnnCreate(Handle **handle) {
  int device = 0;
  return cuCtxGetDevice(&device) == 0 ? create(handle) : NOT_INITIALIZED;
}

EXPORT int cudnnDestroy(Handle *handle) { return destroy(handle); }

EXPORT int cudnnSetStream(Handle *handle, void *stream) {
  if (!lives(handle)) {
    return NOT_INITIALIZED;
  }
  handle->stream = stream;
  return SUCCESS;
}

EXPORT int cudnnGetStream(Handle *handle, void **stream) {
  if (!lives(handle)) {
    return NOT_INITIALIZED;
  }
  *stream = handle->stream;
  return SUCCESS;
}

namespace {

int describe(Dims *dims, int format, int type, int n, int c, int h, int w) {
  if (n < 1 || c < 1 || h < 1 || w < 1) {
    return BAD_PARAM;
  }
  if (format != CHANNELS_LAST || element(type) == Element::NONE) {
    return NOT_SUPPORTED;
  }
  dims->set = true;
  dims->type = element(type);
  dims->n = n;
  dims->c = c;
  dims->h = h;
  dims->w = w;
  return SUCCESS;
}

} // namespace

EXPORT int cudnnCreateTensorDescriptor(Tensor **tensor) { return create(tensor); }

EXPORT int cudnnDestroyTensorDescriptor(Tensor *tensor) { return destroy(tensor); }

EXPORT int cudnnSetTensor4dDescriptor(Tensor *tensor, int format, int type, int n, int c, int h, int w) {
  return lives(tensor) ? describe(tensor, format, type, n, c, h, w) : BAD_PARAM;
}

EXPORT int cudnnCreateFilterDescriptor(Filter **filter) { return create(filter); }

EXPORT int cudnnDestroyFilterDescriptor(Filter *filter) { return destroy(filter); }

EXPORT int cudnnSetFilter4dDescriptor(Filter *filter, int type, int format, int k, int c, int h, int w) {
  return lives(filter) ? describe(filter, format, type, k, c, h, w) : BAD_PARAM;
}

EXPORT int cudnnCreateConvolutionDescriptor(Convolution **convolution) { return create(convolution); }

EXPORT int cudnnDestroyConvolutionDescriptor(Convolution *convolution) { return destroy(convolution); }

EXPORT int cudnnSetConvolution2dDescriptor(Convolution *convolution, int pad_h, int pad_w, int stride_h, int stride_w,
                                           int dilation_h, int dilation_w, int mode, int type) {
  if (!lives(convolution) || pad_h < 0 || pad_w < 0 || stride_h < 1 || stride_w < 1) {
    return BAD_PARAM;
  }
  if (dilation_h != 1 || dilation_w != 1 || mode != CROSS_CORRELATION || type != FLOAT) {
    return NOT_SUPPORTED;
  }
  convolution->set = true;
  convolution->pad_h = pad_h;
  convolution->pad_w = pad_w;
  convolution->stride_h = stride_h;
  convolution->stride_w = stride_w;
  return SUCCESS;
}

EXPORT int cudnnSetConvolutionGroupCount(Convolution *convolution, int groups) {
  if (!lives(convolution) || groups < 1) {
    return BAD_PARAM;
  }
  convolution->groups = groups;
  return SUCCESS;
}

EXPORT int cudnnSetConvolutionMathType(Convolution *convolution, int math) {
  if (!lives(convolution) || math < 0 || math > FMA_MATH) {
    return BAD_PARAM;
  }
  if (math == TENSOR_OP_MATH_ALLOW_CONVERSION) {
    return NOT_SUPPORTED;
  }
  convolution->math = math;
  return SUCCESS;
}

EXPORT int cudnnGetConvolutionForwardAlgorithm_v7(Handle *handle, Tensor *x, Filter *w, Convolution *convolution, Tensor *y,
                                                  int wanted, int *count, Performance *found) {
  return offer(Way::FORWARD, judge(handle, x, w, convolution, y), convolution, x, wanted, count, found);
}

EXPORT int cudnnGetConvolutionBackwardDataAlgorithm_v7(Handle *handle, Filter *w, Tensor *dy, Convolution *convolution,
                                                       Tensor *dx, int wanted, int *count, Performance *found) {
  return offer(Way::IMAGE_GRADIENT, judge(handle, dx, w, convolution, dy), convolution, dx, wanted, count, found);
}

EXPORT int cudnnGetConvolutionBackwardFilterAlgorithm_v7(Handle *handle, Tensor *x, Tensor *dy, Convolution *convolution,
                                                         Filter *dw, int wanted, int *count, Performance *found) {
  return offer(Way::FILTER_GRADIENT, judge(handle, x, dw, convolution, dy), convolution, x, wanted, count, found);
}

EXPORT int cudnnGetConvolutionForwardWorkspaceSize(Handle *handle, Tensor *x, Filter *w, Convolution *convolution,
                                                   Tensor *y, int algorithm, size_t *bytes) {
  return workspace(Way::FORWARD, judge(handle, x, w, convolution, y), algorithm, bytes);
}

EXPORT int cudnnGetConvolutionBackwardDataWorkspaceSize(Handle *handle, Filter *w, Tensor *dy, Convolution *convolution,
                                                        Tensor *dx, int algorithm, size_t *bytes) {
  return workspace(Way::IMAGE_GRADIENT, judge(handle, dx, w, convolution, dy), algorithm, bytes);
}

EXPORT int cudnnGetConvolutionBackwardFilterWorkspaceSize(Handle *handle, Tensor *x, Tensor *dy, Convolution *convolution,
                                                          Filter *dw, int algorithm, size_t *bytes) {
  return workspace(Way::FILTER_GRADIENT, judge(handle, x, dw, convolution, dy), algorithm, bytes);
}

EXPORT int cudnnConvolutionForward(Handle *handle, const void *alpha, Tensor *x_type, const void *x, Filter *w_type,
                                   const void *w, Convolution *convolution, int algorithm, void *workspace, size_t bytes,
                                   const void *beta, Tensor *y_type, void *y) {
  return launch(Way::FORWARD, handle, alpha, x_type, w_type, convolution, y_type, x, w, y, algorithm, workspace, bytes,
                beta);
}

EXPORT int cudnnConvolutionBackwardData(Handle *handle, const void *alpha, Filter *w_type, const void *w, Tensor *dy_type,
                                        const void *dy, Convolution *convolution, int algorithm, void *workspace,
                                        size_t bytes, const void *beta, Tensor *dx_type, void *dx) {
  return launch(Way::IMAGE_GRADIENT, handle, alpha, dx_type, w_type, convolution, dy_type, dy, w, dx, algorithm, workspace,
                bytes, beta);
}

EXPORT int cudnnConvolutionBackwardFilter(Handle *handle, const void *alpha, Tensor *x_type, const void *x, Tensor *dy_type,
                                          const void *dy, Convolution *convolution, int algorithm, void *workspace,
                                          size_t bytes, const void *beta, Filter *dw_type, void *dw) {
  return launch(Way::FILTER_GRADIENT, handle, alpha, x_type, dw_type, convolution, dy_type, dy, x, dw, algorithm, workspace,
                bytes, beta);
}
