// The MLP of a block in few kernels: y = residual + keep * scale * (grn(activation(norm(x) weight1^T + bias1)) weight2^T +
// bias2), where norm is LayerNorm. Without grn the hidden values never leave the registers of the warp that computes them;
// with it they make one trip through memory, since the norm of a channel is known only when all of an image is.
#pragma once

#include "gemm.cuh"

// A block's rows, a warp's own DOWN * 16 of them from beginning to end: a fragment of the first product's results is, value
// for value, one of the second's left operand, so that warps wait for each other only when the weights change. Up to CHANNELS
// channels, HIDDEN hidden columns at a time.
template <class Product, int CHANNELS_, int HIDDEN_, int DOWN_, int WARPS_>
struct MlpShape {
    using T = typename Product::type;
    static constexpr int CHANNELS = CHANNELS_;
    static constexpr int HIDDEN = HIDDEN_;
    static constexpr int DOWN = DOWN_;
    static constexpr int WARPS = WARPS_;
    static constexpr int THREADS = 32 * WARPS;
    static constexpr int BLOCKS = WARPS > 4 ? 1 : 2;
    static constexpr int WARP_ROWS = 16 * DOWN;
    static constexpr int ROWS = WARPS * WARP_ROWS;
    static constexpr int V = VECTOR<T>;

    // Of the tensor cores along each sum.
    static constexpr int CHANNEL_STEPS = CHANNELS / (2 * V);
    static constexpr int HIDDEN_STEPS = HIDDEN / (2 * V);

    // Fragments of results that are stored together: 96 or 128 columns.
    static constexpr int AT_ONCE = CHANNELS % 96 == 0 ? 12 : 16;

    using Input = Tile<T, Dense, ROWS, CHANNELS, true, V, THREADS, false, COPIES_BEHIND>;
    using First = Tile<T, Dense, HIDDEN, CHANNELS, true, V, THREADS, false, COPIES_BEHIND>;
    using Second = Tile<T, Dense, CHANNELS, HIDDEN, true, V, THREADS, false, COPIES_BEHIND>;
    using Between = Tile<T, Dense, ROWS, HIDDEN, true, V, THREADS, false, COPIES_BEHIND>;

    using FirstReader = FragmentReader<First, false, true, false, HIDDEN / 16>;
    using SecondReader = FragmentReader<Second, false, true, false, CHANNELS / 16>;
};

// Subtracts the mean of each of a warp's rows of a tile and divides by its deviation, in place; then norm_weight and norm_bias.
// Four lanes have a row, a warp eight at a time.
template <class Shape>
INLINE void normalise_rows(unsigned char *tile, int first_row, const float *norm_weight, const float *norm_bias, float epsilon,
                           int channels) {
    using T = typename Shape::T;
    using Input = typename Shape::Input;
    constexpr int N = Shape::V;
    constexpr int LANES = 4;
    const int lane = (int)threadIdx.x % 32;
    const float share = 1.0f / channels;
#pragma unroll 1
    for (int from = 0; from < Shape::WARP_ROWS; from += 32 / LANES) {
        const int row = first_row + from + lane / LANES;
        const auto at = [&](int chunk) { return reinterpret_cast<T *>(tile + 16 * Input::position(row, chunk)); };
        float sum = 0.0f;
#pragma unroll 4
        for (int chunk = lane % LANES; chunk * N < channels; chunk += LANES) {
            float v[N];
            load<N>(at(chunk), v);
#pragma unroll
            for (int i = 0; i < N; i++) {
                sum += v[i];
            }
        }
        const float mean = group_sum(sum, LANES) * share;
        float squares = 0.0f;
#pragma unroll 4
        for (int chunk = lane % LANES; chunk * N < channels; chunk += LANES) {
            float v[N];
            load<N>(at(chunk), v);
#pragma unroll
            for (int i = 0; i < N; i++) {
                squares = fmaf(v[i] - mean, v[i] - mean, squares);
            }
        }
        const float factor = rsqrtf(group_sum(squares, LANES) * share + epsilon);
#pragma unroll 2
        for (int chunk = lane % LANES; chunk * N < channels; chunk += LANES) {
            float v[N];
            float weight[N];
            float bias[N];
            load<N>(norm_weight + chunk * N, weight);
            load<N>(norm_bias + chunk * N, bias);
            load<N>(at(chunk), v);
#pragma unroll
            for (int i = 0; i < N; i++) {
                v[i] = fmaf((v[i] - mean) * factor, weight[i], bias[i]);
            }
            store<N>(at(chunk), v);
        }
    }
    __syncwarp();
}

