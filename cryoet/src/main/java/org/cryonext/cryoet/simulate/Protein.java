package org.cryonext.cryoet.simulate;

import java.util.List;
import org.cryonext.cryoet.particle.ClassNames;

/**
 * One of SHREC 2020's twelve proteins.
 *
 * @param name its PDB entry, the class name in SHREC's lists
 * @param mass in kDa
 * @param volume in nm^3, counted as voxels of the class mask
 */
public record Protein(String name, double mass, double volume) {
    /**
     * The twelve in the order of {@link ClassNames#SHREC_2020}; class ids in {@code class_mask.mrc} are places in this
     * list, from 1. SHREC gives no mass for 4d8q: 785 kDa is what its stand-in's density (half of 4v94) amounts to at the
     * mass per density of the eleven others, and it fills SHREC's volume.
     */
    public static final List<Protein> SHREC_2020 = List.of(
            new Protein("3cf3", 226, 1030),
            new Protein("1s3x", 45, 215),
            new Protein("1u6g", 205, 934),
            new Protein("4cr2", 1057, 3837),
            new Protein("1qvr", 260, 1237),
            new Protein("3h84", 72, 379),
            new Protein("2cg9", 156, 753),
            new Protein("3qm1", 30, 149),
            new Protein("3gl1", 89, 388),
            new Protein("3d2f", 215, 962),
            new Protein("4d8q", 785, 2939),
            new Protein("1bxn", 240, 997));
}
