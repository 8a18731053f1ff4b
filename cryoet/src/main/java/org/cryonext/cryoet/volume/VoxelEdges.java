package org.cryonext.cryoet.volume;

import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The edges of a volume's voxels along x, y and z, of which one number is made. */
final class VoxelEdges {
    /** Edges that differ by less than two parts in a hundred are the same. */
    private static final double SAME = 0.02;

    private VoxelEdges() {}

    /**
     * What to tell the user where voxels are no cubes.
     *
     * @param edges in Angstrom; 0 where they are not known
     */
    static Optional<String> note(List<Double> edges) {
        boolean cubes = edges.contains(0.0) || Collections.max(edges) <= (1 + SAME) * Collections.min(edges);
        return cubes
                ? Optional.empty()
                : Optional.of("the voxels are no cubes: " + edges + " Angstrom along x, y and z; the first is taken");
    }
}
