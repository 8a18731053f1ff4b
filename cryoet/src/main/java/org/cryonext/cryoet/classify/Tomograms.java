package org.cryonext.cryoet.classify;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.particle.Centring;
import org.cryonext.cryoet.particle.Centrings;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.particle.ParticleList;
import org.cryonext.cryoet.volume.TomogramFolder;
import org.cryonext.cryoet.volume.Volume;
import org.cryonext.cryoet.volume.VolumeFile;
import org.cryonext.engine.io.InputException;

/**
 * Finds the tomograms of a list's particles.
 *
 * @param place a volume, a folder of SHREC's layout, or a folder whose files or folders the list names
 * @param source which volume of folders of SHREC's layout
 */
record Tomograms(Path place, Source source) {

    /** @throws InputException where there is nothing at {@code place} */
    Tomograms {
        if (!Files.exists(place)) {
            throw new InputException(place + ": no such file or folder; give a tomogram or a folder of tomograms");
        }
    }

    /** Whether all particles are of one tomogram, whatever the list says. */
    private boolean single() {
        return VolumeFile.isThere(place)
                || Tomogram.isShrec(place.toAbsolutePath().normalize());
    }

    private Tomogram find(String name) {
        if (VolumeFile.isThere(place)) {
            return Tomogram.of(place);
        }
        if (single()) {
            return Tomogram.of(place.toAbsolutePath().normalize().getFileName().toString(), place, source);
        }
        TomogramFolder tomograms = new TomogramFolder(place);
        Path folder = tomograms.path(name);
        return tomograms.holds(folder) && Tomogram.isShrec(folder)
                ? Tomogram.of(name, folder, source)
                : new Tomogram(name, tomograms.find(name), null);
    }

    /** What centred coordinates are measured against where no tomograms.star is given: the tomograms themselves. */
    Centrings centrings(double voxelSize) {
        Map<String, Optional<Centring>> known = new HashMap<>();
        return name -> known.computeIfAbsent(name, any -> {
            if (name == null && !single()) {
                return Optional.empty();
            }
            try (Volume volume = find(name).open()) {
                return Optional.of(Centring.of(volume, voxelSize));
            }
        });
    }

    /**
     * The particles of each tomogram, as indices into the list.
     *
     * @throws InputException where the list does not name the tomograms that it needs to, or a file is not there
     */
    Map<Tomogram, int[]> group(ParticleList list) {
        Map<String, List<Integer>> byName = new LinkedHashMap<>();
        for (int i = 0; i < list.particles().size(); i++) {
            Particle particle = list.particles().get(i);
            if (particle.tomogram() == null && !single()) {
                throw new InputException(particle.where() + ": the list names no tomogram, and " + place
                        + " is a folder; give the tomogram's file, or a list with a column rlnTomoName,"
                        + " rlnMicrographName or tomogram");
            }
            byName.computeIfAbsent(particle.tomogram(), name -> new ArrayList<>())
                    .add(i);
        }
        if (single() && byName.size() > 1) {
            throw new InputException(list.file() + " has particles of " + byName.size() + " tomograms ("
                    + String.join(
                            ", ",
                            byName.keySet().stream()
                                    .map(String::valueOf)
                                    .limit(5)
                                    .toList())
                    + (byName.size() > 5 ? ", ..." : "") + "), but " + place
                    + " is one; give the folder that holds them all");
        }
        Map<Tomogram, int[]> groups = new LinkedHashMap<>();
        // Two names of a list may mean one file ("TS_01" and "TS_01.mrc").
        byName.forEach((name, indices) -> groups.merge(
                find(name), indices.stream().mapToInt(Integer::intValue).toArray(), Tomograms::join));
        return groups;
    }

    private static int[] join(int[] a, int[] b) {
        int[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
