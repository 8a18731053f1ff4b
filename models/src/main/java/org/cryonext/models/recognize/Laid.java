package org.cryonext.models.recognize;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;

/**
 * A value of the channels-last graph and how the file lays it out.
 *
 * @param value [N, H, W, C]; axes that the file's value does not have any more have extent 1
 * @param groups for each of the file's dimensions, the axes it runs over, the slowest first; none where its extent is 1
 */
record Laid(Value value, List<List<Axis>> groups) {
    /** Copies the lists. */
    Laid {
        groups = groups.stream().map(List::copyOf).toList();
    }

    long extent(Axis axis) {
        return value.shape().dim(axis.ordinal());
    }

    private long extent(List<Axis> group) {
        return group.stream().mapToLong(this::extent).reduce(1, (a, b) -> a * b);
    }

    /** The shape the file's value has. */
    Shape shape() {
        return new Shape(groups.stream().map(this::extent).toList());
    }

    /** A group without the axes of extent 1, of whose place nothing depends. */
    List<Axis> wide(List<Axis> group) {
        return group.stream().filter(axis -> extent(axis) > 1).toList();
    }

    /** Whether one of the file's dimensions is the channels, all of them and nothing else. */
    boolean isChannels(int dimension) {
        List<Axis> wide = wide(groups.get(dimension));
        return wide.equals(List.of(Axis.CHANNEL))
                || wide.isEmpty()
                        && extent(Axis.CHANNEL) == 1
                        && groups.get(dimension).contains(Axis.CHANNEL);
    }

    /** Whether the file's dimensions are exactly these axes, one each. */
    boolean is(Axis... axes) {
        if (groups.size() != axes.length) {
            return false;
        }
        for (int i = 0; i < axes.length; i++) {
            if (!wide(groups.get(i)).equals(wide(List.of(axes[i])))) {
                return false;
            }
        }
        return true;
    }

    /** The same groups over a value with other extents. */
    Laid with(Value other) {
        return new Laid(other, groups);
    }

    /** The file's value, given as it lies there, as [N, H, W, C]. */
    Tensor toChannelsLast(Tensor tensor) {
        List<Axis> axes = groups.stream().flatMap(List::stream).toList();
        int[] order = axes.stream().sorted().mapToInt(axes::indexOf).toArray();
        Tensor split = tensor.reshape(axes.stream().mapToLong(this::extent).toArray());
        return split.transpose(order).reshape(value.shape().toArray());
    }

    /**
     * The value under another shape of the file.
     *
     * @return empty if a dimension of the new shape would run over parts of an axis
     */
    Optional<Laid> reshape(Shape shape) {
        List<Axis> axes = groups.stream().flatMap(List::stream).toList();
        List<List<Axis>> result = new ArrayList<>();
        int next = 0;
        for (int i = 0; i < shape.rank(); i++) {
            List<Axis> group = new ArrayList<>();
            long reached = 1;
            if (shape.dim(i) == 1 && next < axes.size() && extent(axes.get(next)) == 1) {
                group.add(axes.get(next++));
            }
            while (reached < shape.dim(i) && next < axes.size()) {
                reached *= extent(axes.get(next));
                group.add(axes.get(next++));
            }
            if (reached != shape.dim(i)) {
                return Optional.empty();
            }
            result.add(group);
        }
        while (next < axes.size()) {
            Axis rest = axes.get(next++);
            if (extent(rest) > 1) {
                return Optional.empty();
            }
            if (!result.isEmpty()) {
                result.getLast().add(rest);
            }
        }
        return Optional.of(new Laid(value, result));
    }
}
