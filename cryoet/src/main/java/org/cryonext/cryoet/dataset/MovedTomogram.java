package org.cryonext.cryoet.dataset;

import org.cryonext.cryoet.particle.ParticleList;
import org.cryonext.cryoet.triplet.Placement;
import org.cryonext.cryoet.volume.Volume;

/**
 * A tomogram whose particles are looked for beside their places, as an inexact picker would have it.
 *
 * @param tomogram the tomogram as it is
 * @param particles its particles where they are looked for
 */
public record MovedTomogram(LabelledTomogram tomogram, ParticleList particles) implements LabelledTomogram {

    @Override
    public String name() {
        return tomogram.name();
    }

    @Override
    public Volume open(Source source) {
        return tomogram.open(source);
    }

    @Override
    public Placement placement(Source source) {
        return tomogram.placement(source);
    }
}
