package org.cryonext.cryoet.dataset;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.cryonext.cryoet.particle.Centring;
import org.cryonext.cryoet.particle.Centrings;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.particle.ParticleList;
import org.cryonext.cryoet.particle.ParticleReader;
import org.cryonext.cryoet.particle.TiltSeriesPixels;
import org.cryonext.cryoet.volume.Adaptation;
import org.cryonext.cryoet.volume.TomogramFolder;
import org.cryonext.cryoet.volume.Volume;
import org.cryonext.cryoet.volume.VolumeFile;
import org.cryonext.engine.io.InputException;

/** Opens a particle list of one's own with its tomograms, or with its extracted subtomograms. */
final class OwnDataset {
    /** What programs write that do not know the voxel size. */
    private static final double UNKNOWN = 1;

    private final DataPlace place;
    private final Path list;
    private final Path volumes;
    private final String given;
    private final List<String> notes = new ArrayList<>();
    private final Notes pixels = new Notes();
    private double wanted;

    private OwnDataset(DataPlace place, String given) {
        this.place = place;
        this.given = given;
        list = Path.of(place.data());
        volumes = place.volumes() == null ? list.toAbsolutePath().getParent() : Path.of(place.volumes());
        wanted = place.wanted();
    }

    /** @param given how the user gives the volumes, for messages */
    static Dataset open(DataPlace place, String given) {
        return new OwnDataset(place, given).open();
    }

    private Dataset open() {
        if (!Files.exists(volumes)) {
            throw new InputException(volumes + ": no such file or folder; give the tomograms of the list " + given);
        }
        ParticleList particles = ParticleReader.read(list, centrings()).binned(place.binning());
        particles.notes().forEach(note -> notes.add(list + ": " + note));
        Map<String, List<Particle>> groups = new LinkedHashMap<>();
        for (Particle particle : particles.particles()) {
            groups.computeIfAbsent(name(particle, particles.images() != null), any -> new ArrayList<>())
                    .add(particle);
        }
        if (particles.images() != null) {
            new SubtomogramFiles(volumes, given).requireVolumes(particles);
        } else if (single()) {
            requireOne(groups.keySet());
        }
        List<LabelledTomogram> tomograms = new ArrayList<>();
        groups.forEach((name, own) -> tomograms.add(
                particles.images() == null ? tomogram(name, own, particles) : subtomograms(name, own, particles)));
        pixels.show(notes::add);
        return new Dataset(list, tomograms, notes);
    }

    /** Particles of several tomograms that were cut from the same one would be noise, and nothing would say so. */
    private void requireOne(Set<String> names) {
        if (names.size() > 1) {
            throw new InputException(list + " has particles of " + names.size() + " tomograms ("
                    + names.stream().limit(5).collect(Collectors.joining(", ")) + (names.size() > 5 ? ", ..." : "")
                    + "), but " + volumes + " is one; give the folder that holds them all " + given);
        }
    }

    private boolean single() {
        return VolumeFile.isThere(volumes);
    }

    private String name(Particle particle, boolean extracted) {
        if (particle.tomogram() != null) {
            return particle.tomogram();
        }
        if (extracted) {
            return "subtomograms";
        }
        if (!single()) {
            throw new InputException(particle.where() + ": the list names no tomogram, and " + volumes
                    + " is a folder; give the tomogram's file " + given + ", or a list with a column rlnTomoName,"
                    + " rlnMicrographName or tomogram");
        }
        return VolumeFile.name(volumes);
    }

    private Path file(String tomogram) {
        return single() ? volumes : new TomogramFolder(volumes).find(tomogram);
    }

    private Centrings centrings() {
        return name -> {
            if (name == null && !single()) {
                return Optional.empty();
            }
            try (Volume volume = VolumeFile.open(file(name))) {
                return Optional.of(Centring.of(volume, place.voxelSize()));
            }
        };
    }

    private LabelledTomogram tomogram(String name, List<Particle> own, ParticleList all) {
        Path file = file(name);
        try (VolumeFile volume = VolumeFile.open(file)) {
            double size = place.voxelSize() > 0 ? place.voxelSize() : volume.voxelSize();
            TiltSeriesPixels.note(all, own, size, place.binning()).ifPresent(note -> pixels.add(volume.name(), note));
            return new OwnTomogram(name, file, all.of(own), adaptation(volume));
        }
    }

    private LabelledTomogram subtomograms(String name, List<Particle> own, ParticleList all) {
        SubtomogramFiles images = new SubtomogramFiles(volumes, given);
        List<Path> files = new ArrayList<>();
        List<Particle> placed = new ArrayList<>();
        for (Particle particle : own) {
            String image = all.images().get((int) particle.z());
            placed.add(particle.at(0, 0, files.size()));
            files.add(images.find(particle, image));
        }
        try (VolumeFile first = VolumeFile.open(files.getFirst())) {
            return new SubtomogramGroup(name, all.of(placed), files, adaptation(first));
        }
    }

    /** What has to be done to a volume so that its voxels are as large as those of the first one. */
    private Adaptation adaptation(VolumeFile volume) {
        double own = place.voxelSize() > 0 ? place.voxelSize() : volume.voxelSize();
        double known = place.voxelSize() <= 0 && own == UNKNOWN ? 0 : own;
        if (wanted == 0) {
            wanted = known;
        }
        Adaptation adaptation = new Adaptation(known, wanted, place.invert());
        if (known == 0 && wanted > 0) {
            notes.add(volume.name() + ": its voxel size is not known, so it is taken as it is, and not rescaled to "
                    + number(wanted) + " Angstrom; give --voxel-size if it differs");
        }
        if (adaptation.rescales()) {
            notes.add(volume.name() + ": its voxels of " + number(known) + " Angstrom are rescaled to " + number(wanted)
                    + " Angstrom, those of the training");
        }
        return adaptation;
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : String.format(Locale.ROOT, "%.2f", value);
    }
}
