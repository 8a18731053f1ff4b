// The MLP of a block in few kernels: y = residual + keep * scale * (grn(activation(norm(x) weight1^T + bias1)) weight2^T +
// bias2), where norm is LayerNorm. Without grn the hidden values never leave the chip; with it they make one trip through
// memory, since the norm of a channel is known only when all of an image is.
#pragma once

#include "gemm.cuh"

// A block's ROWS, divided among DOWN x ACROSS warps; up to CHANNELS channels; HIDDEN hidden columns at a time. CHANNELS is
// the whole sum of the first product, so the rows of x stay in shared memory for all of weight1.
template <class Product, int CHANNELS_, int HIDDEN_, int ROWS_, int DOWN_, int ACROSS_>
struct MlpShape {
    using T = typename Product::type;
    static constexpr int CHANNELS = CHANNELS_;
    static constexpr int HIDDEN = HIDDEN_;
    static constexpr int ROWS = ROWS_;
    static constexpr int DOWN = DOWN_;
    static constexpr int ACROSS = ACROSS_;
    static constexpr int THREADS = 32 * DOWN * ACROSS;
    static constexpr int BLOCKS = 1;
    static constexpr int WARP_ROWS = ROWS / DOWN;
    static constexpr int WARP_HIDDEN = HIDDEN / ACROSS;
    static constexpr int WARP_COLUMNS = CHANNELS / ACROSS;
    static constexpr int V = VECTOR<T>;

    // Of a step of the tensor cores along a sum.
    static constexpr int STEP = 2 * V;

    using Input = Tile<T, Dense, ROWS, CHANNELS, true, V, THREADS, false, COPIES_BEHIND>;
    using First = Tile<T, Dense, HIDDEN, CHANNELS, true, V, THREADS, false, COPIES_BEHIND>;
    using Second = Tile<T, Dense, CHANNELS, HIDDEN, true, V, THREADS, false, COPIES_BEHIND>;
    using Between = Tile<T, Dense, ROWS, HIDDEN, true, V, THREADS, false, COPIES_BEHIND>;
};

// Subtracts each row's mean from a tile and divides by its deviation, in place; then norm_weight and norm_bias.
template <class Shape>
INLINE void normalise_rows(unsigned char *tile, const float *norm_weight, const float *norm_bias, float epsilon,
                           int channels) {
    using T = typename Shape::T;
    using Input = typename Shape::Input;
    constexpr int N = Shape::V;
    constexpr int EACH = (Input::CHUNKS + 31) / 32;
    const int lane = (int)threadIdx.x % 32;
    for (int row = (int)threadIdx.x / 32; row < Shape::ROWS; row += Shape::THREADS / 32) {
        float v[EACH][N];
        float sum = 0.0f;
#pragma unroll
        for (int e = 0; e < EACH; e++) {
            const int chunk = lane + 32 * e;
            if (chunk * N < channels) {
                load<N>(reinterpret_cast<const T *>(tile + 16 * Input::position(row, chunk)), v[e]);
#pragma unroll
                for (int i = 0; i < N; i++) {
                    sum += v[e][i];
                }
            }
        }
        const float mean = warp_sum(sum) / channels;
        float squares = 0.0f;
#pragma unroll
        for (int e = 0; e < EACH; e++) {
            if ((lane + 32 * e) * N < channels) {
#pragma unroll
                for (int i = 0; i < N; i++) {
                    v[e][i] -= mean;
                    squares = fmaf(v[e][i], v[e][i], squares);
                }
            }
        }
        const float factor = 1.0f / sqrtf(warp_sum(squares) / channels + epsilon);
#pragma unroll
        for (int e = 0; e < EACH; e++) {
            const int chunk = lane + 32 * e;
            if (chunk * N < channels) {
                float weight[N];
                float bias[N];
                load<N>(norm_weight + chunk * N, weight);
                load<N>(norm_bias + chunk * N, bias);
#pragma unroll
                for (int i = 0; i < N; i++) {
                    v[e][i] = fmaf(v[e][i] * factor, weight[i], bias[i]);
                }
                store<N>(reinterpret_cast<T *>(tile + 16 * Input::position(row, chunk)), v[e]);
            }
        }
    }
}

