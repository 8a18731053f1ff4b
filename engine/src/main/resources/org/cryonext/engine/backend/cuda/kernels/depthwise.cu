// Convolution of each channel with its own filter, and its gradients. Neighbouring threads take neighbouring channels,
// so that every access to an image is of neighbouring addresses. A thread holds its channel's filter in registers and
// walks down a strip of some columns: each input row is read once and enters the sums of the K output rows that it
// touches, of which the topmost is then whole. The rows that a warp is about to read are copied into shared memory of its own
// behind its back; warps do not wait for each other.
#include "row_ring.cuh"

// The pixels of one channel in a row from a column on; zero beyond the image.
template <typename T, int N>
INLINE void load_row(const T *row, int left, int width, int channels, float (&v)[N]) {
    // All are read before one is used, so that the memory's delay passes once, and none by a branch: beyond the image it
    // is the border that is read.
    T pixels[N];
#pragma unroll
    for (int i = 0; i < N; i++) {
        int column = min(max(left + i, 0), width - 1);
        pixels[i] = row[(long long)column * channels];
    }
#pragma unroll
    for (int i = 0; i < N; i++) {
        float value = to_float(pixels[i]);
        v[i] = (unsigned)(left + i) < (unsigned)width ? value : 0.0f;
    }
}

// One channel of a strip: done(row, sums) is called for each of its rows with the COLUMNS results. weight: [K, K, channels];
// turned: by 180 degrees, for the gradient with respect to x. start: what every sum begins with.
template <typename T, int K, int COLUMNS, typename F>
INLINE void walk_strip(const T *x, const float *weight, float start, const Strips &strips, long long base, int c, int top,
                       int bottom, int left, bool turned, F done) {
    constexpr int R = K / 2;
    int channels = strips.channels;
    int width = strips.width;
    float w[K][K];
#pragma unroll
    for (int i = 0; i < K * K; i++) {
        w[i / K][i % K] = weight[(long long)(turned ? K * K - 1 - i : i) * channels + c];
    }
    // Sums of the output rows row - R to row + R.
    float sums[K][COLUMNS];
#pragma unroll
    for (int i = 0; i < K * COLUMNS; i++) {
        sums[i / COLUMNS][i % COLUMNS] = start;
    }
    for (int row = top - R; row < bottom + R; row++) {
#pragma unroll
        for (int o = 0; o < COLUMNS; o++) {
#pragma unroll
            for (int i = 0; i < K - 1; i++) {
                sums[i][o] = sums[i + 1][o];
            }
            sums[K - 1][o] = start;
        }
        if (row >= 0 && row < strips.height) {
            float v[COLUMNS + K - 1];
            load_row(x + base + (long long)row * width * channels, left - R, width, channels, v);
#pragma unroll
            for (int i = 0; i < K; i++) {
#pragma unroll
                for (int t = 0; t < K; t++) {
#pragma unroll
                    for (int o = 0; o < COLUMNS; o++) {
                        sums[i][o] = fmaf(v[o + t], w[K - 1 - i][t], sums[i][o]);
                    }
                }
            }
        }
        if (row - R >= top) {
            done(row - R, sums[0]);
        }
    }
}

// A strip's sums of one channel: w, what every sum begins with, and those of the output rows around the one that passes.
template <int K, int COLUMNS>
struct StripSums {
    float w[K][K];
    float start;
    float sums[K][COLUMNS];

    // weight: [K, K, channels]; turned: by 180 degrees, for the gradient with respect to x.
    INLINE StripSums(const float *weight, float start, int channels, int c, bool turned) : start(start) {
#pragma unroll
        for (int i = 0; i < K * K; i++) {
            w[i / K][i % K] = weight[(long long)(turned ? K * K - 1 - i : i) * channels + c];
        }
#pragma unroll
        for (int i = 0; i < K * COLUMNS; i++) {
            sums[i / COLUMNS][i % COLUMNS] = start;
        }
    }

