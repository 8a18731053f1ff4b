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
