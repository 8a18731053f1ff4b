// libcudnn.so.9 on the simulated driver: convolutions and their gradients of images whose channels lie last. Signatures are
// those of cuDNN 9's headers. Work goes into the stream as a function of the host, so it is recorded in graphs as well.
//
// Each algorithm adds in another order. Those that cuDNN calls not deterministic give other bits each time; F32 is rounded to
// TF32 wherever cuDNN may do it.
#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "convolutions.h"
#include "descriptors.h"

#define EXPORT extern "C" __attribute__((visibility("default")))

extern "C" {
int cuLaunchHostFunc(void *stream, void (*function)(void *), void *data);
int cuCtxGetDevice(int *device);
int cuStreamSynchronize(void *stream);
}

namespace {

using namespace cudnn;

/// For tests: what the next call that asks for algorithms returns.
std::atomic<int> next_offer{SUCCESS};
std::atomic<int> count_of_refused{0};

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
    if (count != nullptr) {
      *count = count_of_refused;
    }
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

/// For tests: lets the next call that asks for algorithms return a status, and leave a number of them that means nothing.
EXPORT void simulated_cudnn_refuse(int status, int count) {
  count_of_refused = count;
  next_offer = status;
}

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
