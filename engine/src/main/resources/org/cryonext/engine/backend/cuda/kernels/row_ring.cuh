// How depthwise convolutions are cut into strips, and the rows of one on their way into shared memory.
#pragma once

#include "tensor.cuh"

// How the work is cut: strips of `COLUMNS` columns and `strip` rows of each image, one for each channel.
struct Strips {
    int height;
    int width;
    int channels;
    int strip;
    int across;
    int down;

    // Channel and place of a strip: image, first row, end of its rows, first column.
    INLINE int locate(long long item, int columns, long long &image, int &top, int &bottom, int &left) const {
        int c = (int)(item % channels);
        long long tile = item / channels;
        left = (int)(tile % across) * columns;
        tile /= across;
        top = (int)(tile % down) * strip;
        bottom = min(top + strip, height);
        image = tile / down;
        return c;
    }
};

// The next rows of a warp's strip of 32 channels, in shared memory: PIXELS of a row from a column on, zero beyond the image. Rows
// are multiples of 16 bytes.
template <typename T, int PIXELS>
struct RowRing {
    static constexpr int CHANNELS = 32;

    // 16-byte chunks of a pixel, and of a row.
    static constexpr int CHUNKS = CHANNELS / VECTOR<T>;
    static constexpr int TOTAL = PIXELS * CHUNKS;
    static constexpr int EACH = (TOTAL + 31) / 32;

    // Rows at a time: the one that is read and those under way.
    static constexpr int ROWS = 4;
    static constexpr int AHEAD = COPIES_BEHIND ? ROWS - 1 : 1;
    static constexpr int BYTES = ROWS * TOTAL * 16;

    unsigned char *const ring;
    const int height;
    const long long pitch;
    const T *chunks[EACH];
    bool inside[EACH];
    uint4 staged[COPIES_BEHIND ? 1 : EACH];

    // image: its first element; left, channel: first ones.
    INLINE RowRing(unsigned char *ring, const T *image, const Strips &strips, int left, int channel)
        : ring(ring), height(strips.height), pitch((long long)strips.width * strips.channels) {
#pragma unroll
        for (int e = 0; e < EACH; e++) {
            const int i = index(e);
            const int column = left + i / CHUNKS;
            const int c = channel + i % CHUNKS * VECTOR<T>;
            inside[e] = i < TOTAL && (unsigned)column < (unsigned)strips.width && c < strips.channels;
            chunks[e] = image + (inside[e] ? (long long)column * strips.channels + c : 0);
        }
    }

    static INLINE int index(int e) {
        return (int)threadIdx.x % 32 + 32 * e;
    }

    INLINE unsigned char *slot(int row) const {
        return ring + (row & (ROWS - 1)) * (TOTAL * 16);
    }

    // Begins to bring a row of the image, if it is one.
    INLINE void fetch(int row) {
        const bool there = (unsigned)row < (unsigned)height;
        const long long at = there ? row * pitch : 0;
        [[maybe_unused]] const shared_at to = shared_address(slot(row));
#pragma unroll
        for (int e = 0; e < EACH; e++) {
            if (TOTAL % 32 != 0 && index(e) >= TOTAL) {
                break;
            }
            const T *p = chunks[e] + at;
            if constexpr (COPIES_BEHIND) {
                cp_async_16(to + 16 * index(e), p, there && inside[e]);
            } else {
                staged[e] = there && inside[e] ? *reinterpret_cast<const uint4 *>(p) : make_uint4(0, 0, 0, 0);
            }
        }
        cp_async_commit();
    }

    // Puts into the ring what fetch() left in registers.
    INLINE void place(int row) {
        if constexpr (!COPIES_BEHIND) {
#pragma unroll
            for (int e = 0; e < EACH; e++) {
                if (TOTAL % 32 == 0 || index(e) < TOTAL) {
                    reinterpret_cast<uint4 *>(slot(row))[index(e)] = staged[e];
                }
            }
        }
    }

    // This lane's channel of a row that was brought before the last AHEAD - 1 ones.
    INLINE void read(int row, float (&v)[PIXELS]) const {
        cp_async_wait<AHEAD - 1>();
        __syncwarp();
        const T *pixels = reinterpret_cast<const T *>(slot(row)) + threadIdx.x % 32;
#pragma unroll
        for (int i = 0; i < PIXELS; i++) {
            v[i] = to_float(pixels[i * CHANNELS]);
        }
    }
};