    // Adds the next row's pixels. The topmost sums are done with: the first addition to each of the others moves it up.
    INLINE void next(const float (&v)[COLUMNS + K - 1]) {
#pragma unroll
        for (int i = 0; i < K; i++) {
#pragma unroll
            for (int t = 0; t < K; t++) {
#pragma unroll
                for (int o = 0; o < COLUMNS; o++) {
                    float before = t > 0 ? sums[i][o] : i < K - 1 ? sums[i + 1][o] : start;
                    sums[i][o] = fmaf(v[o + t], w[K - 1 - i][t], before);
                }
            }
        }
    }
};

// The convolution, a warp a strip of 32 channels; bias may be null. warps: strips of all groups of channels.
template <typename T, int K, int COLUMNS, int THREADS>
INLINE void depthwise_by_rings(const T *x, const float *weight, const float *bias, T *y, Strips strips, long long warps,
                               bool turned) {
    constexpr int R = K / 2;
    using Ring = RowRing<T, COLUMNS + K - 1>;
    __shared__ __align__(16) unsigned char rings[THREADS / 32 * Ring::BYTES];
    const int warp_of_block = (int)threadIdx.x / 32;
    const long long warp = (long long)blockIdx.x * (THREADS / 32) + warp_of_block;
    if (warp >= warps) {
        return;
    }
    const int channels = strips.channels;
    const int groups = (channels + Ring::CHANNELS - 1) / Ring::CHANNELS;
    const int channel = (int)(warp % groups) * Ring::CHANNELS;
    const int lane = (int)threadIdx.x % 32;
    const bool inside = channel + lane < channels;
    // Lanes beyond the channels compute the last one.
    const int c = inside ? channel + lane : channels - 1;
    long long image;
    int top, bottom, left;
    strips.locate(warp / groups * channels, COLUMNS, image, top, bottom, left);
    const int width = strips.width;
    const long long base = image * strips.height * width * channels;
    Ring ring(rings + warp_of_block * Ring::BYTES, x + base, strips, left - R, channel);
    StripSums<K, COLUMNS> strip(weight, bias == nullptr ? 0.0f : bias[c], channels, c, turned);
    T *const to = y + base + (long long)left * channels + c;
    const long long pitch = (long long)width * channels;
    const int columns = inside ? min(COLUMNS, width - left) : 0;
    const auto done = [&](int row, const float (&sums)[COLUMNS]) {
        T *pixel = to + row * pitch;
        if (columns == COLUMNS) {
#pragma unroll
            for (int o = 0; o < COLUMNS; o++) {
                *pixel = from_float<T>(sums[o]);
                pixel += channels;
            }
        } else {
#pragma unroll
            for (int o = 0; o < COLUMNS; o++) {
                if (o < columns) {
                    *pixel = from_float<T>(sums[o]);
                }
                pixel += channels;
            }
        }
    };
    // Rows beyond the image add nothing.
    const int first = max(top - R, 0);
    const int end = min(bottom + R, strips.height);
#pragma unroll
    for (int ahead = 0; ahead < Ring::AHEAD; ahead++) {
        ring.fetch(first + ahead);
        ring.place(first + ahead);
    }
    for (int row = first; row < end; row++) {
        float v[COLUMNS + K - 1];
        ring.read(row, v);
        // Into the place of the row before, which all lanes have read.
        ring.fetch(row + Ring::AHEAD);
        strip.next(v);
        ring.place(row + Ring::AHEAD);
        if (row - R >= top) {
            done(row - R, strip.sums[0]);
        }
    }
    cp_async_wait<0>();
#pragma unroll
    for (int i = 1; i <= R; i++) {
        const int row = end - 1 - R + i;
        if (row >= top && row < bottom) {
            done(row, strip.sums[i]);
        }
    }
}

