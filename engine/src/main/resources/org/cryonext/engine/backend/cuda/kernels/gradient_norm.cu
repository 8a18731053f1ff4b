// The 2-norm over all gradients together and the factor that limits it.
#include "types.cuh"

struct NormPart {
    const float *gradient;
    long long count;
};

// partial[part] = sum of squares; a block a part.
KERNEL(256, gradient_squares, (const NormPart *parts, float *partial)) {
    NormPart part = parts[blockIdx.x];
    float sum = 0;
    for (long long i = threadIdx.x; i < part.count; i += 256) {
        sum = fmaf(part.gradient[i], part.gradient[i], sum);
    }
    sum = block_sum(sum);
    if (threadIdx.x == 0) {
        partial[blockIdx.x] = sum;
    }
}

// clip = min(1, limit / (norm + 1e-6)); clip and norm may be null. One block.
KERNEL(256, gradient_clip, (const float *partial, float *clip, float *norm, int parts, float limit)) {
    float sum = 0;
    for (int i = threadIdx.x; i < parts; i += 256) {
        sum += partial[i];
    }
    float root = sqrtf(block_sum(sum));
    if (threadIdx.x == 0) {
        if (clip != nullptr) {
            clip[0] = fminf(1.0f, limit / (root + 1e-6f));
        }
        if (norm != nullptr) {
            norm[0] = root;
        }
    }
}

// The same for gradients of a loss that was multiplied with scale, which is changed for the next step; factor 0 where a
// gradient is not finite. factor and norm may be null; limit 0 for none. One block.
KERNEL(256, gradient_unscale,
       (const float *partial, float *scale, float *good, float *factor, float *norm, int parts, float limit, float growth,
        float backoff, float interval)) {
    float sum = 0;
    for (int i = threadIdx.x; i < parts; i += 256) {
        sum += partial[i];
    }
    float root = sqrtf(block_sum(sum));
    if (threadIdx.x == 0) {
        float now = scale[0];
        // Neither a number above the largest nor NaN is below it.
        bool finite = root <= 3.4028235e38f;
        float unscaled = root / now;
        if (factor != nullptr) {
            float clip = limit > 0 ? fminf(1.0f, limit / (unscaled + 1e-6f)) : 1.0f;
            factor[0] = finite ? clip / now : 0.0f;
        }
        if (norm != nullptr) {
            norm[0] = finite ? unscaled : 0.0f;
        }
        float steps = good[0] + 1;
        bool grows = finite && steps >= interval;
        scale[0] = now * (grows ? growth : finite ? 1.0f : backoff);
        good[0] = finite && !grows ? steps : 0.0f;
    }
}
