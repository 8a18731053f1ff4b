// Activations of hidden values that are about to be rounded to a type.
#pragma once

#include "types.cuh"

template <typename T>
INLINE float hidden_gelu(float x) {
    if constexpr (sizeof(T) == 4) {
        return gelu(x);
    } else {
        // Phi(x) - 1/2 as an odd polynomial on [-4.4, 4.4], where it reaches 1/2; the result is 5e-5 from GELU at most, less
        // than f16 rounds it by from 0.1 on. The fit is minimax of x times the error, with both ends fixed. Beyond them the
        // polynomial in x^2 stays what it is, and the sum is more than 1 or less than 0.
        float square = fminf(x * x, 4.4f * 4.4f);
        float p = 3.5694329436619654e-11f;
        p = fmaf(p, square, -3.754052180227063e-09f);
        p = fmaf(p, square, 1.7408484609404695e-07f);
        p = fmaf(p, square, -4.724870450445451e-06f);
        p = fmaf(p, square, 8.429303852608427e-05f);
        p = fmaf(p, square, -0.0010549926664680243f);
        p = fmaf(p, square, 0.009643028490245342f);
        p = fmaf(p, square, -0.06607642769813538f);
        p = fmaf(p, square, 0.3987616002559662f);
        float phi = saturated_sum(x, p, 0.5f);
        return x * phi;
    }
}