// The convolution; bias may be null.
template <typename T, int K, int COLUMNS>
INLINE void depthwise(const T *x, const float *weight, const float *bias, T *y, Strips strips, long long items,
                      bool turned) {
    long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (item >= items) {
        return;
    }
    long long image;
    int top, bottom, left;
    int c = strips.locate(item, COLUMNS, image, top, bottom, left);
    int channels = strips.channels;
    int width = strips.width;
    long long base = image * strips.height * width * channels + c;
    float start = bias == nullptr ? 0.0f : bias[c];
    walk_strip<T, K, COLUMNS>(
        x, weight, start, strips, base, c, top, bottom, left, turned, [&](int row, const float (&sums)[COLUMNS]) {
            T *to = y + base + ((long long)row * width + left) * channels;
#pragma unroll
            for (int o = 0; o < COLUMNS; o++) {
                if (left + o < width) {
                    to[(long long)o * channels] = from_float<T>(sums[o]);
                }
            }
        });
}

// The convolution and behind it the layer normalisation of each pixel, whose channels are all in one block: a strip, a
// thread a channel. `kept` rows of results at a time lie in shared memory, where warps take pixels as soon as they are there.
// Channels are multiples of a vector and at most MOST.
template <typename T, int K, int COLUMNS, int MOST>
INLINE void depthwise_norm(const T *x, const float *weight, const float *bias, const float *norm_weight,
                           const float *norm_bias, T *y, Strips strips, int kept, float epsilon) {
    DYNAMIC_SHARED(float, tile);
    // Of longer vectors a lane would have more values than registers are left.
    constexpr int N = 4;
    constexpr int EACH = (MOST / N + 31) / 32;
    int channels = strips.channels;
    int width = strips.width;
    // The last warp's lanes beyond the channels compute the last one, so that all come to the barriers.
    bool inside = (int)threadIdx.x < channels;
    int channel = inside ? (int)threadIdx.x : channels - 1;
    long long image;
    int top, bottom, left;
    strips.locate((long long)blockIdx.x * channels, COLUMNS, image, top, bottom, left);
    int lane = (int)threadIdx.x % 32;
    int warps = (int)blockDim.x / 32;
    long long base = image * strips.height * width * channels;
    walk_strip<T, K, COLUMNS>(
        x, weight, bias == nullptr ? 0.0f : bias[channel], strips, base + channel, channel, top, bottom, left, false,
        [&](int row, const float (&sums)[COLUMNS]) {
            int place = (row - top) % kept;
            if (inside) {
#pragma unroll
                for (int o = 0; o < COLUMNS; o++) {
                    tile[(place * COLUMNS + o) * channels + channel] = sums[o];
                }
            }
            if (place != kept - 1 && row != bottom - 1) {
                return;
            }
            __syncthreads();
            for (int p = (int)threadIdx.x / 32; p < (place + 1) * COLUMNS; p += warps) {
                int column = left + p % COLUMNS;
                if (column >= width) {
                    continue;
                }
                float v[EACH][N];
                float sum = 0;
#pragma unroll
                for (int e = 0; e < EACH; e++) {
                    int c = (lane + 32 * e) * N;
                    if (c < channels) {
                        load(tile + p * channels + c, v[e]);
#pragma unroll
                        for (int i = 0; i < N; i++) {
                            sum += v[e][i];
                        }
                    }
                }
                float mean = warp_sum(sum) / channels;
                float rest = 0;
                float squares = 0;
#pragma unroll
                for (int e = 0; e < EACH; e++) {
                    if ((lane + 32 * e) * N < channels) {
#pragma unroll
                        for (int i = 0; i < N; i++) {
                            v[e][i] -= mean;
                            rest += v[e][i];
                            squares = fmaf(v[e][i], v[e][i], squares);
                        }
                    }
                }
                // The mean is off by its rounding, which counts where it is large against the deviation.
                rest = warp_sum(rest) / channels;
                float variance = fmaxf(warp_sum(squares) / channels - rest * rest, 0.0f);
                float scale = 1.0f / sqrtf(variance + epsilon);
                T *to = y + base + ((long long)(row - place + p / COLUMNS) * width + column) * channels;
#pragma unroll
                for (int e = 0; e < EACH; e++) {
                    int c = (lane + 32 * e) * N;
                    if (c < channels) {
                        float factor[N];
                        float offset[N];
                        load(norm_weight + c, factor);
                        load(norm_bias + c, offset);
#pragma unroll
                        for (int i = 0; i < N; i++) {
                            v[e][i] = fmaf((v[e][i] - rest) * scale, factor[i], offset[i]);
                        }
                        store(to + c, v[e]);
                    }
                }
            }
            // The tile may be written again only when all of it was read.
            __syncthreads();
        });
}