template <int DOWN, int ACROSS>
INLINE void clear(float (&sums)[DOWN][ACROSS][4]) {
#pragma unroll
    for (int i = 0; i < DOWN; i++) {
#pragma unroll
        for (int j = 0; j < ACROSS; j++) {
            sums[i][j][0] = sums[i][j][1] = sums[i][j][2] = sums[i][j][3] = 0.0f;
        }
    }
}

// Adds to a warp's sums the product of rows of one tile and rows of another, over STEPS steps of both.
template <class Product, class Left, class Right, int STEPS, int DOWN, int ACROSS>
INLINE void multiply_tiles(float (&sums)[DOWN][ACROSS][4], const unsigned char *left, int row, const unsigned char *right,
                           int column) {
#pragma unroll 2
    for (int step = 0; step < STEPS; step++) {
        unsigned a[DOWN][4];
#pragma unroll
        for (int i = 0; i < DOWN; i++) {
            Fragments<Left, true, false>::left(a[i], left, row + 16 * i, step);
        }
#pragma unroll
        for (int j = 0; j < ACROSS; j += 2) {
            unsigned b[4];
            Fragments<Right, true, false>::right(b, right, column + 8 * j, step);
            const unsigned first[2] = {b[0], b[1]};
            const unsigned second[2] = {b[2], b[3]};
#pragma unroll
            for (int i = 0; i < DOWN; i++) {
                TensorStep<Product>::multiply(sums[i][j], a[i], first);
                TensorStep<Product>::multiply(sums[i][j + 1], a[i], second);
            }
        }
    }
}

// Where a thread's values of a warp's fragments lie.
struct Place {
    int row;
    int column;

    // The first of a pair of neighbours: in fragment (i, j), of its upper or lower half.
    static INLINE Place of(int i, int j, int half) {
        const int lane = (int)threadIdx.x % 32;
        return {16 * i + 8 * half + lane / 4, 8 * j + lane % 4 * 2};
    }
};

// A warp's hidden values, from product sums to tile: plus bias, activated.
template <class Shape>
INLINE void activate(float (&z)[Shape::WARP_ROWS / 16][Shape::WARP_HIDDEN / 8][4], const float *bias, int from, int hidden,
                     bool tanh_form, unsigned char *tile, int warp_row, int warp_hidden) {
    using T = typename Shape::T;
#pragma unroll
    for (int j = 0; j < Shape::WARP_HIDDEN / 8; j++) {
        const int column = warp_hidden + Place::of(0, j, 0).column;
        float add[2] = {0.0f, 0.0f};
        if (bias != nullptr && from + column < hidden) {
            load<2>(bias + from + column, add);
        }
#pragma unroll
        for (int i = 0; i < Shape::WARP_ROWS / 16; i++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                float *pair = &z[i][j][2 * half];
                pair[0] = hidden_gelu<T>(pair[0] + add[0], tanh_form);
                pair[1] = hidden_gelu<T>(pair[1] + add[1], tanh_form);
                const int row = warp_row + Place::of(i, j, half).row;
                unsigned char *chunk = tile + 16 * Shape::Between::position(row, column / Shape::V);
                const float values[2] = {pair[0], pair[1]};
                store<2>(reinterpret_cast<T *>(chunk) + column % Shape::V, values);
            }
        }
    }
}

