// Convolutions and their gradients, by plain loops: what an algorithm computes once its turn comes in the stream.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "descriptors.h"

namespace cudnn {

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

inline void finish(const Work &work, Element type, int64_t at, float sum) {
  if (work.varying) {
    static std::atomic<unsigned> count{0};
    sum *= 1 + 1e-6f * static_cast<float>(1 + count++ % 7);
  }
  // With beta 0 what was there is not read: it may be no number.
  float before = work.beta == 0 ? 0 : work.beta * library::load(work.out, type, at);
  library::store(work.out, type, at, work.alpha * sum + before);
}

inline void forward(const Work &w) {
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

inline void image_gradient(const Work &w) {
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

inline void filter_gradient(const Work &w) {
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

inline void compute(void *argument) {
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

} // namespace cudnn