// A warp's rows of x as fragments, in registers where they leave room for SUMS more.
template <class Shape, int SUMS>
struct InputRows {
    static constexpr bool KEPT = 4 * Shape::DOWN * Shape::CHANNEL_STEPS + SUMS <= 160;

    const shared_at tile;
    const FragmentReader<typename Shape::Input, true, true, false, Shape::DOWN> reader;
    unsigned kept[KEPT ? Shape::CHANNEL_STEPS : 1][Shape::DOWN][4];

    INLINE InputRows(unsigned char *tile, int first_row) : tile(shared_address(tile)), reader(first_row) {
        if constexpr (KEPT) {
#pragma unroll
            for (int step = 0; step < Shape::CHANNEL_STEPS; step++) {
                read(step, kept[step]);
            }
        }
    }

    INLINE void read(int step, unsigned (&a)[Shape::DOWN][4]) const {
#pragma unroll
        for (int i = 0; i < Shape::DOWN; i++) {
            reader.read(a[i], tile, i, step);
        }
    }
};

// Adds to a warp's sums the product of a step of its left operand and a tile's rows.
template <class Product, class Reader, int DOWN, int ACROSS>
INLINE void multiply_step(float (&sums)[DOWN][ACROSS][4], const unsigned (&a)[DOWN][4], const Reader &right, shared_at tile,
                          int step) {
#pragma unroll
    for (int j = 0; j < ACROSS; j += 2) {
        unsigned b[4];
        right.read(b, tile, j / 2, step);
        const unsigned first[2] = {b[0], b[1]};
        const unsigned second[2] = {b[2], b[3]};
#pragma unroll
        for (int i = 0; i < DOWN; i++) {
            TensorStep<Product>::multiply(sums[i][j], a[i], first);
            TensorStep<Product>::multiply(sums[i][j + 1], a[i], second);
        }
    }
}

// Puts a range of the hidden columns' bias into shared memory, whole tiles of it.
template <class Shape>
INLINE void keep_bias(float *kept, const float *bias, int from, int to) {
    const int whole = (to - from + Shape::HIDDEN - 1) / Shape::HIDDEN * Shape::HIDDEN;
    for (int i = (int)threadIdx.x; i < whole; i += Shape::THREADS) {
        kept[i] = bias != nullptr && from + i < to ? bias[from + i] : 0.0f;
    }
}

// What a thread's sums of hidden columns begin with: the bias.
template <int DOWN, int ACROSS>
INLINE void begin_with(float (&z)[DOWN][ACROSS][4], const float *bias) {
#pragma unroll
    for (int j = 0; j < ACROSS; j++) {
        float pair[2];
        load<2>(bias + 8 * j + (int)threadIdx.x % 4 * 2, pair);
#pragma unroll
        for (int i = 0; i < DOWN; i++) {
            z[i][j][0] = z[i][j][2] = pair[0];
            z[i][j][1] = z[i][j][3] = pair[1];
        }
    }
}

template <int DOWN, int ACROSS, class Function>
INLINE void change_each(float (&values)[DOWN][ACROSS][4], const Function &function) {
#pragma unroll
    for (int i = 0; i < DOWN; i++) {
#pragma unroll
        for (int j = 0; j < ACROSS; j++) {
#pragma unroll
            for (int v = 0; v < 4; v++) {
                values[i][j][v] = function(values[i][j][v]);
            }
        }
    }
}