// Sums for the gradients of filter and bias: partial[group][0 .. K * K - 1][c] and, last, [K * K][c]. A thread adds up
// the strips group, group + groups, ... of its channel; here the rows of dy are kept and those of x pass by.
template <typename T, int K, int COLUMNS>
INLINE void depthwise_weight_gradient(const T *dy, const T *x, float *partial, Strips strips, long long tiles,
                                      int groups) {
    long long thread = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    int channels = strips.channels;
    if (thread >= (long long)groups * channels) {
        return;
    }
    constexpr int R = K / 2;
    int group = (int)(thread / channels);
    int c = (int)(thread % channels);
    int width = strips.width;
    float sums[K][K] = {};
    float sum = 0;
    for (long long tile = group; tile < tiles; tile += groups) {
        long long image;
        int top, bottom, left;
        strips.locate(tile * channels + c, COLUMNS, image, top, bottom, left);
        long long base = image * strips.height * width * channels + c;
        // Rows row - R to row + R of dy, those of the strip.
        float d[K][COLUMNS] = {};
        int end = min(bottom + R, strips.height);
        for (int row = top - R; row < end; row++) {
#pragma unroll
            for (int o = 0; o < COLUMNS; o++) {
#pragma unroll
                for (int i = 0; i < K - 1; i++) {
                    d[i][o] = d[i + 1][o];
                }
                d[K - 1][o] = 0;
            }
            if (row + R < bottom) {
                load_row(dy + base + (long long)(row + R) * width * channels, left, width, channels, d[K - 1]);
#pragma unroll
                for (int o = 0; o < COLUMNS; o++) {
                    sum += d[K - 1][o];
                }
            }
            if (row >= 0) {
                float v[COLUMNS + K - 1];
                load_row(x + base + (long long)row * width * channels, left - R, width, channels, v);
#pragma unroll
                for (int i = 0; i < K; i++) {
#pragma unroll
                    for (int t = 0; t < K; t++) {
#pragma unroll
                        for (int o = 0; o < COLUMNS; o++) {
                            sums[K - 1 - i][t] = fmaf(d[i][o], v[o + t], sums[K - 1 - i][t]);
                        }
                    }
                }
            }
        }
    }
    float *to = partial + (long long)group * (K * K + 1) * channels + c;
#pragma unroll
    for (int i = 0; i < K * K; i++) {
        to[(long long)i * channels] = sums[i / K][i % K];
    }
    to[(long long)(K * K) * channels] = sum;
}

// Any odd filter size: a thread an output.
template <typename T>
INLINE void depthwise_any(const T *x, const float *weight, const float *bias, T *y, int k, int height, int width,
                          int channels, long long items, bool turned) {
    long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (item >= items) {
        return;
    }
    int c = (int)(item % channels);
    long long pixel = item / channels;
    int column = (int)(pixel % width);
    int row = (int)(pixel / width % height);
    long long image = pixel / width / height;
    float sum = bias == nullptr ? 0.0f : bias[c];
    for (int i = 0; i < k; i++) {
        int from_row = row + i - k / 2;
        for (int t = 0; t < k; t++) {
            int from_column = column + t - k / 2;
            if (from_row >= 0 && from_row < height && from_column >= 0 && from_column < width) {
                int tap = turned ? (k - 1 - i) * k + k - 1 - t : i * k + t;
                float v = to_float(x[((image * height + from_row) * width + from_column) * channels + c]);
                sum = fmaf(v, weight[(long long)tap * channels + c], sum);
            }
        }
    }
    y[item] = from_float<T>(sum);
}

