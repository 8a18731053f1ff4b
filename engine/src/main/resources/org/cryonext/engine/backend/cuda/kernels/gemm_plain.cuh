// Products of f32 by plain multiplications and additions, exact to the last bits.
#pragma once

#include "gemm_epilogue.cuh"

// One operand's tiles in shared memory, [index along the sum][index along the result].
template <class View, int SPAN, int DEPTH, bool ALONG, int V, int THREADS>
struct PlainTile {
    // Rows that are read by 16 bytes begin at multiples of it, and not all in the same bank.
    static constexpr int PITCH = SPAN + 4;

    using Source = Tile<f32, View, SPAN, DEPTH, ALONG, V, THREADS, false, false>;
    Source source;

    INLINE PlainTile(const Matrix<f32, View> &matrix, int start, int end) : source(matrix, start, end) {}

    INLINE void fetch(int from) {
        source.fetch(from, nullptr);
    }

    INLINE void place(float *slot) const {
#pragma unroll
        for (int e = 0; e < Source::EACH; e++) {
            if (Source::takes_part(e)) {
                int row = Source::row_of(e);
                int column = Source::chunk_of(e) * 4;
                uint4 chunk = source.staged[e];
                if constexpr (ALONG) {
                    float *at = slot + column * PITCH + row;
                    at[0] = __uint_as_float(chunk.x);
                    at[PITCH] = __uint_as_float(chunk.y);
                    at[2 * PITCH] = __uint_as_float(chunk.z);
                    at[3 * PITCH] = __uint_as_float(chunk.w);
                } else {
                    *reinterpret_cast<uint4 *>(slot + row * PITCH + column) = chunk;
                }
            }
        }
    }
};

// A thread's COUNT of the SPAN values of a row: groups of 4, evenly spread.
template <int COUNT, int SPAN>
INLINE void groups(const float *row, int thread, float (&v)[COUNT]) {
#pragma unroll
    for (int g = 0; g < COUNT / 4; g++) {
        float four[4];
        load<4>(row + g * (SPAN / (COUNT / 4)) + 4 * thread, four);
#pragma unroll
        for (int i = 0; i < 4; i++) {
            v[4 * g + i] = four[i];
        }
    }
}

// One block's tile; see tensor_gemm. Both tiles lie in shared memory with the sum's index outside, so that a thread reads
// neighbours of both with one access.
template <class Shape, bool LEFT_ALONG, bool RIGHT_ALONG, int V, bool SUMS, class LeftView, class RightView, class Epilogue>
INLINE void plain_gemm(const Matrix<f32, LeftView> &left_matrix, const Matrix<f32, RightView> &right_matrix, int columns,
                       int from, int to, const Epilogue &epilogue) {
    constexpr int DEPTH = Shape::DEPTH;
    constexpr int DOWN = Shape::DOWN;
    constexpr int ACROSS = Shape::ACROSS;
    using Left = PlainTile<LeftView, Shape::ROWS, DEPTH, LEFT_ALONG, V, Shape::THREADS>;
    using Right = PlainTile<RightView, Shape::COLUMNS, DEPTH, RIGHT_ALONG, V, Shape::THREADS>;
    constexpr int SLOT = DEPTH * (Left::PITCH + Right::PITCH);

    DYNAMIC_SHARED(float, shared);
    const TilePlace<Shape> place(columns);
    // Threads side by side share rows; a thread's values lie in groups of 4, the groups evenly spread over the tile.
    constexpr int SIDE = Shape::COLUMNS / ACROSS;
    const int x = (int)threadIdx.x % SIDE;
    const int y = (int)threadIdx.x / SIDE;
    Left left(left_matrix, place.row, to);
    Right right(right_matrix, place.column, to);

    float sums[DOWN][ACROSS];
    float left_sums[SUMS ? DOWN : 1];
#pragma unroll
    for (int i = 0; i < DOWN; i++) {
#pragma unroll
        for (int j = 0; j < ACROSS; j++) {
            sums[i][j] = 0.0f;
        }
        if constexpr (SUMS) {
            left_sums[i] = 0.0f;
        }
    }
    bool summing = false;
    if constexpr (SUMS) {
        summing = epilogue.sums != nullptr && place.column == 0 && x == 0;
    }

    const int tiles = (to - from + DEPTH - 1) / DEPTH;
    if (tiles > 0) {
        left.fetch(from);
        right.fetch(from);
        left.place(shared);
        right.place(shared + DEPTH * Left::PITCH);
    }
    for (int tile = 0; tile < tiles; tile++) {
        __syncthreads();
        bool more = tile + 1 < tiles;
        if (more) {
            left.fetch(from + (tile + 1) * DEPTH);
            right.fetch(from + (tile + 1) * DEPTH);
        }
        const float *slot = shared + tile % 2 * SLOT;
#pragma unroll
        for (int k = 0; k < DEPTH; k++) {
            float a[DOWN];
            float b[ACROSS];
            groups<DOWN, Shape::ROWS>(slot + k * Left::PITCH, y, a);
            groups<ACROSS, Shape::COLUMNS>(slot + DEPTH * Left::PITCH + k * Right::PITCH, x, b);
#pragma unroll
            for (int i = 0; i < DOWN; i++) {
#pragma unroll
                for (int j = 0; j < ACROSS; j++) {
                    sums[i][j] = fmaf(a[i], b[j], sums[i][j]);
                }
                if constexpr (SUMS) {
                    if (summing) {
                        left_sums[i] += a[i];
                    }
                }
            }
        }
        if (more) {
            float *next = shared + (tile + 1) % 2 * SLOT;
            left.place(next);
            right.place(next + DEPTH * Left::PITCH);
        }
    }

#pragma unroll
    for (int i = 0; i < DOWN; i++) {
        int row = place.row + i / 4 * (Shape::ROWS / (DOWN / 4)) + 4 * y + i % 4;
#pragma unroll
        for (int j = 0; j < ACROSS; j += 4) {
            float z[4] = {sums[i][j], sums[i][j + 1], sums[i][j + 2], sums[i][j + 3]};
            int column = place.column + j / 4 * (Shape::COLUMNS / (ACROSS / 4)) + 4 * x;
            epilogue.store(row, column, z, epilogue.ahead(row, column));
        }
        if constexpr (SUMS) {
            if (summing) {
                epilogue.store_sum(row, left_sums[i]);
            }
        }
    }
}
