package org.cryonext.cryoet.baseline;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Finds the minimum of a convex function by the limited-memory BFGS method with a backtracking line search. Source:
 * Nocedal and Wright, Numerical Optimization (2006), algorithms 7.4, 7.5 and 3.1. The same input gives the same bits.
 */
final class Lbfgs {
    private static final int MEMORY = 30;
    private static final double SUFFICIENT = 1e-4;
    private static final int HALVINGS = 40;

    private final double tolerance;
    private final int iterations;

    /** A step and what it did to the gradient. */
    private record Pair(double[] step, double[] change, double curvature) {}

    /**
     * @param tolerance the largest part of the gradient at which the minimum counts as found
     * @param iterations after so many it ends where it is
     */
    Lbfgs(double tolerance, int iterations) {
        this.tolerance = tolerance;
        this.iterations = iterations;
    }

    /** Moves {@code x} to the minimum. */
    void minimise(Objective objective, double[] x) {
        int n = x.length;
        double[] gradient = new double[n];
        double[] next = new double[n];
        double[] nextGradient = new double[n];
        Deque<Pair> pairs = new ArrayDeque<>();
        double value = objective.value(x, gradient);
        for (int iteration = 0; iteration < iterations && largest(gradient) > tolerance; iteration++) {
            double[] direction = direction(gradient, pairs);
            double slope = dot(gradient, direction);
            double length = pairs.isEmpty() ? 1 / Math.max(1, Math.sqrt(dot(gradient, gradient))) : 1;
            double nextValue = value;
            boolean found = false;
            for (int halving = 0; halving < HALVINGS && !found; halving++, length /= 2) {
                for (int i = 0; i < n; i++) {
                    next[i] = x[i] + length * direction[i];
                }
                nextValue = objective.value(next, nextGradient);
                found = nextValue <= value + SUFFICIENT * length * slope;
            }
            if (!found) {
                // Rounding leaves no smaller value to be found: this is the minimum as far as doubles can tell.
                return;
            }
            remember(pairs, x, next, gradient, nextGradient);
            System.arraycopy(next, 0, x, 0, n);
            System.arraycopy(nextGradient, 0, gradient, 0, n);
            value = nextValue;
        }
    }

    private static void remember(
            Deque<Pair> pairs, double[] x, double[] next, double[] gradient, double[] nextGradient) {
        double[] step = new double[x.length];
        double[] change = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            step[i] = next[i] - x[i];
            change[i] = nextGradient[i] - gradient[i];
        }
        double curvature = dot(step, change);
        if (curvature > 1e-300) {
            pairs.addLast(new Pair(step, change, curvature));
            if (pairs.size() > MEMORY) {
                pairs.removeFirst();
            }
        }
    }

    /** The gradient times minus the approximated inverse of the second derivatives. */
    private static double[] direction(double[] gradient, Deque<Pair> pairs) {
        double[] q = gradient.clone();
        double[] alphas = new double[pairs.size()];
        int k = alphas.length;
        for (Iterator<Pair> newest = pairs.descendingIterator(); newest.hasNext(); ) {
            Pair pair = newest.next();
            alphas[--k] = dot(pair.step, q) / pair.curvature;
            add(q, -alphas[k], pair.change);
        }
        double scale =
                pairs.isEmpty() ? 1 : pairs.getLast().curvature / dot(pairs.getLast().change, pairs.getLast().change);
        for (int i = 0; i < q.length; i++) {
            q[i] *= scale;
        }
        for (Pair pair : pairs) {
            add(q, alphas[k++] - dot(pair.change, q) / pair.curvature, pair.step);
        }
        for (int i = 0; i < q.length; i++) {
            q[i] = -q[i];
        }
        return q;
    }

    private static void add(double[] to, double factor, double[] values) {
        for (int i = 0; i < to.length; i++) {
            to[i] += factor * values[i];
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double largest(double[] values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}
