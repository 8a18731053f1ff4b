// GELU in its exact form and by tanh, and the gradients. The result may take an argument's place.
#include "flat.cuh"

#define EXPORT(T)                                                                                                      \
    KERNEL(256, gelu_##T, (const T *x, T *y, long long count)) {                                                       \
        map(x, y, count, [](float v, long long) { return gelu(v); });                                                  \
    }                                                                                                                  \
                                                                                                                       \
    KERNEL(256, gelu_tanh_##T, (const T *x, T *y, long long count)) {                                                  \
        map(x, y, count, [](float v, long long) { return gelu_tanh(v); });                                             \
    }                                                                                                                  \
                                                                                                                       \
    KERNEL(256, gelu_gradient_##T, (const T *dy, const T *x, T *dx, long long count)) {                                \
        map(dy, x, dx, count, [](float d, float v) { return d * gelu_derivative(v); });                                \
    }                                                                                                                  \
                                                                                                                       \
    KERNEL(256, gelu_tanh_gradient_##T, (const T *dy, const T *x, T *dx, long long count)) {                           \
        map(dy, x, dx, count, [](float d, float v) { return d * gelu_tanh_derivative(v); });                           \
    }

FOR_EACH_TYPE(EXPORT)
