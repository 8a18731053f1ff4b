// The mean cross entropy of softmax(logits) with class weights, label smoothing, a second label a sample and a focus, and its
// gradient. A label that is no class makes the result NaN.
#include "types.cuh"

// What logits are compared with. weights may be null; so may others and part, where a sample has one label.
struct Targets {
    const int *labels;
    const float *weights;
    const int *others;
    const float *part;
    int samples;
    int classes;
    float smoothing;

    INLINE float first() const {
        return part == nullptr ? 1.0f : part[0];
    }

    INLINE int other(int sample) const {
        return others == nullptr ? labels[sample] : others[sample];
    }

    INLINE float weight(int c) const {
        return weights == nullptr ? 1.0f : weights[c];
    }

    INLINE bool is_class(int label) const {
        return label >= 0 && label < classes;
    }

    // What of -log p_c enters a sample's loss.
    INLINE float share(int c, int sample, float first) const {
        float own = (c == labels[sample] ? first : 0.0f) + (c == other(sample) ? 1.0f - first : 0.0f);
        return weight(c) * (smoothing / classes + (1.0f - smoothing) * own);
    }
};

// (1 - p)^focus, and how much of share (p - e_c) the gradient of such a class's part of the loss is.
INLINE float rest_power(float rest, float power) {
    return power == 0.0f ? 1.0f : powf(rest, power);
}

INLINE float slope(float logp, float focus) {
    if (focus == 0.0f) {
        return 1.0f;
    }
    float rest = -expm1f(logp);
    return rest_power(rest, focus) - focus * expf(logp) * rest_power(rest, focus - 1.0f) * logp;
}

INLINE float nan_of_labels() {
    return __uint_as_float(0x7fc00000u);
}

// The sum of the samples' class weights, in every thread of the block.
INLINE float total_weight(const Targets &targets) {
    float first = targets.first();
    float sum = 0;
    for (int i = threadIdx.x; i < targets.samples; i += blockDim.x) {
        int label = targets.labels[i];
        int other = targets.other(i);
        sum += !targets.is_class(label) || !targets.is_class(other)
                   ? nan_of_labels()
                   : first * targets.weight(label) + (1.0f - first) * targets.weight(other);
    }
    return block_sum(sum);
}

// The largest of a sample's logits and the sum of the exponentials of what they lack to it, in every lane of a warp.
template <typename T>
INLINE void softmax_sums(const T *logits, int classes, float &largest, float &sum) {
    int lane = threadIdx.x % 32;
    largest = to_float(logits[0]);
    for (int c = lane; c < classes; c += 32) {
        largest = fmaxf(largest, to_float(logits[c]));
    }
    largest = group_max(largest, 32);
    sum = 0;
    for (int c = lane; c < classes; c += 32) {
        sum += expf(to_float(logits[c]) - largest);
    }
    sum = warp_sum(sum);
}

// One block of 1024 threads; a warp a sample.
template <typename T>
INLINE void cross_entropy(const T *logits, const Targets &targets, float *loss, float focus) {
    float total = total_weight(targets);
    float first = targets.first();
    int classes = targets.classes;
    float sum = 0;
    for (int sample = threadIdx.x / 32; sample < targets.samples; sample += blockDim.x / 32) {
        const T *row = logits + (long long)sample * classes;
        float largest;
        float exponentials;
        softmax_sums(row, classes, largest, exponentials);
        float log_sum = logf(exponentials);
        for (int c = threadIdx.x % 32; c < classes; c += 32) {
            float logp = to_float(row[c]) - largest - log_sum;
            float counts = rest_power(-expm1f(logp), focus);
            sum -= targets.share(c, sample, first) * counts * logp;
        }
    }
    sum = block_sum(sum);
    if (threadIdx.x == 0) {
        loss[0] = sum / total;
    }
}

// Blocks of 256 threads; a warp a sample.
template <typename T>
INLINE void cross_entropy_gradient(const float *dloss, const T *logits, const Targets &targets, T *dlogits,
                                   float focus) {
    float factor = dloss[0] / total_weight(targets);
    int sample = blockIdx.x * 8 + threadIdx.x / 32;
    if (sample >= targets.samples) {
        return;
    }
    int classes = targets.classes;
    const T *row = logits + (long long)sample * classes;
    float largest;
    float exponentials;
    softmax_sums(row, classes, largest, exponentials);
    float log_sum = logf(exponentials);
    float first = targets.first();
    float shares = 0;
    for (int c = threadIdx.x % 32; c < classes; c += 32) {
        shares += targets.share(c, sample, first) * slope(to_float(row[c]) - largest - log_sum, focus);
    }
    shares = warp_sum(shares);
    for (int c = threadIdx.x % 32; c < classes; c += 32) {
        float p = expf(to_float(row[c]) - largest) / exponentials;
        float own = targets.share(c, sample, first) * slope(to_float(row[c]) - largest - log_sum, focus);
        dlogits[(long long)sample * classes + c] = from_float<T>(factor * (shares * p - own));
    }
}

#define EXPORT(T)                                                                                                      \
    KERNEL(1024, cross_entropy_##T, (const T *logits, const int *labels, const float *weights, const int *others,      \
                                     const float *part, float *loss, int samples, int classes, float smoothing,        \
                                     float focus)) {                                                                   \
        Targets targets = {labels, weights, others, part, samples, classes, smoothing};                                \
        cross_entropy(logits, targets, loss, focus);                                                                   \
    }                                                                                                                  \
                                                                                                                       \
    KERNEL(256, cross_entropy_gradient_##T, (const float *dloss, const T *logits, const int *labels,                   \
                                             const float *weights, const int *others, const float *part, T *dlogits,   \
                                             int samples, int classes, float smoothing, float focus)) {                \
        Targets targets = {labels, weights, others, part, samples, classes, smoothing};                                \
        cross_entropy_gradient(dloss, logits, targets, dlogits, focus);                                                \
    }

FOR_EACH_TYPE(EXPORT)
