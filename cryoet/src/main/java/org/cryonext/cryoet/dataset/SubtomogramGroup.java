package org.cryonext.cryoet.dataset;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cryonext.cryoet.particle.ParticleList;
import org.cryonext.cryoet.triplet.Placement;
import org.cryonext.cryoet.volume.Adaptation;
import org.cryonext.cryoet.volume.StackVolume;
import org.cryonext.cryoet.volume.Volume;

/**
 * Extracted subtomograms, each with its particle in the middle; those of one tomogram are kept together.
 *
 * @param name of the tomogram that they are from, or {@code subtomograms}
 * @param particles those of this group; their z is their place in {@code files}
 * @param files a volume for each particle
 * @param adaptations what is done to each volume
 */
public record SubtomogramGroup(String name, ParticleList particles, List<Path> files, List<Adaptation> adaptations)
        implements LabelledTomogram {

    /** Copies the lists. */
    public SubtomogramGroup {
        files = List.copyOf(files);
        adaptations = List.copyOf(adaptations);
    }

    /** The images of a list's particles, as the list names them, by the particles' lines. */
    public Map<Integer, String> images() {
        Map<Integer, String> images = new HashMap<>();
        List<Integer> lines = particles.table().lines();
        for (int row = 0; row < lines.size(); row++) {
            images.put(lines.get(row), particles.images().get(row));
        }
        return images;
    }

    @Override
    public Volume open(Source source) {
        return StackVolume.open(name, files, adaptations);
    }

    @Override
    public Placement placement(Source source) {
        try (StackVolume volume = StackVolume.open(name, files, adaptations)) {
            return new Placement(0, 1, volume.cell());
        }
    }
}
