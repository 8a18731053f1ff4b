// How a product gets its operands: tiles of a matrix on their way from global to shared memory.
#pragma once

#include "tensor.cuh"

// Rows of a dense matrix.
struct Dense {
    // Whether finding a row is dear enough to do it once.
    static constexpr bool DEAR = false;

    // Whether values change on their way, by change(row, column, values).
    static constexpr bool CHANGES = false;

    int pitch;

    INLINE long long row(int r) const {
        return (long long)r * pitch;
    }

    INLINE long long column(int c) const {
        return c;
    }
};

// The k x k patches of images [N, H, W, C] as the rows of a matrix of k * k * C columns; a patch's own rows are pieces of
// k * C neighbours. Rows and columns of an image that fill no whole patch are left out.
struct Patches {
    static constexpr bool DEAR = true;
    static constexpr bool CHANGES = false;

    int k;
    int height;
    int width;
    int channels;

    INLINE long long row(int r) const {
        unsigned across = (unsigned)(width / k);
        unsigned down = (unsigned)(height / k);
        unsigned line = (unsigned)r / across;
        unsigned image = line / down;
        long long y = (long long)image * height + (long long)(line - image * down) * k;
        return (y * width + (long long)((unsigned)r - line * across) * k) * channels;
    }

    INLINE long long column(int c) const {
        int piece = k * channels;
        int y = c / piece;
        return (long long)y * width * channels + (c - y * piece);
    }
};

// Rows of a dense matrix of hidden values of images, globally normalised on their way: h gamma ratio + beta + h, with the ratio
// of each image and column.
struct GloballyNormalised : Dense {
    static constexpr bool CHANGES = true;

    const float *ratio;
    const float *gamma;
    const float *beta;
    int positions;

    template <int N>
    INLINE void change(int row, int column, float (&v)[N]) const {
        float by[N];
        float factor[N];
        float offset[N];
        load<N>(ratio + (long long)(row / positions) * pitch + column, by);
        load<N>(gamma + column, factor);
        load<N>(beta + column, offset);
#pragma unroll
        for (int i = 0; i < N; i++) {
            v[i] = fmaf(v[i], factor[i] * by[i], offset[i]) + v[i];
        }
    }
};

// A matrix in global memory.
template <typename T, class View>
struct Matrix {
    const T *data;
    int rows;
    int columns;
    View view;
};

// One operand's tiles for a block of threads. SPAN is the tile's extent along the result, DEPTH along the sum; ALONG says
// that the sum runs along the stored matrix's rows (columns are neighbours in memory), else it runs down its columns. V is
// the number of values that may be read at once: all pieces of the matrix begin and end at multiples of it. A tile of
// 16-byte chunks lies row by row as it is stored, the chunks of a row exchanged so that those which a warp reads together
// lie in different banks: by ldmatrix, eight rows at one chunk, or (WORDS) by words, four rows at two chunks. BEHIND: by
// copies behind the thread's back, which move whole chunks; else through registers.
template <typename T, class View, int SPAN, int DEPTH, bool ALONG, int V, int THREADS, bool WORDS, bool BEHIND>
struct Tile {
    static constexpr int CHUNK = VECTOR<T>;
    static constexpr int ROWS = ALONG ? SPAN : DEPTH;
    static constexpr int CHUNKS = (ALONG ? DEPTH : SPAN) / CHUNK;
    static constexpr int TOTAL = ROWS * CHUNKS;
    static constexpr int EACH = (TOTAL + THREADS - 1) / THREADS;
    static constexpr int BYTES = TOTAL * 16;
    static constexpr bool KEEPS_ROWS = ALONG && View::DEAR;

    const Matrix<T, View> matrix;
    const int start;
    const int end;
    long long kept[KEEPS_ROWS ? EACH : 1];
    uint4 staged[BEHIND ? 1 : EACH];