// Any odd filter size: a thread a channel, a tap (or the bias, the last) and a group of images.
template <typename T>
INLINE void depthwise_weight_gradient_any(const T *dy, const T *x, float *partial, int k, int images, int height,
                                          int width, int channels, int groups) {
    int thread = blockIdx.x * blockDim.x + threadIdx.x;
    int taps = k * k + 1;
    if (thread >= groups * taps * channels) {
        return;
    }
    int c = thread % channels;
    int tap = thread / channels % taps;
    int group = thread / channels / taps;
    bool bias = tap == k * k;
    int down = bias ? 0 : tap / k - k / 2;
    int right = bias ? 0 : tap % k - k / 2;
    float sum = 0;
    for (int image = group; image < images; image += groups) {
        for (int row = max(0, -down); row < min(height, height - down); row++) {
            for (int column = max(0, -right); column < min(width, width - right); column++) {
                long long at = ((long long)(image * (long long)height + row) * width + column) * channels + c;
                float v = bias ? 1.0f : to_float(x[at + ((long long)down * width + right) * channels]);
                sum = fmaf(to_float(dy[at]), v, sum);
            }
        }
    }
    partial[thread] = sum;
}

#define EXPORT(T)                                                                                                      \
    KERNEL(128, depthwise7_##T, (const T *x, const float *weight, const float *bias, T *y, int height, int width,      \
                                 int channels, int strip, int across, int down, long long warps, int turned)) {        \
        Strips strips{height, width, channels, strip, across, down};                                                   \
        depthwise_by_rings<T, 7, 7, 128>(x, weight, bias, y, strips, warps, turned != 0);                              \
    }                                                                                                                  \
                                                                                                                       \
    KERNEL(128, depthwise7_odd_##T, (const T *x, const float *weight, const float *bias, T *y, int height, int width,  \
                                     int channels, int strip, int across, int down, long long items, int turned)) {    \
        Strips strips{height, width, channels, strip, across, down};                                                   \
        depthwise<T, 7, 7>(x, weight, bias, y, strips, items, turned != 0);                                            \
    }                                                                                                                  \
                                                                                                                       \
    KERNEL(384, depthwise7_norm_##T, (const T *x, const float *weight, const float *bias, const float *norm_weight,    \
                                      const float *norm_bias, T *y, int height, int width, int channels, int strip,   \
                                      int across, int down, int kept, float epsilon)) {                               \
        Strips strips{height, width, channels, strip, across, down};                                                   \
        depthwise_norm<T, 7, 7, 384>(x, weight, bias, norm_weight, norm_bias, y, strips, kept, epsilon);               \
    }                                                                                                                  \
                                                                                                                       \
    KERNEL(128, depthwise7_weight_gradient_##T, (const T *dy, const T *x, float *partial, int height, int width,       \
                                                 int channels, int strip, int across, int down, long long tiles,       \
                                                 int groups)) {                                                        \
        Strips strips{height, width, channels, strip, across, down};                                                   \
        depthwise_weight_gradient<T, 7, 4>(dy, x, partial, strips, tiles, groups);                                     \
    }                                                                                                                  \
                                                                                                                       \
    KERNEL(256, depthwise_any_##T, (const T *x, const float *weight, const float *bias, T *y, int k, int height,       \
                                    int width, int channels, long long items, int turned)) {                           \
        depthwise_any(x, weight, bias, y, k, height, width, channels, items, turned != 0);                             \
    }                                                                                                                  \
                                                                                                                       \
    KERNEL(256, depthwise_any_weight_gradient_##T, (const T *dy, const T *x, float *partial, int k, int images,        \
                                                    int height, int width, int channels, int groups)) {                \
        depthwise_weight_gradient_any(dy, x, partial, k, images, height, width, channels, groups);                     \
    }

FOR_EACH_TYPE(EXPORT)
