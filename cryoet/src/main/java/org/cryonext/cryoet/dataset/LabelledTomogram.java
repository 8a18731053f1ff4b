package org.cryonext.cryoet.dataset;

import org.cryonext.cryoet.particle.ParticleList;
import org.cryonext.cryoet.triplet.Placement;
import org.cryonext.cryoet.volume.Volume;

/** A tomogram with particles of known class, to train on and to measure on. */
public sealed interface LabelledTomogram permits ShrecTomogram, OwnTomogram, SubtomogramGroup, MovedTomogram {

    /** Its name in lists, options and reports. */
    String name();

    /**
     * Its particles.
     *
     * @throws org.cryonext.engine.io.InputException where the list cannot be read
     */
    ParticleList particles();

    /**
     * Opens its volume; the caller closes it.
     *
     * @param source which one, where there are several
     * @throws org.cryonext.engine.io.InputException where it is missing or cannot be read
     */
    Volume open(Source source);

    /**
     * Where the particles of the list lie in that volume.
     *
     * @throws org.cryonext.engine.io.InputException where that cannot be told
     */
    Placement placement(Source source);
}
