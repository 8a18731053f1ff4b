// How a product gets its operands: tiles of a matrix on their way from global to shared memory.
#pragma once

#include "tensor.cuh"

// Rows of a dense matrix.
struct Dense {
    // Whether finding a row is dear enough to do it once; if not, rows are one pitch apart and columns are neighbours.
    static constexpr bool DEAR = false;

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

// Rows of a dense matrix of hidden values of images, to be globally normalised before they are multiplied: h gamma ratio + beta
// + h, with the ratio of each image and column.
struct GloballyNormalised : Dense {
    const float *ratio;
    const float *gamma;
    const float *beta;
    int positions;
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
    // Threads side by side at a row: all of its chunks, or a power of two of them, such that all rows of a thread's chunks exchange
    // them alike. Their places in the tile then differ by constants.
    static constexpr int POWER = (CHUNKS & -CHUNKS) < THREADS / 8 ? CHUNKS & -CHUNKS : THREADS / 8;
    static constexpr int SIDE = THREADS % (8 * CHUNKS) == 0 ? CHUNKS : POWER;
    static constexpr int TURNS = CHUNKS / SIDE;
    static constexpr int STEP = THREADS / SIDE;
    static constexpr int EACH = (ROWS + STEP - 1) / STEP * TURNS;
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
                int row = start + row_of(e);
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

    // Row of the tile of this thread's e-th chunk.
    static INLINE int row_of(int e) {
        return (int)threadIdx.x / SIDE + e / TURNS * STEP;
    }

    // And its place in the row.
    static INLINE int chunk_of(int e) {
        return (int)threadIdx.x % SIDE + e % TURNS * SIDE;
    }

    // And where it goes, in bytes.
    static INLINE int offset_of(int e) {
        static_assert(STEP % 8 == 0, "rows of one thread exchange their chunks alike");
        return 16 * position((int)threadIdx.x / SIDE, (int)threadIdx.x % SIDE) +
               16 * (e / TURNS * STEP * CHUNKS + e % TURNS * SIDE);
    }

    static INLINE bool takes_part(int e) {
        return ROWS % STEP == 0 || row_of(e) < ROWS;
    }

    // Begins to bring the tile at this index of the sum: into the slot itself, or into registers for place().
    INLINE void fetch(int from, unsigned char *slot) {
        [[maybe_unused]] const shared_at shared = shared_address(slot);
        // Chunks that are not read may have addresses outside of the matrix.
        [[maybe_unused]] const T *first = matrix.data;
        if constexpr (!View::DEAR) {
            first += matrix.view.row((ALONG ? start : from) + row_of(0)) + (ALONG ? from : start) + chunk_of(0) * CHUNK;
        }
#pragma unroll
        for (int e = 0; e < EACH; e++) {
            if (!takes_part(e)) {
                break;
            }
            int r = (ALONG ? start : from) + row_of(e);
            int c = (ALONG ? from : start) + chunk_of(e) * CHUNK;
            int last = ALONG ? end : matrix.columns;
            bool inside = r < (ALONG ? matrix.rows : end);
            if constexpr (BEHIND) {
                bool valid = inside && c < last;
                const T *p = matrix.data;
                if constexpr (View::DEAR) {
                    p = valid ? row(e, r) + matrix.view.column(c) : p;
                } else {
                    p = first + (long long)(e / TURNS * STEP) * matrix.view.pitch + e % TURNS * SIDE * CHUNK;
                }
                cp_async_16(shared + offset_of(e), p, valid);
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

    // Puts into the slot what fetch() left in registers.
    INLINE void place(unsigned char *slot) {
        if constexpr (!BEHIND) {
#pragma unroll
            for (int e = 0; e < EACH; e++) {
                if (takes_part(e)) {
                    *reinterpret_cast<uint4 *>(slot + offset_of(e)) = staged[e];
                }
            }
        }
    }
};
