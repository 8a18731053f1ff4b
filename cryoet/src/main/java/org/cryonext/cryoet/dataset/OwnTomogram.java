package org.cryonext.cryoet.dataset;

import java.nio.file.Path;
import org.cryonext.cryoet.particle.ParticleList;
import org.cryonext.cryoet.triplet.Placement;
import org.cryonext.cryoet.volume.Adaptation;
import org.cryonext.cryoet.volume.Volume;
import org.cryonext.cryoet.volume.VolumeFile;

/**
 * A tomogram of one's own with the particles that a list has in it.
 *
 * @param name in the list
 * @param file its volume
 * @param particles those of this tomogram, in voxels of the file
 * @param adaptation what is done to the volume
 */
public record OwnTomogram(String name, Path file, ParticleList particles, Adaptation adaptation)
        implements LabelledTomogram {

    @Override
    public Volume open(Source source) {
        return adaptation.apply(VolumeFile.open(file));
    }

    @Override
    public Placement placement(Source source) {
        return new Placement(0, adaptation.scale(), 0);
    }
}
