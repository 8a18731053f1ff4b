// Products on tensor cores: out[m, n] = sum over k of left[m, k] * right[n, k], for any way in which the two are stored.
#pragma once

#include "gemm_epilogue.cuh"

// One step of the sum for 16 x 8 results: two 16-byte chunks of each operand.
template <class Product>
struct TensorStep;

template <>
struct TensorStep<f16_product> {
    static constexpr unsigned ONES = 0x3c003c00;

    static INLINE void multiply(float (&d)[4], const unsigned (&a)[4], const unsigned (&b)[2]) {
#if __CUDA_ARCH__ >= 800
        mma_m16n8k16_f16(d, a, b);
#else
        unsigned left[2] = {a[0], a[1]};
        unsigned right[1] = {b[0]};
        mma_m16n8k8_f16(d, left, right);
        left[0] = a[2];
        left[1] = a[3];
        right[0] = b[1];
        mma_m16n8k8_f16(d, left, right);
#endif
    }
};

#if __CUDA_ARCH__ >= 800
template <>
struct TensorStep<bf16_product> {
    static constexpr unsigned ONES = 0x3f803f80;

    static INLINE void multiply(float (&d)[4], const unsigned (&a)[4], const unsigned (&b)[2]) {
        mma_m16n8k16_bf16(d, a, b);
    }
};

template <>
struct TensorStep<tf32_product> {
    static constexpr unsigned ONES = 0x3f800000;

    static INLINE void multiply(float (&d)[4], const unsigned (&a)[4], const unsigned (&b)[2]) {
        mma_m16n8k8_tf32(d, a, b);
    }
};
#endif

// Reads COUNT fragments of an operand from its tile in shared memory: of the left one 16 rows each, of the right one two side by
// side of 8 columns. FOUR: words of f32, which ldmatrix cannot transpose. What depends on the lane is computed once; the rest
// are constants that the loads add by themselves.
template <class Tile, bool LEFT, bool ALONG, bool FOUR, int COUNT>
struct FragmentReader {
    // Along the rows the exchanged chunks repeat after some steps.
    static constexpr int PERIOD = Tile::CHUNKS % 8 == 0 ? 4 : Tile::CHUNKS % 4 == 0 ? 2 : 1;
    static constexpr bool BY_WORDS = FOUR && !ALONG;

    int offsets[BY_WORDS || ALONG ? 1 : COUNT];

    // first: the operand's first row or column.
    INLINE explicit FragmentReader(int first) {
        const int lane = (int)threadIdx.x & 31;
        if constexpr (BY_WORDS) {
            offsets[0] = first + lane / 4;
        } else if constexpr (ALONG) {
            const int row = first + (LEFT ? lane % 16 : lane % 8 + lane / 16 * 8);
            const int chunk = LEFT ? lane / 16 : lane / 8 % 2;
            offsets[0] = 16 * Tile::position(row, chunk);
        } else {
            const int k = LEFT ? lane % 8 + lane / 16 * 8 : lane % 16;
            const int chunk = first / 8 + (LEFT ? lane / 8 % 2 : lane / 16);
#pragma unroll
            for (int i = 0; i < COUNT; i++) {
                offsets[i] = 16 * Tile::position(k, 2 * i + chunk);
            }
        }
    }

    // The i-th, of this step of the sum.
    INLINE void read(unsigned (&words)[4], shared_at tile, int i, int step) const {
        if constexpr (BY_WORDS) {
            const int lane = (int)threadIdx.x & 31;
            const int k = 8 * step + lane % 4;
            const int at = offsets[0] + 16 * i;
            words[0] = word(tile, k, at);
            words[LEFT ? 1 : 2] = word(tile, k, at + 8);
            words[LEFT ? 2 : 1] = word(tile, k + 4, at);
            words[3] = word(tile, k + 4, at + 8);
        } else if constexpr (ALONG) {
            // Rows begin at multiples of the bytes in which chunks are exchanged, and so do their pieces that repeat.
            constexpr int TURN = 2 * PERIOD;
            const int offset = offsets[0] ^ 16 * (step % PERIOD * 2);
            ldmatrix_x4(words, tile + offset + 16 * (16 * i * Tile::CHUNKS + step / PERIOD * TURN));
        } else {
            ldmatrix_x4_trans(words, tile + offsets[i] + 16 * 16 * step * Tile::CHUNKS);
        }
#if __CUDA_ARCH__ >= 800
        if constexpr (FOUR) {
#pragma unroll
            for (int w = 0; w < 4; w++) {
                words[w] = tf32_bits(__uint_as_float(words[w]));
            }
        }
#endif
    }

