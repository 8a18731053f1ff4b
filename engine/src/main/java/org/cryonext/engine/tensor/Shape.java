package org.cryonext.engine.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The extents of a dense row-major tensor, outermost first; images are [N, H, W, C]. A scalar has no dimensions.
 *
 * @param dims each at least 0
 */
public record Shape(List<Long> dims) {

    /** @throws IllegalArgumentException if an extent is negative or the number of elements does not fit a long */
    public Shape {
        dims = List.copyOf(dims);
        long size = 1;
        for (long d : dims) {
            if (d < 0) {
                throw new IllegalArgumentException("negative extent in shape " + dims);
            }
            try {
                size = Math.multiplyExact(size, d);
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException("shape " + dims + " has more elements than a long can count", e);
            }
        }
    }

    /** The shape with these extents. */
    public static Shape of(long... dims) {
        return new Shape(LongStream.of(dims).boxed().toList());
    }

    /** Number of dimensions. */
    public int rank() {
        return dims.size();
    }

    /** Extent {@code i}; negative values count from the last. */
    public long dim(int i) {
        return dims.get(i < 0 ? i + rank() : i);
    }

    /** Number of elements. */
    public long size() {
        long size = 1;
        for (long d : dims) {
            size *= d;
        }
        return size;
    }

    /** The last extent. */
    public long channels() {
        return dim(-1);
    }

    /** Number of elements in all but the last dimension. */
    public long rows() {
        long rows = 1;
        for (int i = 0; i < rank() - 1; i++) {
            rows *= dims.get(i);
        }
        return rows;
    }

    /** This shape with another last extent. */
    public Shape withChannels(long channels) {
        long[] copy = toArray();
        copy[copy.length - 1] = channels;
        return of(copy);
    }

    /**
     * The shape that this and another broadcast to: aligned at the last dimension, an extent of 1 stretches to the
     * other's.
     *
     * @throws IllegalArgumentException if they do not fit
     */
    public Shape broadcast(Shape other) {
        int rank = Math.max(rank(), other.rank());
        List<Long> joined = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            long a = aligned(i, rank);
            long b = other.aligned(i, rank);
            if (a != b && a != 1 && b != 1) {
                throw new IllegalArgumentException(this + " and " + other + " do not broadcast");
            }
            joined.add(a == 1 ? b : a);
        }
        return new Shape(joined);
    }

    /** Whether a tensor of this shape stretches to another shape. */
    public boolean broadcastsTo(Shape other) {
        if (rank() > other.rank()) {
            return false;
        }
        return IntStream.range(0, other.rank())
                .allMatch(i -> aligned(i, other.rank()) == 1 || aligned(i, other.rank()) == other.dim(i));
    }

    /** Extent {@code i} as a shape of that rank, filled up with 1 in front. */
    private long aligned(int i, int rank) {
        int own = i - (rank - rank());
        return own < 0 ? 1 : dims.get(own);
    }

    /** Without the dimensions of 1. */
    public Shape withoutOnes() {
        return new Shape(dims.stream().filter(d -> d != 1).toList());
    }

    /** The extents as an array of its own. */
    public long[] toArray() {
        return dims.stream().mapToLong(Long::longValue).toArray();
    }

    /** The extents as ints, for code that indexes Java arrays. */
    public int[] toInts() {
        return Arrays.stream(toArray()).mapToInt(Math::toIntExact).toArray();
    }

    /** For instance {@code [2, 7, 7, 768]}. */
    @Override
    public String toString() {
        return dims.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
    }
}