// All of it where there is no grn. x [rows, channels], weight1 [hidden, channels], weight2 [channels, hidden]; norm_weight
// null: x is taken as it is. epilogue: bias2 and what follows. Each block's hidden values are multiplied by the columns of
// weight2 that belong to them as soon as they are there.
template <class Product, class Shape>
INLINE void mlp_whole(const typename Product::type *x, const float *norm_weight, const float *norm_bias, float epsilon,
                      const typename Product::type *weight1, const float *bias1, const typename Product::type *weight2,
                      int hidden, bool tanh_form, const LinearEpilogue<typename Product::type> &epilogue) {
    using T = typename Product::type;
    using Input = typename Shape::Input;
    using First = typename Shape::First;
    using Second = typename Shape::Second;
    using Between = typename Shape::Between;

    DYNAMIC_SHARED(unsigned char, shared);
    unsigned char *const input_tile = shared;
    unsigned char *const first_tile = input_tile + Input::BYTES;
    unsigned char *const second_tile = first_tile + First::BYTES;
    unsigned char *const between_tile = second_tile + Second::BYTES;
    const int channels = epilogue.columns;
    const int start = (int)blockIdx.x * Shape::ROWS;
    const int warp = (int)threadIdx.x / 32;
    const int warp_row = warp / Shape::ACROSS * Shape::WARP_ROWS;
    const int warp_hidden = warp % Shape::ACROSS * Shape::WARP_HIDDEN;
    const int warp_column = warp % Shape::ACROSS * Shape::WARP_COLUMNS;

    const Matrix<T, Dense> first_matrix = {weight1, hidden, channels, {channels}};
    {
        Input input({x, epilogue.rows, channels, {channels}}, start, channels);
        input.fetch(0, input_tile);
        input.place(0, input_tile);
        First first(first_matrix, 0, channels);
        first.fetch(0, first_tile);
        first.place(0, first_tile);
        cp_async_commit();
    }
    if (norm_weight != nullptr) {
        cp_async_wait<0>();
        __syncthreads();
        normalise_rows<Shape>(input_tile, norm_weight, norm_bias, epsilon, channels);
    }
    Second second({weight2, channels, hidden, {hidden}}, 0, hidden);

    float sums[Shape::WARP_ROWS / 16][Shape::WARP_COLUMNS / 8][4];
    clear(sums);
    for (int from = 0; from < hidden; from += Shape::HIDDEN) {
        // Weight1's tile is there; everyone has done with weight2's and with the hidden values.
        cp_async_wait<0>();
        __syncthreads();
        second.fetch(from, second_tile);
        cp_async_commit();
        float z[Shape::WARP_ROWS / 16][Shape::WARP_HIDDEN / 8][4];
        clear(z);
        multiply_tiles<Product, Input, First, Shape::CHANNELS / Shape::STEP>(z, input_tile, warp_row, first_tile,
                                                                             warp_hidden);
        activate<Shape>(z, bias1, from, hidden, tanh_form, between_tile, warp_row, warp_hidden);
        second.place(from, second_tile);
        // The hidden values and weight2's tile are there; everyone has done with weight1's.
        cp_async_wait<0>();
        __syncthreads();
        const bool more = from + Shape::HIDDEN < hidden;
        First first(first_matrix, from + Shape::HIDDEN, channels);
        if (more) {
            first.fetch(0, first_tile);
        }
        cp_async_commit();
        multiply_tiles<Product, Between, Second, Shape::HIDDEN / Shape::STEP>(sums, between_tile, warp_row, second_tile,
                                                                              warp_column);
        if (more) {
            first.place(0, first_tile);
        }
    }
    cp_async_wait<0>();
    __syncthreads();
    store_results(sums, shared, start + warp_row, warp_column, epilogue);
}