// A warp's hidden values of one tile of weight1, activated.
template <class Product, class Shape, int SUMS>
INLINE void hidden_values(float (&z)[Shape::DOWN][Shape::HIDDEN / 8][4], const InputRows<Shape, SUMS> &input,
                          const typename Shape::FirstReader &reader, shared_at first_tile,
                          const float *bias, bool tanh_form) {
    using T = typename Shape::T;
    begin_with(z, bias);
    if constexpr (InputRows<Shape, SUMS>::KEPT) {
#pragma unroll
        for (int step = 0; step < Shape::CHANNEL_STEPS; step++) {
            multiply_step<Product>(z, input.kept[step], reader, first_tile, step);
        }
    } else {
#pragma unroll
        for (int step = 0; step < Shape::CHANNEL_STEPS; step++) {
            unsigned a[Shape::DOWN][4];
            input.read(step, a);
            multiply_step<Product>(z, a, reader, first_tile, step);
        }
    }
    // One branch for all of them: the values' own instructions fill the gaps between each other.
    if (tanh_form) {
        change_each(z, [](float v) { return gelu_tanh(v); });
    } else {
        change_each(z, [](float v) { return hidden_gelu<T>(v); });
    }
}

// All of it where there is no grn. x [rows, channels], weight1 [hidden, channels], weight2 [channels, hidden]. epilogue: bias2
// and what follows. Hidden values are multiplied by the columns of weight2 that belong to them as soon as they are there.
template <class Product, class Shape>
INLINE void mlp_whole(const typename Product::type *x, const float *norm_weight, const float *norm_bias, float epsilon,
                      const typename Product::type *weight1, const float *bias1, const typename Product::type *weight2,
                      int hidden, bool tanh_form, const LinearEpilogue<typename Product::type, true> &epilogue) {
    using T = typename Product::type;
    using Input = typename Shape::Input;
    using First = typename Shape::First;
    using Second = typename Shape::Second;
    constexpr int SLOT = First::BYTES + Second::BYTES;
    constexpr int ACROSS = Shape::CHANNELS / 8;
    constexpr int SUMS = 4 * Shape::DOWN * ACROSS;

    DYNAMIC_SHARED(unsigned char, shared);
    unsigned char *const input_tile = shared;
    unsigned char *const slots = shared + Input::BYTES;
    float *const bias = reinterpret_cast<float *>(slots + 2 * SLOT);
    const int channels = epilogue.columns;
    const int start = (int)blockIdx.x * Shape::ROWS;
    const int warp_row = (int)threadIdx.x / 32 * Shape::WARP_ROWS;
    const Matrix<T, Dense> first_matrix = {weight1, hidden, channels, {channels}};
    Second second({weight2, channels, hidden, {hidden}}, 0, hidden);
    {
        Input input({x, epilogue.rows, channels, {channels}}, start, channels);
        input.fetch(0, input_tile);
        input.place(input_tile);
        First first(first_matrix, 0, channels);
        first.fetch(0, slots);
        first.place(slots);
        second.fetch(0, slots + First::BYTES);
        second.place(slots + First::BYTES);
        cp_async_commit();
    }
    keep_bias<Shape>(bias, bias1, 0, hidden);
    cp_async_wait<0>();
    __syncthreads();
    normalise_rows<Shape>(input_tile, warp_row, norm_weight, norm_bias, epsilon, channels);
    const InputRows<Shape, SUMS> input(input_tile, warp_row);
    const typename Shape::FirstReader first_reader(0);
    const typename Shape::SecondReader second_reader(0);

    float sums[Shape::DOWN][ACROSS][4];
    change_each(sums, [](float) { return 0.0f; });
    int slot = 0;
    for (int from = 0; from < hidden; from += Shape::HIDDEN) {
        // These tiles of the weights are there; everyone has done with the other ones.
        unsigned char *const now = slots + slot * SLOT;
        unsigned char *const next = slots + (1 - slot) * SLOT;
        const bool more = from + Shape::HIDDEN < hidden;
        First first(first_matrix, from + Shape::HIDDEN, channels);
        if (more) {
            first.fetch(0, next);
            second.fetch(from + Shape::HIDDEN, next + First::BYTES);
        }
        cp_async_commit();
        float z[Shape::DOWN][Shape::HIDDEN / 8][4];
        hidden_values<Product>(z, input, first_reader, shared_address(now), bias + from, tanh_form);
        unsigned a[Shape::HIDDEN_STEPS][Shape::DOWN][4];
#pragma unroll
        for (int step = 0; step < Shape::HIDDEN_STEPS; step++) {
#pragma unroll
            for (int i = 0; i < Shape::DOWN; i++) {
                const float(&left)[4] = z[i][2 * step];
                const float(&right)[4] = z[i][2 * step + 1];
                a[step][i][0] = pack<T>(left[0], left[1]);
                a[step][i][1] = pack<T>(left[2], left[3]);
                a[step][i][2] = pack<T>(right[0], right[1]);
                a[step][i][3] = pack<T>(right[2], right[3]);
            }
        }
#pragma unroll
        for (int step = 0; step < Shape::HIDDEN_STEPS; step++) {
            multiply_step<Product>(sums, a[step], second_reader, shared_address(now) + First::BYTES, step);
        }
        if (more) {
            first.place(next);
            second.place(next + First::BYTES);
        }
        cp_async_wait<0>();
        __syncthreads();
        slot = 1 - slot;
    }
    store_results<Shape::AT_ONCE>(sums, shared, start + warp_row, 0, epilogue);
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
    constexpr int ACROSS = Shape::HIDDEN / 8;

    DYNAMIC_SHARED(unsigned char, shared);
    unsigned char *const input_tile = shared;
    unsigned char *const slots = input_tile + Input::BYTES;
    unsigned char *const between_tile = slots + 2 * First::BYTES;
    float *const warp_squares = reinterpret_cast<float *>(between_tile + Between::BYTES);
    float *const bias = warp_squares + 2 * Shape::WARPS * Shape::HIDDEN;
    const int tile = (int)blockIdx.x % tiles;
    const int image = (int)blockIdx.x / tiles * positions;
    const int start = image + tile * Shape::ROWS;
    const int end = positions - tile * Shape::ROWS < Shape::ROWS ? image + positions : start + Shape::ROWS;
    const int first_column = (int)blockIdx.y * columns_each;
    const int last_column = hidden - first_column < columns_each ? hidden : first_column + columns_each;
    const int warp = (int)threadIdx.x / 32;
    const int lane = (int)threadIdx.x % 32;
    const int warp_row = warp * Shape::WARP_ROWS;

    const Matrix<T, Dense> first_matrix = {weight1, hidden, channels, {channels}};
    {
        Input input({x, end, channels, {channels}}, start, channels);
        input.fetch(0, input_tile);
        input.place(input_tile);
        First first(first_matrix, first_column, channels);
        first.fetch(0, slots);
        first.place(slots);
        cp_async_commit();
    }
    keep_bias<Shape>(bias, bias1, first_column, last_column);
    cp_async_wait<0>();
    __syncthreads();
    normalise_rows<Shape>(input_tile, warp_row, norm_weight, norm_bias, epsilon, channels);
    const InputRows<Shape, 4 * Shape::DOWN * ACROSS> input(input_tile, warp_row);
    const typename Shape::FirstReader first_reader(0);
    int slot = 0;
    for (int from = first_column; from < last_column; from += Shape::HIDDEN) {
        // This tile of weight1 is there; everyone has done with the other one.
        unsigned char *const next = slots + (1 - slot) * First::BYTES;
        const bool more = from + Shape::HIDDEN < last_column;
        First first(first_matrix, from + Shape::HIDDEN, channels);
        if (more) {
            first.fetch(0, next);
        }
        cp_async_commit();
        float z[Shape::DOWN][ACROSS][4];
        hidden_values<Product>(z, input, first_reader, shared_address(slots) + slot * First::BYTES,
                               bias + (from - first_column), tanh_form);
#pragma unroll
        for (int i = 0; i < Shape::DOWN; i++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                const int row = warp_row + 16 * i + 8 * half + lane / 4;
#pragma unroll
                for (int j = 0; j < ACROSS; j++) {
                    unsigned char *chunk = between_tile + 16 * Between::position(row, j);
                    reinterpret_cast<unsigned *>(chunk)[lane % 4] = pack<T>(z[i][j][2 * half], z[i][j][2 * half + 1]);
                }
            }
        }
        float *const squares_now = warp_squares + (slot * Shape::WARPS + warp) * Shape::HIDDEN;
#pragma unroll
        for (int j = 0; j < ACROSS; j++) {
            float sum[2] = {0.0f, 0.0f};
#pragma unroll
            for (int i = 0; i < Shape::DOWN; i++) {
#pragma unroll
                for (int half = 0; half < 2; half++) {
                    if (start + warp_row + 16 * i + 8 * half + lane / 4 < end) {
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
                squares_now[8 * j + 2 * lane] = sum[0];
                squares_now[8 * j + 2 * lane + 1] = sum[1];
            }
        }
        __syncwarp();
#pragma unroll
        for (int p = lane; p < Shape::WARP_ROWS * Between::CHUNKS; p += 32) {
            const int row = warp_row + p / Between::CHUNKS;
            const int column = from + p % Between::CHUNKS * N;
            if (start + row < end && column < last_column) {
                *reinterpret_cast<uint4 *>(h + (long long)(start + row) * hidden + column) =
                    *reinterpret_cast<const uint4 *>(between_tile + 16 * Between::position(row, p % Between::CHUNKS));
            }
        }
        if (more) {
            first.place(next);
        }
        cp_async_wait<0>();
        __syncthreads();
        if ((int)threadIdx.x < Shape::HIDDEN && from + (int)threadIdx.x < last_column) {
            float sum = 0.0f;
#pragma unroll
            for (int w = 0; w < Shape::WARPS; w++) {
                sum += warp_squares[(slot * Shape::WARPS + w) * Shape::HIDDEN + threadIdx.x];
            }
            squares[(long long)blockIdx.x * hidden + from + threadIdx.x] = sum;
        }
        slot = 1 - slot;
    }
}

// The second half where there is grn: y = residual + keep * scale * (grn(h) weight2^T + bias2).
template <class Product, class Shape>
INLINE void mlp_second(const Matrix<typename Product::type, GloballyNormalised> &h, const typename Product::type *weight2,
                       const LinearEpilogue<typename Product::type, true> &epilogue) {
    product_forward<Product, Shape, VECTOR<typename Product::type>>(h, weight2, epilogue);
}

#define MLP_WHOLE_KERNEL(PRODUCT, CHANNELS, HIDDEN, DOWN, WARPS)                                                       \
    using MlpWhole##CHANNELS##x##HIDDEN = MlpShape<PRODUCT##_product, CHANNELS, HIDDEN, DOWN, WARPS>;                  \
    KERNEL(LIMITS(MlpWhole##CHANNELS##x##HIDDEN), mlp_whole_##CHANNELS##x##HIDDEN##_##PRODUCT,                         \
           (const PRODUCT *x, const float *norm_weight, const float *norm_bias, float epsilon, const PRODUCT *weight1, \
            const float *bias1, const PRODUCT *weight2, const float *bias2, const PRODUCT *residual,                   \
            const float *scale, const float *keep, PRODUCT *y, int rows, int channels, int hidden, int sample_rows,    \
            int tanh_form)) {                                                                                          \
        const LinearEpilogue<PRODUCT, true> epilogue = {bias2, residual, scale,       keep, y,                         \
                                                        rows,  channels, sample_rows, 0};                              \
        mlp_whole<PRODUCT##_product, MlpWhole##CHANNELS##x##HIDDEN>(x, norm_weight, norm_bias, epsilon, weight1,       \
                                                                    bias1, weight2, hidden, tanh_form != 0, epilogue); \
    }

#define MLP_FIRST_KERNEL(PRODUCT, CHANNELS, HIDDEN, DOWN, WARPS)                                                       \
    using MlpFirst##CHANNELS##x##HIDDEN = MlpShape<PRODUCT##_product, CHANNELS, HIDDEN, DOWN, WARPS>;                  \
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
        const LinearEpilogue<PRODUCT, true> epilogue = {bias2, residual, scale,     keep, y,                           \
                                                        rows,  channels, positions, 0};                                \
        mlp_second<PRODUCT##_product, MlpSecond##ROWS##x##COLUMNS>(left, weight2, epilogue);                           \
    }
