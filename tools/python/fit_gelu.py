"""Fits the polynomials of org.cryonext.engine.backend.cpu.GeluPolynomial and prints them with their errors.

Run: python fit_gelu.py   (needs numpy and scipy)

GELU is x/2 plus an even function, its derivative 1/2 plus an odd one. With m = min(|x|, B) and t = 2 m^2 / B^2 - 1,
the even part is m^2 R(t) + (|x| - m) / 2 and the odd part clamp(x, -B, B) S(t), so both are exact at 0 and right in
relative terms near it. R and S are least-squares fits on Chebyshev nodes; errors are those of float32 arithmetic.
"""

import numpy as np
from scipy.special import erf

F = np.float32
C = np.sqrt(2 / np.pi)
A = 0.044715


def half_tanh(x, tanh):
    """Phi(x) - 1/2, or its tanh form."""
    return 0.5 * np.tanh(C * (x + A * x**3)) if tanh else 0.5 * erf(x / np.sqrt(2))


def density(x, tanh):
    """The derivative of half_tanh."""
    if tanh:
        return 0.5 * (1 - np.tanh(C * (x + A * x**3)) ** 2) * C * (1 + 3 * A * x * x)
    return np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi)


def exact(x, tanh, derivative):
    if derivative:
        return 0.5 + half_tanh(x, tanh) + x * density(x, tanh)
    return x * (0.5 + half_tanh(x, tanh))


def fit(bound, degree, tanh, derivative):
    nodes = 2000
    t = np.cos(np.pi * (np.arange(nodes) + 0.5) / nodes)
    m = bound * np.sqrt((t + 1) / 2)
    if derivative:
        target = (half_tanh(m, tanh) + m * density(m, tanh)) / m
        weight = m
    else:
        target = half_tanh(m, tanh) / m
        weight = m * np.maximum(m, 0.5)
    basis = np.polynomial.chebyshev.chebvander(t, degree)
    coefficients = np.linalg.lstsq(basis * weight[:, None], target * weight, rcond=None)[0]
    return np.polynomial.chebyshev.cheb2poly(coefficients).astype(F)


def fma(a, b, c):
    return (a.astype(np.float64) * b.astype(np.float64) + np.float64(c)).astype(F)


def evaluate(x, c, bound, derivative):
    x = x.astype(F)
    m = np.minimum(np.abs(x), F(bound))
    t = fma(m * m, np.full_like(m, F(2 / bound**2)), -1)
    p = np.full_like(m, c[-1])
    for k in range(len(c) - 2, -1, -1):
        p = fma(p, t, c[k])
    if derivative:
        return fma(p, np.clip(x, F(-bound), F(bound)), 0.5)
    return fma(p, m * m, (F(0.5) * (x + (np.abs(x) - m))).astype(F))


def report(name, bound, degree, tanh, derivative):
    c = fit(bound, degree, tanh, derivative)
    x = np.concatenate([np.linspace(-12, 12, 2_000_001), np.linspace(-1e-2, 1e-2, 20_001)]).astype(F)
    error = np.abs(evaluate(x, c, bound, derivative) - exact(x.astype(np.float64), tanh, derivative))
    print(f"{name}: bound {bound}, degree {degree}, largest absolute error {error.max():.2e}", end="")
    for scale in (3, 1, 1e-2, 1e-4):
        g = (np.random.default_rng(1).standard_normal(100_000) * scale).astype(F)
        e = exact(g.astype(np.float64), tanh, derivative)
        nmse = ((evaluate(g, c, bound, derivative) - e) ** 2).sum() / (e**2).sum()
        print(f", nmse at {scale:g} {nmse:.1e}", end="")
    print()
    print("   ", ", ".join(f"{v:.9g}f" for v in c))


if __name__ == "__main__":
    report("GELU", 5.4, 14, False, False)
    report("its derivative", 5.7, 16, False, True)
    report("tanh form", 5.0, 17, True, False)
    report("its derivative", 5.2, 19, True, True)