    static INLINE unsigned word(shared_at tile, int row, int column) {
        return shared_word(tile + 16 * Tile::position(row, column / 4) + column % 4 * 4);
    }
};

// What a block does to its left operand's fragments before they are multiplied, by what it puts into shared memory behind the
// operands' tiles before the first barrier: nothing.
template <typename T, class View, class Shape, int DEPTH>
struct LeftChange {
    INLINE LeftChange(const Matrix<T, View> &, unsigned char *, int, int) {}

    INLINE void at(int) {}

    INLINE void to(unsigned (&)[4], int) const {}
};

// Global response normalisation: shared memory has, in f32, for each image that the block has rows of, the factor of each column,
// 1 + gamma ratio, and behind them beta. Columns are multiples of 4.
template <typename T, class Shape, int DEPTH>
struct LeftChange<T, GloballyNormalised, Shape, DEPTH> {
    static constexpr int DOWN = Shape::WARP_ROWS / 16;

    const float *table;
    const float *offsets;
    int rows[DOWN][2];
    bool one;
    int column;
    float offset[2][2];
    float factor[2][2];

    INLINE LeftChange(const Matrix<T, GloballyNormalised> &matrix, unsigned char *shared, int block_row, int warp_row) {
        const int columns = matrix.columns;
        const int positions = matrix.view.positions;
        const int pitch = (columns + DEPTH - 1) / DEPTH * DEPTH;
        const int first = block_row / positions;
        const int end = matrix.rows - block_row < Shape::ROWS ? matrix.rows : block_row + Shape::ROWS;
        const int images = (end - 1) / positions - first + 1;
        float *written = reinterpret_cast<float *>(shared);
        for (int p = 4 * (int)threadIdx.x; p < (images + 1) * pitch; p += 4 * Shape::THREADS) {
            const int image = p / pitch;
            const int k = p % pitch;
            float v[4] = {0.0f, 0.0f, 0.0f, 0.0f};
            if (k < columns && image == images) {
                load<4>(matrix.view.beta + k, v);
            } else if (k < columns) {
                float ratio[4];
                load<4>(matrix.view.ratio + (long long)(first + image) * columns + k, ratio);
                load<4>(matrix.view.gamma + k, v);
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    v[i] = fmaf(v[i], ratio[i], 1.0f);
                }
            }
            store<4>(written + p, v);
        }
        const int lane = (int)threadIdx.x % 32;
        table = written + lane % 4 * 2;
        offsets = table + images * pitch;
        // Rows behind the last are computed as if they were of the last image.
#pragma unroll
        for (int i = 0; i < DOWN; i++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                const int row = block_row + warp_row + 16 * i + 8 * half + lane / 4;
                rows[i][half] = ((row < end ? row : end - 1) / positions - first) * pitch;
            }
        }
        const int top = block_row + warp_row;
        const int bottom = top + Shape::WARP_ROWS - 1;
        one = (top < end ? top : end - 1) / positions == (bottom < end ? bottom : end - 1) / positions;
    }

    // From now on for this step's columns.
    INLINE void at(int k) {
        column = k;
#pragma unroll
        for (int half = 0; half < 2; half++) {
            load<2>(offsets + k + 8 * half, offset[half]);
            load<2>(table + rows[0][0] + k + 8 * half, factor[half]);
        }
    }

    // The i-th fragment of 16 rows.
    INLINE void to(unsigned (&a)[4], int i) const {
#pragma unroll
        for (int j = 0; j < 4; j++) {
            float by[2] = {factor[j / 2][0], factor[j / 2][1]};
            if (!one) {
                load<2>(table + rows[i][j % 2] + column + j / 2 * 8, by);
            }
            float v[2];
            unpack<T>(a[j], v);
            a[j] = pack<T>(fmaf(v[0], by[0], offset[j / 2][0]), fmaf(v[1], by[1], offset[j / 2][1]));
        }
    }
};