// The first half: h [rows, hidden] = activation(norm(x) weight1^T + bias1) and the sums of its squares over each block's
// rows, squares[block][hidden]. An image's positions are divided among `tiles` blocks, so that no block has rows of two; the
// grid's second dimension divides the hidden columns into ranges of columns_each, a multiple of HIDDEN.
template <class Product, class Shape>
INLINE void mlp_first(const typename Product::type *x, const float *norm_weight, const float *norm_bias, float epsilon,
                      const typename Product::type *weight1, const float *bias1, typename Product::type *h, float *squares,
                      int positions, int tiles, int channels, int hidden, int columns_each, bool tanh_form) {
    using T = typename Product::type;
    using Input = typename Shape::Input;
    using First = typename Shape::First;
    using Between = typename Shape::Between;
    constexpr int N = Shape::V;

    DYNAMIC_SHARED(unsigned char, shared);
    unsigned char *const input_tile = shared;
    unsigned char *const first_tiles = input_tile + Input::BYTES;
    unsigned char *const between_tile = first_tiles + 2 * First::BYTES;
    float *const warp_squares = reinterpret_cast<float *>(between_tile + Between::BYTES);
    const int tile = (int)blockIdx.x % tiles;
    const int image = (int)blockIdx.x / tiles * positions;
    const int start = image + tile * Shape::ROWS;
    const int end = positions - tile * Shape::ROWS < Shape::ROWS ? image + positions : start + Shape::ROWS;
    const int first_column = (int)blockIdx.y * columns_each;
    const int last_column = hidden - first_column < columns_each ? hidden : first_column + columns_each;
    const int warp = (int)threadIdx.x / 32;
    const int lane = (int)threadIdx.x % 32;
    const int warp_row = warp / Shape::ACROSS * Shape::WARP_ROWS;
    const int warp_hidden = warp % Shape::ACROSS * Shape::WARP_HIDDEN;

    const Matrix<T, Dense> first_matrix = {weight1, hidden, channels, {channels}};
    {
        Input input({x, end, channels, {channels}}, start, channels);
        input.fetch(0, input_tile);
        input.place(0, input_tile);
        First first(first_matrix, first_column, channels);
        first.fetch(0, first_tiles);
        first.place(0, first_tiles);
        cp_async_commit();
    }
    if (norm_weight != nullptr) {
        cp_async_wait<0>();
        __syncthreads();
        normalise_rows<Shape>(input_tile, norm_weight, norm_bias, epsilon, channels);
    }
    int slot = 0;
    for (int from = first_column; from < last_column; from += Shape::HIDDEN) {
        // This tile of weight1 is there; everyone has done with the other one and with the hidden values.
        cp_async_wait<0>();
        __syncthreads();
        const bool more = from + Shape::HIDDEN < last_column;
        First first(first_matrix, from + Shape::HIDDEN, channels);
        if (more) {
            first.fetch(0, first_tiles + (1 - slot) * First::BYTES);
        }
        cp_async_commit();
        float z[Shape::WARP_ROWS / 16][Shape::WARP_HIDDEN / 8][4];
        clear(z);
        multiply_tiles<Product, Input, First, Shape::CHANNELS / Shape::STEP>(
            z, input_tile, warp_row, first_tiles + slot * First::BYTES, warp_hidden);
        activate<Shape>(z, bias1, from, hidden, tanh_form, between_tile, warp_row, warp_hidden);
        if (squares != nullptr) {
#pragma unroll
            for (int j = 0; j < Shape::WARP_HIDDEN / 8; j++) {
                float sum[2] = {0.0f, 0.0f};
#pragma unroll
                for (int i = 0; i < Shape::WARP_ROWS / 16; i++) {
#pragma unroll
                    for (int half = 0; half < 2; half++) {
                        if (start + warp_row + Place::of(i, j, half).row < end) {
                            sum[0] = fmaf(z[i][j][2 * half], z[i][j][2 * half], sum[0]);
                            sum[1] = fmaf(z[i][j][2 * half + 1], z[i][j][2 * half + 1], sum[1]);
                        }
                    }
                }
#pragma unroll
                for (int distance = 4; distance < 32; distance *= 2) {
                    sum[0] += __shfl_xor_sync(0xffffffffu, sum[0], distance);
                    sum[1] += __shfl_xor_sync(0xffffffffu, sum[1], distance);
                }
                if (lane < 4) {
                    float *at = warp_squares + warp / Shape::ACROSS * Shape::HIDDEN + warp_hidden + 8 * j + 2 * lane;
                    at[0] = sum[0];
                    at[1] = sum[1];
                }
            }
        }
        if (more) {
            first.place(0, first_tiles + (1 - slot) * First::BYTES);
        }
        __syncthreads();
        for (int i = (int)threadIdx.x; i < Between::TOTAL; i += Shape::THREADS) {
            const int row = start + i / Between::CHUNKS;
            const int column = from + i % Between::CHUNKS * N;
            if (row < end && column < last_column) {
                *reinterpret_cast<uint4 *>(h + (long long)row * hidden + column) = *reinterpret_cast<const uint4 *>(
                    between_tile + 16 * Between::position(i / Between::CHUNKS, i % Between::CHUNKS));
            }
        }
        if (squares != nullptr && (int)threadIdx.x < Shape::HIDDEN && from + (int)threadIdx.x < last_column) {
            float sum = 0.0f;
#pragma unroll
            for (int i = 0; i < Shape::DOWN; i++) {
                sum += warp_squares[i * Shape::HIDDEN + threadIdx.x];
            }
            squares[(long long)blockIdx.x * hidden + from + threadIdx.x] = sum;
        }
        slot = 1 - slot;
    }
}

