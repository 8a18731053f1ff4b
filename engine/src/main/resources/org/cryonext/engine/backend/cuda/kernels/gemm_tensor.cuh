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

// Fragments of one operand from its tile in shared memory. FOUR: words of f32, which ldmatrix cannot transpose.
template <class Tile, bool ALONG, bool FOUR>
struct Fragments {
    // 16 rows of the left operand.
    static INLINE void left(unsigned (&a)[4], const unsigned char *slot, int row, int step) {
        int lane = (int)threadIdx.x & 31;
        if constexpr (ALONG) {
            ldmatrix_x4(a, slot + 16 * Tile::position(row + lane % 16, 2 * step + lane / 16));
        } else if constexpr (!FOUR) {
            int k = 16 * step + lane % 8 + lane / 16 * 8;
            ldmatrix_x4_trans(a, slot + 16 * Tile::position(k, row / 8 + lane / 8 % 2));
        } else {
            int k = 8 * step + lane % 4;
            int m = row + lane / 4;
            a[0] = word(slot, k, m);
            a[1] = word(slot, k, m + 8);
            a[2] = word(slot, k + 4, m);
            a[3] = word(slot, k + 4, m + 8);
        }
        round(a);
    }

    // 16 columns of the right operand: two fragments side by side.
    static INLINE void right(unsigned (&b)[4], const unsigned char *slot, int column, int step) {
        int lane = (int)threadIdx.x & 31;
        if constexpr (ALONG) {
            ldmatrix_x4(b, slot + 16 * Tile::position(column + lane % 8 + lane / 16 * 8, 2 * step + lane / 8 % 2));
        } else if constexpr (!FOUR) {
            ldmatrix_x4_trans(b, slot + 16 * Tile::position(16 * step + lane % 16, column / 8 + lane / 16));
        } else {
            int k = 8 * step + lane % 4;
            int n = column + lane / 4;
            b[0] = word(slot, k, n);
            b[1] = word(slot, k + 4, n);
            b[2] = word(slot, k, n + 8);
            b[3] = word(slot, k + 4, n + 8);
        }
        round(b);
    }

    static INLINE unsigned word(const unsigned char *slot, int row, int column) {
        return *reinterpret_cast<const unsigned *>(slot + 16 * Tile::position(row, column / 4) + column % 4 * 4);
    }

    static INLINE void round([[maybe_unused]] unsigned (&words)[4]) {
#if __CUDA_ARCH__ >= 800
        if constexpr (FOUR) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                words[i] = tf32_bits(__uint_as_float(words[i]));
            }
        }
#endif
    }
};

// Gives a warp's results, from this row and column on, to the epilogue: through shared memory, 16 rows at a time, so that
// whole pieces of a row are read and written at once. Nobody may need the shared memory for anything else by then.
template <int DOWN, int ACROSS, class Epilogue>
INLINE void store_results(const float (&sums)[DOWN][ACROSS][4], unsigned char *shared, int row, int column,
                          const Epilogue &epilogue) {
    constexpr int PITCH = 8 * ACROSS + 8;
    constexpr int N = Epilogue::N;
    constexpr int PIECES = 8 * ACROSS / N;
    const int lane = (int)threadIdx.x % 32;
    float *rows = reinterpret_cast<float *>(shared) + (int)threadIdx.x / 32 * 16 * PITCH;
#pragma unroll
    for (int i = 0; i < DOWN; i++) {
#pragma unroll
        for (int j = 0; j < ACROSS; j++) {
            float *at = rows + lane / 4 * PITCH + 8 * j + lane % 4 * 2;
            *reinterpret_cast<float2 *>(at) = make_float2(sums[i][j][0], sums[i][j][1]);
            *reinterpret_cast<float2 *>(at + 8 * PITCH) = make_float2(sums[i][j][2], sums[i][j][3]);
        }
        __syncwarp();
#pragma unroll 1
        for (int p = lane; p < 16 * PIECES; p += 32) {
            float z[N];
            load<N>(rows + p / PIECES * PITCH + p % PIECES * N, z);
            epilogue.store(row + 16 * i + p / PIECES, column + p % PIECES * N, z);
        }
        __syncwarp();
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
    constexpr bool LEFT_BEHIND = BEHIND && !LeftView::CHANGES;
    using Left = Tile<T, LeftView, Shape::ROWS, DEPTH, LEFT_ALONG, V, Shape::THREADS, FOUR && !LEFT_ALONG, LEFT_BEHIND>;
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
            left.place(from + tile * DEPTH, slot);
            right.place(from + tile * DEPTH, slot + Left::BYTES);
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
        const unsigned char *slot = shared + reading * SLOT;
#pragma unroll
        for (int step = 0; step < STEPS; step++) {
            unsigned a[DOWN][4];
#pragma unroll
            for (int i = 0; i < DOWN; i++) {
                Fragments<Left, LEFT_ALONG, FOUR>::left(a[i], slot, warp_row + 16 * i, step);
            }
#pragma unroll
            for (int j = 0; j < ACROSS; j += 2) {
                unsigned b[4];
                Fragments<Right, RIGHT_ALONG, FOUR>::right(b, slot + Left::BYTES, warp_column + 8 * j, step);
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
            left.place(from + (tile + SLOTS - 1) * DEPTH, next);
            right.place(from + (tile + SLOTS - 1) * DEPTH, next + Left::BYTES);
        }
        reading = reading + 1 == SLOTS ? 0 : reading + 1;
        writing = writing + 1 == SLOTS ? 0 : writing + 1;
    }

    cp_async_wait<0>();
    __syncthreads();
    store_results(sums, shared, place.row + warp_row, place.column + warp_column, epilogue);
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
