package org.cryonext.cryoet.robustness;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.cryonext.cryoet.dataset.LabelledTomogram;
import org.cryonext.cryoet.dataset.MovedTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.particle.ParticleList;
import org.cryonext.cryoet.triplet.Placement;
import org.cryonext.cryoet.volume.Volume;

/**
 * Looks for particles beside their places: each is moved by a vector of a given length and a direction that is uniform over
 * the sphere. The direction of a particle is the same for every length, unless it leads out of the volume: then another
 * one is drawn.
 *
 * @param length in voxels
 * @param seed equal seeds give equal directions
 */
record Displacement(double length, long seed) {

    /** The tomogram with its particles moved; the tomogram itself for the length 0. */
    LabelledTomogram of(LabelledTomogram tomogram, Source source) {
        if (length == 0) {
            return tomogram;
        }
        ParticleList list = tomogram.particles();
        Placement placement = tomogram.placement(source);
        List<Particle> moved = new ArrayList<>();
        SplittableRandom random =
                new SplittableRandom(seed ^ (long) tomogram.name().hashCode() << Integer.SIZE);
        try (Volume volume = tomogram.open(source)) {
            for (Particle particle : list.particles()) {
                // A stream for each, so that how often one draws does not matter to the next.
                moved.add(moved(particle, volume, placement, random.split()));
            }
        }
        return new MovedTomogram(tomogram, list.of(moved));
    }

    private Particle moved(Particle particle, Volume volume, Placement placement, SplittableRandom random) {
        while (true) {
            double x = random.nextGaussian();
            double y = random.nextGaussian();
            double z = random.nextGaussian();
            double scale = length / Math.sqrt(x * x + y * y + z * z);
            Particle there = particle.at(particle.x() + scale * x, particle.y() + scale * y, particle.z() + scale * z);
            if (volume.holds(placement.x(there), placement.y(there), placement.z(there))) {
                return there;
            }
        }
    }
}
