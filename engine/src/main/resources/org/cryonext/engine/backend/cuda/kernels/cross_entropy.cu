// The mean cross entropy of softmax(logits) with class weights and label smoothing, and its gradient. A label that is no
// class makes the result NaN.
#include "types.cuh"

// What of -log p_c enters a sample's loss. weights may be null.
INLINE float share(int c, int label, const float *weights, float smoothing, int classes) {
    float weight = weights == nullptr ? 1.0f : weights[c];
    return smoothing / classes * weight + (c == label ? (1.0f - smoothing) * weight : 0.0f);
}

INLINE float nan_of_labels() {
    return __uint_as_float(0x7fc00000u);
}

// The sum of the samples' class weights, in every thread of the block.
INLINE float total_weight(const int *labels, const float *weights, int samples, int classes) {
    float sum = 0;
    for (int i = threadIdx.x; i < samples; i += blockDim.x) {
        int label = labels[i];
        bool valid = label >= 0 && label < classes;
        sum += !valid ? nan_of_labels() : weights == nullptr ? 1.0f : weights[label];
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
INLINE void cross_entropy(const T *logits, const int *labels, const float *weights, float *loss, int samples,
                          int classes, float smoothing) {
    float total = total_weight(labels, weights, samples, classes);
    float sum = 0;
    for (int sample = threadIdx.x / 32; sample < samples; sample += blockDim.x / 32) {
        const T *row = logits + (long long)sample * classes;
        float largest;
        float exponentials;
        softmax_sums(row, classes, largest, exponentials);
        float log_sum = logf(exponentials);
        int label = labels[sample];
        for (int c = threadIdx.x % 32; c < classes; c += 32) {
            sum -= share(c, label, weights, smoothing, classes) * (to_float(row[c]) - largest - log_sum);
        }
    }
    sum = block_sum(sum);
    if (threadIdx.x == 0) {
        loss[0] = sum / total;
    }
}

// Blocks of 256 threads; a warp a sample.
template <typename T>
INLINE void cross_entropy_gradient(const float *dloss, const T *logits, const int *labels, const float *weights,
                                   T *dlogits, int samples, int classes, float smoothing) {
    float factor = dloss[0] / total_weight(labels, weights, samples, classes);
    int sample = blockIdx.x * 8 + threadIdx.x / 32;
    if (sample >= samples) {
        return;
    }
    const T *row = logits + (long long)sample * classes;
    float largest;
    float exponentials;
    softmax_sums(row, classes, largest, exponentials);
    int label = labels[sample];
    float shares = 0;
    for (int c = threadIdx.x % 32; c < classes; c += 32) {
        shares += share(c, label, weights, smoothing, classes);
    }
    shares = warp_sum(shares);
    for (int c = threadIdx.x % 32; c < classes; c += 32) {
        float p = expf(to_float(row[c]) - largest) / exponentials;
        float d = factor * (shares * p - share(c, label, weights, smoothing, classes));
        dlogits[(long long)sample * classes + c] = from_float<T>(d);
    }
}

#define EXPORT(T)                                                                                                      \
    KERNEL(1024, cross_entropy_##T, (const T *logits, const int *labels, const float *weights, float *loss,            \
                                     int samples, int classes, float smoothing)) {                                     \
        cross_entropy(logits, labels, weights, loss, samples, classes, smoothing);                                     \
    }                                                                                                                  \
                                                                                                                       \
    KERNEL(256, cross_entropy_gradient_##T, (const float *dloss, const T *logits, const int *labels,                   \
                                             const float *weights, T *dlogits, int samples, int classes,               \
                                             float smoothing)) {                                                       \
        cross_entropy_gradient(dloss, logits, labels, weights, dlogits, samples, classes, smoothing);                  \
    }

FOR_EACH_TYPE(EXPORT)