// Gives a warp's results, from this row and column on, to the epilogue: through shared memory, 16 rows and AT_ONCE fragments
// at a time, so that whole pieces of a row are read and written at once. What the epilogue reads itself is asked for some
// pieces ahead: a wait for memory for each of them would take longer than a short sum. Nobody may need the shared memory for
// anything else by then.
template <int AT_ONCE, int DOWN, int ACROSS, class Epilogue>
INLINE void store_results(const float (&sums)[DOWN][ACROSS][4], unsigned char *shared, int row, int column,
                          const Epilogue &epilogue) {
    static_assert(ACROSS % AT_ONCE == 0, "a row is a number of turns");
    constexpr int PITCH = 8 * AT_ONCE + 8;
    constexpr int N = Epilogue::N;
    constexpr int PIECES = 8 * AT_ONCE / N;
    static_assert(16 * PIECES % 32 == 0, "all lanes have as many pieces");
    constexpr int EACH = 16 * PIECES / 32;
    constexpr int TURNS = ACROSS / AT_ONCE;
    constexpr int WAITING = EACH * DOWN * TURNS < 4 ? EACH * DOWN * TURNS : 4;
    const int lane = (int)threadIdx.x % 32;
    float *rows = reinterpret_cast<float *>(shared) + (int)threadIdx.x / 32 * 16 * PITCH;

    // This lane's pieces in the order in which they are stored.
    const auto piece_row = [&](int piece) {
        return row + piece / (EACH * TURNS) * 16 + (lane + piece % EACH * 32) / PIECES;
    };
    const auto piece_column = [&](int piece) {
        return column + piece / EACH % TURNS * 8 * AT_ONCE + (lane + piece % EACH * 32) % PIECES * N;
    };
    typename Epilogue::Ahead waiting[WAITING];
#pragma unroll
    for (int i = 0; i < DOWN; i++) {
#pragma unroll
        for (int turn = 0; turn < TURNS; turn++) {
#pragma unroll
            for (int j = 0; j < AT_ONCE; j++) {
                const float(&four)[4] = sums[i][turn * AT_ONCE + j];
                float *at = rows + lane / 4 * PITCH + 8 * j + lane % 4 * 2;
                *reinterpret_cast<float2 *>(at) = make_float2(four[0], four[1]);
                *reinterpret_cast<float2 *>(at + 8 * PITCH) = make_float2(four[2], four[3]);
            }
            if (i == 0 && turn == 0) {
                // Now that registers have become free.
#pragma unroll
                for (int w = 0; w < WAITING; w++) {
                    waiting[w] = epilogue.ahead(piece_row(w), piece_column(w));
                }
            }
            __syncwarp();
#pragma unroll 1
            for (int e = 0; e < EACH; e++) {
                const int piece = (i * TURNS + turn) * EACH + e;
                const typename Epilogue::Ahead read = waiting[0];
#pragma unroll
                for (int w = 1; w < WAITING; w++) {
                    waiting[w - 1] = waiting[w];
                }
                if (piece + WAITING < EACH * DOWN * TURNS) {
                    waiting[WAITING - 1] = epilogue.ahead(piece_row(piece + WAITING), piece_column(piece + WAITING));
                }
                float z[N];
                const int p = lane + 32 * e;
                load<N>(rows + p / PIECES * PITCH + p % PIECES * N, z);
                epilogue.store(piece_row(piece), piece_column(piece), z, read);
            }
            __syncwarp();
        }
    }
}

// One block's tile. The sum goes over [from, to); of an operand that is read V values at a time, from is a multiple of V.
// SUMS: the left operand's sums over k go to the epilogue as well, from the blocks of the first columns.
template <class Product, class Shape, bool LEFT_ALONG, bool RIGHT_ALONG, int V, bool SUMS, class LeftView, class RightView,
          class Epilogue>
