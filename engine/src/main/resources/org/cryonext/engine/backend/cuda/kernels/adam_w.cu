// One step of AdamW, and the moving average of the parameters, for many tensors in one launch. A row of the table that a
// block reads tells it its tensor and its part of it; all of it is F32.
#include "types.cuh"

// A part of a parameter with what belongs to it; addresses of its first element.
struct AdamPart {
    float *parameter;
    const float *gradient;
    float *m;
    float *v;
    const float *hyper;
    const float *clip;
    long long count;
};

KERNEL(256, adam_w, (const AdamPart *parts, float beta1, float rest1, float beta2, float rest2, float epsilon)) {
    AdamPart part = parts[blockIdx.x];
    float keep = part.hyper[0];
    float rate = part.hyper[1];
    float correction = part.hyper[2];
    float clip = part.clip == nullptr ? 1.0f : part.clip[0];
    // Some gradient overflowed: this step is left out.
    if (clip == 0.0f) {
        return;
    }
    for (long long i = threadIdx.x; i < part.count; i += 256) {
        float g = part.gradient[i] * clip;
        float m = fmaf(beta1, part.m[i], rest1 * g);
        float v = fmaf(beta2, part.v[i], rest2 * g * g);
        part.m[i] = m;
        part.v[i] = v;
        part.parameter[i] = part.parameter[i] * keep - rate * m / (sqrtf(v) / correction + epsilon);
    }
}

struct AveragePart {
    float *average;
    const float *value;
    long long count;
};

KERNEL(256, moving_average, (const AveragePart *parts, float decay, float rest)) {
    AveragePart part = parts[blockIdx.x];
    for (long long i = threadIdx.x; i < part.count; i += 256) {
        part.average[i] = fmaf(decay, part.average[i], rest * part.value[i]);
    }
}