    // start: first index along the result; end: where the sum ends.
    INLINE Tile(const Matrix<T, View> &matrix, int start, int end) : matrix(matrix), start(start), end(end) {
        if constexpr (KEEPS_ROWS) {
#pragma unroll
            for (int e = 0; e < EACH; e++) {
                int row = start + index(e) / CHUNKS;
                kept[e] = row < matrix.rows ? matrix.view.row(row) : 0;
            }
        }
    }

    // The place of a chunk in the tile, in chunks.
    static INLINE int position(int row, int chunk) {
        int turn;
        if constexpr (WORDS) {
            turn = CHUNKS % 8 == 0 ? (row & 3) << 1 : CHUNKS % 4 == 0 ? row & 2 : 0;
        } else {
            turn = CHUNKS % 8 == 0 ? row & 7 : CHUNKS % 4 == 0 ? row >> 1 & 3 : CHUNKS % 2 == 0 ? row >> 2 & 1 : 0;
        }
        return row * CHUNKS + (chunk ^ turn);
    }

    static INLINE int index(int e) {
        return (int)threadIdx.x + e * THREADS;
    }

    static INLINE bool takes_part(int e) {
        return TOTAL % THREADS == 0 || index(e) < TOTAL;
    }

    // Begins to bring the tile at this index of the sum: into the slot itself, or into registers for place().
    INLINE void fetch(int from, unsigned char *slot) {
#pragma unroll
        for (int e = 0; e < EACH; e++) {
            if (!takes_part(e)) {
                break;
            }
            int i = index(e);
            int r = (ALONG ? start : from) + i / CHUNKS;
            int c = (ALONG ? from : start) + i % CHUNKS * CHUNK;
            int last = ALONG ? end : matrix.columns;
            bool inside = r < (ALONG ? matrix.rows : end);
            if constexpr (BEHIND) {
                bool valid = inside && c < last;
                const T *p = valid ? row(e, r) + matrix.view.column(c) : matrix.data;
                cp_async_16(slot + 16 * position(i / CHUNKS, i % CHUNKS), p, valid);
            } else {
                staged[e] = make_uint4(0, 0, 0, 0);
                if (inside && c < last) {
                    staged[e] = gather(row(e, r), c, last);
                }
            }
        }
    }

    INLINE const T *row(int e, int r) const {
        if constexpr (KEEPS_ROWS) {
            return matrix.data + kept[e];
        } else {
            return matrix.data + matrix.view.row(r);
        }
    }

    // A chunk, V values at a time.
    INLINE uint4 gather(const T *row, int c, int last) const {
        using Piece = typename Access<V * (int)sizeof(T)>::type;
        union {
            uint4 whole;
            Piece pieces[CHUNK / V];
        } chunk;
        chunk.whole = make_uint4(0, 0, 0, 0);
#pragma unroll
        for (int i = 0; i < CHUNK / V; i++) {
            if (c + i * V < last) {
                chunk.pieces[i] = *reinterpret_cast<const Piece *>(row + matrix.view.column(c + i * V));
            }
        }
        return chunk.whole;
    }

    // As the view changes a chunk; only where the sum runs along the rows.
    INLINE void change(uint4 &chunk, int r, int c) const {
        static_assert(ALONG && V == CHUNK, "whole chunks of rows");
        if (r < matrix.rows && c < end) {
            float v[CHUNK];
            union {
                uint4 whole;
                T parts[CHUNK];
            } words;
            words.whole = chunk;
            load<CHUNK>(words.parts, v);
            matrix.view.change(r, c, v);
            store<CHUNK>(words.parts, v);
            chunk = words.whole;
        }
    }

    // Puts into the slot what fetch() left in registers.
    INLINE void place(int from, unsigned char *slot) {
        if constexpr (!BEHIND) {
#pragma unroll
            for (int e = 0; e < EACH; e++) {
                if (takes_part(e)) {
                    int i = index(e);
                    if constexpr (View::CHANGES) {
                        change(staged[e], start + i / CHUNKS, from + i % CHUNKS * CHUNK);
                    }
                    *reinterpret_cast<uint4 *>(slot + 16 * position(i / CHUNKS, i % CHUNKS)) = staged[e];
                }
            }
        }
    }
};
