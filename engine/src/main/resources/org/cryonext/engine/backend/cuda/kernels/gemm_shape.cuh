// The shapes of a block's tile of a product, by the arithmetic that computes it.
#pragma once

#include "gemm_load.cuh"

// The threads of a block, and on a card how many blocks a multiprocessor shall hold: without it the compiler spills a register
// or two for the sake of one block more.
#ifdef SIMULATED_GPU
#define LIMITS(SHAPE) SHAPE::THREADS
#else
#define LIMITS(SHAPE) SHAPE::THREADS, SHAPE::BLOCKS
#endif

// Products on tensor cores of f16, bf16, or f32 rounded to tf32; and of f32 by plain arithmetic.
struct f16_product {
    using type = f16;
    static constexpr bool TENSOR = true;
};

struct bf16_product {
    using type = bf16;
    static constexpr bool TENSOR = true;
};

struct tf32_product {
    using type = f32;
    static constexpr bool TENSOR = true;
};

struct f32_product {
    using type = f32;
    static constexpr bool TENSOR = false;
};

// A block's tile of ROWS x COLUMNS, divided among DOWN x ACROSS warps.
template <int ROWS_, int COLUMNS_, int DOWN_, int ACROSS_>
struct TensorShape {
    static constexpr int ROWS = ROWS_;
    static constexpr int COLUMNS = COLUMNS_;
    static constexpr int ACROSS = ACROSS_;
    static constexpr int THREADS = 32 * DOWN_ * ACROSS_;
    static constexpr int BLOCKS = THREADS == 256 ? 1 : ROWS_ > 64 ? 2 : 3;
    static constexpr bool LARGE = ROWS_ * COLUMNS_ > 128 * 128;
    static constexpr int WARP_ROWS = ROWS_ / DOWN_;
    static constexpr int WARP_COLUMNS = COLUMNS_ / ACROSS_;

    // 16-byte chunks of a tile along the sum: two steps of the tensor cores.
    static constexpr int DEPTH_CHUNKS = 4;

    // Tiles in shared memory at a time. Without copies behind the thread's back the registers hold one more.
    static constexpr int SLOTS = !COPIES_BEHIND ? 2 : LARGE ? 4 : 3;
};

// A block's tile of ROWS x COLUMNS, of which each thread computes DOWN x ACROSS values.
template <int ROWS_, int COLUMNS_, int DOWN_, int ACROSS_>
struct PlainShape {
    static constexpr int ROWS = ROWS_;
    static constexpr int COLUMNS = COLUMNS_;
    static constexpr int DOWN = DOWN_;
    static constexpr int ACROSS = ACROSS_;
    static constexpr int THREADS = ROWS_ / DOWN_ * (COLUMNS_ / ACROSS_);
    static constexpr int BLOCKS = ROWS_ > 64 ? 1 : 2;
    static constexpr int DEPTH = 16;
};

template <bool TENSOR, int ROWS, int COLUMNS>
struct ShapeOf;

template <int ROWS, int COLUMNS>
struct ShapeOf<true, ROWS, COLUMNS> {
    // Where registers hold a tile on its way to shared memory, the largest shape needs those of more threads.
    static constexpr int ACROSS = COLUMNS < 256 && (COPIES_BEHIND || ROWS * COLUMNS < 128 * 128) ? 2 : 4;
    static constexpr int DOWN = ROWS <= 128 ? 2 : 4;
    using type = TensorShape<ROWS, COLUMNS, DOWN, ACROSS>;
};

template <int ROWS, int COLUMNS>
struct ShapeOf<false, ROWS, COLUMNS> {
    using type = PlainShape<ROWS, COLUMNS, (ROWS > 64 ? 8 : 4), (COLUMNS > 96 ? 8 : 4)>;
};

// Where a block's tile lies: blocks that share rows are neighbours, so that the rows come from the cache.
template <class Shape>
struct TilePlace {
    int row;
    int column;

    INLINE explicit TilePlace(int columns) {
        int across = (columns + Shape::COLUMNS - 1) / Shape::COLUMNS;
        row = (int)blockIdx.x / across * Shape::ROWS;
        column = (int)blockIdx.x % across * Shape::COLUMNS;
    }
};
