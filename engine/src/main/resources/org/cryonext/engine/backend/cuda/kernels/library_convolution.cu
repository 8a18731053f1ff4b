// What a convolution leaves to do where a library computes it: the bias, and filters of one channel as the library reads them.
#include "columns.cuh"

// y += bias, for all rows of channels.
template <typename T, int N>
INLINE void add_bias(T *y, const float *bias, long long rows, int channels) {
    int c = first_channel<N>();
    if (c >= channels) {
        return;
    }
    float b[N];
    load(bias + c, b);
    for (long long row = (long long)blockIdx.x * blockDim.y + threadIdx.y; row < rows;
         row += (long long)gridDim.x * blockDim.y) {
        float v[N];
        load(y + row * channels + c, v);
#pragma unroll
        for (int i = 0; i < N; i++) {
            v[i] += b[i];
        }
        store(y + row * channels + c, v);
    }
}

#define ADD_BIAS(T, SUFFIX, N)                                                                                         \
    KERNEL(256, add_bias_##SUFFIX, (T *y, const float *bias, long long rows, int channels)) {                          \
        add_bias<T, N>(y, bias, rows, channels);                                                                       \
    }

FOR_EACH_TYPE_AND_WIDTH(ADD_BIAS)

// Filters [taps, channels] to [channels, taps].
#define FILTERS_IN(T)                                                                                                  \
    KERNEL(256, filters_in_##T, (const float *weight, T *filters, int taps, int channels)) {                           \
        int i = blockIdx.x * blockDim.x + threadIdx.x;                                                                 \
        if (i < taps * channels) {                                                                                     \
            filters[i] = from_float<T>(weight[i % taps * channels + i / taps]);                                        \
        }                                                                                                              \
    }

FOR_EACH_TYPE(FILTERS_IN)

// And their gradient back.
KERNEL(256, filters_out, (const float *filters, float *weight, int taps, int channels)) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < taps * channels) {
        weight[i] = filters[i % channels * taps + i / channels];
    }
}