INLINE void tensor_gemm(const Matrix<typename Product::type, LeftView> &left_matrix,
                        const Matrix<typename Product::type, RightView> &right_matrix, int columns, int from, int to,
                        const Epilogue &epilogue) {
    using T = typename Product::type;
    constexpr bool FOUR = sizeof(T) == 4;
    constexpr int DEPTH = Shape::DEPTH_CHUNKS * VECTOR<T>;
    constexpr int STEPS = Shape::DEPTH_CHUNKS / 2;
    constexpr int DOWN = Shape::WARP_ROWS / 16;
    constexpr int ACROSS = Shape::WARP_COLUMNS / 8;
    constexpr bool BEHIND = COPIES_BEHIND && V == VECTOR<T>;
    using Left = Tile<T, LeftView, Shape::ROWS, DEPTH, LEFT_ALONG, V, Shape::THREADS, FOUR && !LEFT_ALONG, BEHIND>;
    using Right = Tile<T, RightView, Shape::COLUMNS, DEPTH, RIGHT_ALONG, V, Shape::THREADS, FOUR && !RIGHT_ALONG, BEHIND>;
    constexpr int SLOT = Left::BYTES + Right::BYTES;
    constexpr int SLOTS = Shape::SLOTS;
    static_assert(Shape::WARP_ROWS % 16 == 0 && Shape::WARP_COLUMNS % 16 == 0, "a warp computes pairs of fragments");

    DYNAMIC_SHARED(unsigned char, shared);
    const TilePlace<Shape> place(columns);
    const int warp = (int)threadIdx.x / 32;
    const int lane = (int)threadIdx.x % 32;
    const int warp_row = warp / Shape::ACROSS * Shape::WARP_ROWS;
    const int warp_column = warp % Shape::ACROSS * Shape::WARP_COLUMNS;
    Left left(left_matrix, place.row, to);
    Right right(right_matrix, place.column, to);
    const FragmentReader<Left, true, LEFT_ALONG, FOUR, DOWN> left_reader(warp_row);
    const FragmentReader<Right, false, RIGHT_ALONG, FOUR, ACROSS / 2> right_reader(warp_column);
    LeftChange<T, LeftView, Shape, DEPTH> change(left_matrix, shared + SLOTS * SLOT, place.row, warp_row);

    float sums[DOWN][ACROSS][4];
    float left_sums[SUMS ? DOWN : 1][4];
#pragma unroll
    for (int i = 0; i < DOWN; i++) {
#pragma unroll
        for (int j = 0; j < ACROSS; j++) {
            sums[i][j][0] = sums[i][j][1] = sums[i][j][2] = sums[i][j][3] = 0.0f;
        }
        if constexpr (SUMS) {
            left_sums[i][0] = left_sums[i][1] = left_sums[i][2] = left_sums[i][3] = 0.0f;
        }
    }
    bool summing = false;
    if constexpr (SUMS) {
        summing = epilogue.sums != nullptr && place.column == 0 && warp_column == 0;
    }

    const int tiles = (to - from + DEPTH - 1) / DEPTH;
#pragma unroll
    for (int tile = 0; tile < SLOTS - 1; tile++) {
        if (tile < tiles) {
            unsigned char *slot = shared + tile * SLOT;
            left.fetch(from + tile * DEPTH, slot);
            right.fetch(from + tile * DEPTH, slot + Left::BYTES);
            left.place(slot);
            right.place(slot + Left::BYTES);
        }
        cp_async_commit();
    }
    int reading = 0;
    int writing = SLOTS - 1;
    for (int tile = 0; tile < tiles; tile++) {
        // The slot that is written now was read before this barrier, the one that is read was written before it.
        cp_async_wait<SLOTS - 2>();
        __syncthreads();
        unsigned char *next = shared + writing * SLOT;
        bool more = tile + SLOTS - 1 < tiles;
        if (more) {
            left.fetch(from + (tile + SLOTS - 1) * DEPTH, next);
            right.fetch(from + (tile + SLOTS - 1) * DEPTH, next + Left::BYTES);
        }
        cp_async_commit();
        const shared_at slot = shared_address(shared) + reading * SLOT;
#pragma unroll
        for (int step = 0; step < STEPS; step++) {
            unsigned a[DOWN][4];
            change.at(tile * DEPTH + step * (DEPTH / STEPS));
#pragma unroll
            for (int i = 0; i < DOWN; i++) {
                left_reader.read(a[i], slot, i, step);
                change.to(a[i], i);
            }
#pragma unroll
            for (int j = 0; j < ACROSS; j += 2) {
                unsigned b[4];
                right_reader.read(b, slot + Left::BYTES, j / 2, step);
                const unsigned first[2] = {b[0], b[1]};
                const unsigned second[2] = {b[2], b[3]};
#pragma unroll
                for (int i = 0; i < DOWN; i++) {
                    TensorStep<Product>::multiply(sums[i][j], a[i], first);
                    TensorStep<Product>::multiply(sums[i][j + 1], a[i], second);
                }
            }
            if constexpr (SUMS) {
                if (summing) {
                    const unsigned ones[2] = {TensorStep<Product>::ONES, TensorStep<Product>::ONES};
#pragma unroll
                    for (int i = 0; i < DOWN; i++) {
                        TensorStep<Product>::multiply(left_sums[i], a[i], ones);
                    }
                }
            }
        }
        if (more) {
            left.place(next);
            right.place(next + Left::BYTES);
        }
        reading = reading + 1 == SLOTS ? 0 : reading + 1;
        writing = writing + 1 == SLOTS ? 0 : writing + 1;
    }

    cp_async_wait<0>();
    __syncthreads();
    store_results<ACROSS>(sums, shared, place.row + warp_row, place.column + warp_column, epilogue);
    if constexpr (SUMS) {
        if (summing && lane % 4 == 0) {
#pragma unroll
            for (int i = 0; i < DOWN; i++) {
                epilogue.store_sum(place.row + warp_row + 16 * i + lane / 4, left_sums[i][0]);
                epilogue.store_sum(place.row + warp_row + 16 * i + lane / 4 + 8, left_sums[i][2]);
            }
        }
    }
}
