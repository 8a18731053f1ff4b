package org.cryonext.cryoet.baseline;

import java.util.HashMap;
import java.util.Map;
import org.cryonext.cryoet.dataset.LabelledTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.profile.RadialProfile;
import org.cryonext.cryoet.volume.Volume;

/** Radial profiles of the particles of tomograms; those of a tomogram are made once, when they are first asked for. */
public final class Profiles {
    private record Key(LabelledTomogram tomogram, Source source) {}

    private final Map<Key, Map<Integer, double[]>> known = new HashMap<>();

    /**
     * The profiles of all particles of a tomogram.
     *
     * @return by the particle's line in the list
     * @throws org.cryonext.engine.io.InputException where the volume or the list cannot be read
     */
    Map<Integer, double[]> of(LabelledTomogram tomogram, Source source) {
        Key key = new Key(tomogram, source);
        Map<Integer, double[]> profiles = known.get(key);
        if (profiles == null) {
            profiles = read(tomogram, source);
            known.put(key, profiles);
        }
        return profiles;
    }

    private static Map<Integer, double[]> read(LabelledTomogram tomogram, Source source) {
        Map<Integer, double[]> profiles = new HashMap<>();
        try (Volume volume = tomogram.open(source)) {
            RadialProfile profile = new RadialProfile(volume, tomogram.placement(source));
            for (Particle particle : tomogram.particles().particles()) {
                profiles.put(particle.line(), profile.of(particle));
            }
        }
        return profiles;
    }
}