// The second half where there is grn: y = residual + keep * scale * (grn(h) weight2^T + bias2).
template <class Product, class Shape>
INLINE void mlp_second(const Matrix<typename Product::type, GloballyNormalised> &h, const typename Product::type *weight2,
                       const LinearEpilogue<typename Product::type> &epilogue) {
    product_forward<Product, Shape, VECTOR<typename Product::type>>(h, weight2, epilogue);
}

#define MLP_WHOLE_KERNEL(PRODUCT, CHANNELS, HIDDEN, ROWS, DOWN, ACROSS)                                                \
    using MlpWhole##CHANNELS##x##HIDDEN = MlpShape<PRODUCT##_product, CHANNELS, HIDDEN, ROWS, DOWN, ACROSS>;           \
    KERNEL(LIMITS(MlpWhole##CHANNELS##x##HIDDEN), mlp_whole_##CHANNELS##x##HIDDEN##_##PRODUCT,                         \
           (const PRODUCT *x, const float *norm_weight, const float *norm_bias, float epsilon, const PRODUCT *weight1, \
            const float *bias1, const PRODUCT *weight2, const float *bias2, const PRODUCT *residual,                   \
            const float *scale, const float *keep, PRODUCT *y, int rows, int channels, int hidden, int sample_rows,    \
            int tanh_form)) {                                                                                          \
        const LinearEpilogue<PRODUCT> epilogue = {bias2,       residual, scale,    keep,        y,                     \
                                                  rows,        channels, sample_rows, 0};                              \
        mlp_whole<PRODUCT##_product, MlpWhole##CHANNELS##x##HIDDEN>(x, norm_weight, norm_bias, epsilon, weight1,       \
                                                                    bias1, weight2, hidden, tanh_form != 0, epilogue); \
    }

#define MLP_FIRST_KERNEL(PRODUCT, CHANNELS, HIDDEN, ROWS, DOWN, ACROSS)                                                \
    using MlpFirst##CHANNELS##x##HIDDEN = MlpShape<PRODUCT##_product, CHANNELS, HIDDEN, ROWS, DOWN, ACROSS>;           \
    KERNEL(LIMITS(MlpFirst##CHANNELS##x##HIDDEN), mlp_first_##CHANNELS##x##HIDDEN##_##PRODUCT,                         \
           (const PRODUCT *x, const float *norm_weight, const float *norm_bias, float epsilon, const PRODUCT *weight1, \
            const float *bias1, PRODUCT *h, float *squares, int positions, int tiles, int channels, int hidden,        \
            int columns_each, int tanh_form)) {                                                                        \
        mlp_first<PRODUCT##_product, MlpFirst##CHANNELS##x##HIDDEN>(x, norm_weight, norm_bias, epsilon, weight1,       \
                                                                    bias1, h, squares, positions, tiles, channels,     \
                                                                    hidden, columns_each, tanh_form != 0);             \
    }

#define MLP_SECOND_KERNEL(PRODUCT, ROWS, COLUMNS)                                                                      \
    using MlpSecond##ROWS##x##COLUMNS = ShapeOf<true, ROWS, COLUMNS>::type;                                            \
    KERNEL(LIMITS(MlpSecond##ROWS##x##COLUMNS), mlp_second_##ROWS##x##COLUMNS##_##PRODUCT,                             \
           (const PRODUCT *h, const float *ratio, const float *gamma, const float *beta, const PRODUCT *weight2,       \
            const float *bias2, const PRODUCT *residual, const float *scale, const float *keep, PRODUCT *y, int rows,  \
            int channels, int hidden, int positions)) {                                                                \
        const Matrix<PRODUCT, GloballyNormalised> left = {                                                             \
            h, rows, hidden, {{hidden}, ratio, gamma, beta, positions}};                                               \
        const LinearEpilogue<PRODUCT> epilogue = {bias2, residual, scale,     keep, y,                                 \
                                                  rows,  channels, positions, 0};                                      \
        mlp_second<PRODUCT##_product, MlpSecond##ROWS##x##COLUMNS>(left, weight2, epilogue);                           \
    }
