// Products of one tile by a warp, with the instructions of tensor cores as kernels use them: matrices of 16-bit elements come
// into shared memory, from there by ldmatrix into fragments, and the sums go out in the layout of mma's accumulators.
#include "types.cuh"

template <typename T, int K>
INLINE void product(const T *a, const T *b, float *c) {
    using namespace simulated_gpu;
    __shared__ __align__(16) T rows[16][K];
    __shared__ __align__(16) T columns[K][8];
    int lane = threadIdx.x;
    for (int i = lane; i < 16 * K; i += 32) {
        rows[i / K][i % K] = a[i];
    }
    for (int i = lane; i < K * 8; i += 32) {
        columns[i / 8][i % 8] = b[i];
    }
    __syncwarp();
    unsigned fa[K / 4];
    unsigned fb[K / 8];
    if constexpr (K == 16) {
        ldmatrix_x4(fa, &rows[lane % 16][lane / 16 * 8]);
        ldmatrix_x2_trans(fb, &columns[lane % 16][0]);
    } else {
        ldmatrix_x2(fa, &rows[lane % 16][0]);
        ldmatrix_x1_trans(fb, &columns[lane % 8][0]);
    }
    float sums[4] = {0, 0, 0, 0};
    if constexpr (K == 8) {
        mma_f16_16x8x8(sums, fa, fb);
    } else if constexpr (__is_same(T, f16)) {
        mma_f16_16x8x16(sums, fa, fb);
    } else {
        mma_bf16_16x8x16(sums, fa, fb);
    }
    for (int r = 0; r < 4; r++) {
        c[(lane / 4 + r / 2 * 8) * 8 + lane % 4 * 2 + r % 2] = sums[r];
    }
}

template <typename T>
INLINE void convert(const float *from, T *to, int count) {
    for (int i = threadIdx.x; i < count; i += 32) {
        to[i] = from_float<T>(from[i]);
    }
    __syncwarp();
}

// a: 16 x K, b: K x 8, c: 16 x 8; work: memory for a and b in the kernel's type.
KERNEL(32, product_f16_k16, (const float *a, const float *b, f16 *work, float *c)) {
    convert(a, work, 256);
    convert(b, work + 256, 128);
    product<f16, 16>(work, work + 256, c);
}

KERNEL(32, product_bf16_k16, (const float *a, const float *b, bf16 *work, float *c)) {
    convert(a, work, 256);
    convert(b, work + 256, 128);
    product<bf16, 16>(work, work + 256, c);
}

KERNEL(32, product_f16_k8, (const float *a, const float *b, f16 *work, float *c)) {
    convert(a, work, 128);
    convert(b, work + 128, 64);
    product<f16, 8>(work, work + 128, c);
}

// ldmatrix moves pairs of 16 bits: a row of four floats is a row of eight halves.
KERNEL(32, product_tf32_k8, (const float *a, const float *b, float *work, float *c)) {
    using namespace simulated_gpu;
    __shared__ __align__(16) float rows[16][8];
    int lane = threadIdx.x;
    work[0] = 0;
    for (int i = lane; i < 128; i += 32) {
        rows[i / 8][i % 8] = a[i];
    }
    __syncwarp();
    unsigned fa[4];
    ldmatrix_x4(fa, &rows[lane % 16][lane / 16 * 4]);
    unsigned fb[2];
    for (int r = 0; r < 2; r++) {
        fb[r] = __float_as_uint(b[(lane % 4 + 4 * r) * 8 + lane / 4]);
    }
    float sums[4] = {0, 0, 0, 0};
    mma_tf32_16x8x8(sums, fa, fb);
    for (int r = 0; r < 4; r++) {
        c[(lane / 4 + r / 2 * 8) * 8 + lane % 4 * 2 + r % 2] = sums[r];
    }
}

// Copies two vectors in two groups; what it finds before and after waiting for each.
KERNEL(32, copies_in_groups, (const float *x, float *y)) {
    using namespace simulated_gpu;
    __shared__ __align__(16) float tile[64];
    int lane = threadIdx.x;
    tile[lane] = -1;
    tile[32 + lane] = -1;
    __syncwarp();
    if (lane < 8) {
        cp_async_16(&tile[4 * lane], x + 4 * lane);
    }
    cp_async_commit();
    if (lane < 8) {
        cp_async_16(&tile[32 + 4 * lane], x + 32 + 4 * lane, lane < 7 ? 16 : 4);
    }
    cp_async_commit();
    __syncwarp();
    y[lane] = tile[lane];
    __syncwarp();
    cp_async_wait<1>();
    __syncwarp();
    y[32 + lane] = tile[lane];
    y[64 + lane] = tile[32 + lane];
    __syncwarp();
    cp_async_wait<0>();
    __syncwarp();
    y[96 + lane] = tile[32 + lane];
}
