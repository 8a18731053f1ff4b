package org.cryonext.cryoet.dataset;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
import org.cryonext.cryoet.volume.ConstantVolume;
import org.cryonext.cryoet.volume.TomogramFolder;
import org.cryonext.cryoet.volume.Volume;
import org.cryonext.cryoet.volume.VolumeFile;
import org.cryonext.cryoet.volume.VolumeNotes;
import org.cryonext.cryoet.volume.VoxelSize;
import org.cryonext.engine.io.InputException;

/** Opens a particle list of one's own with its tomograms, or with its extracted subtomograms. */
final class OwnDataset {
    private final DataPlace place;
    private final Path list;
    private final Path volumes;
    private final String given;
    private final List<String> notes = new ArrayList<>();
    /** Edges of the voxels of all volumes in Angstrom, in their order; 0 where they are not known. */
    private final Map<Path, Double> sizes = new LinkedHashMap<>();

    private double wanted;

    private OwnDataset(DataPlace place, String given) {
        this.place = place;
        this.given = given;
        list = Path.of(place.data());
        volumes = place.volumes() == null ? list.toAbsolutePath().getParent() : Path.of(place.volumes());
    }

    /** @param given how the user gives the volumes, for messages */
    static Dataset open(DataPlace place, String given) {
        return new OwnDataset(place, given).open();
    }

    private Dataset open() {
        if (!Files.exists(volumes)) {
            throw new InputException(volumes + ": no such file or folder; give the tomograms of the list " + given);
        }
        ParticleList particles = ParticleReader.read(list, centrings()).binned(place.divisor());
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
        Map<String, List<Path>> files = new LinkedHashMap<>();
        groups.forEach((name, own) ->
                files.put(name, particles.images() == null ? List.of(file(name)) : images(own, particles.images())));
        VolumeNotes about = new VolumeNotes(particles.images() == null ? "tomogram" : "subtomogram");
        files.values().forEach(some -> some.forEach(file -> measure(file, about)));
        // Before any is adapted: the first one's size may not be known.
        wanted = place.wanted() > 0
                ? place.wanted()
                : sizes.values().stream().filter(size -> size > 0).findFirst().orElse(0.0);
        sizes.forEach((file, size) -> describe(file, size, about));
        if (particles.images() == null) {
            groups.forEach((name, own) -> notePixels(files.get(name).getFirst(), own, particles, about));
        }
        about.show(notes::add);
        List<LabelledTomogram> tomograms = new ArrayList<>();
        groups.forEach((name, own) -> tomograms.add(
                particles.images() == null
                        ? tomogram(name, files.get(name).getFirst(), particles.of(own))
                        : subtomograms(name, files.get(name), own, particles)));
        return new Dataset(list, tomograms, wanted, notes);
    }

    /** Particles of several tomograms that were cut from the same one would be noise, and nothing would say so. */
    private void requireOne(Set<String> names) {
        if (names.size() > 1) {
            throw new InputException(list + " has particles of " + names.size() + " tomograms ("
                    + names.stream().limit(5).collect(Collectors.joining(", ")) + (names.size() > 5 ? ", ..." : "")
                    + "), but " + volumes + " is one; give the folder that holds them all " + given);
        }
    }

    private void notePixels(Path file, List<Particle> own, ParticleList all, VolumeNotes about) {
        TiltSeriesPixels.note(all, own, sizes.get(file), place.divisor())
                .ifPresent(note -> about.add(file.toString(), note));
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

    private LabelledTomogram tomogram(String name, Path file, ParticleList own) {
        return new OwnTomogram(name, file, own, adaptation(file));
    }

    private LabelledTomogram subtomograms(String name, List<Path> files, List<Particle> own, ParticleList all) {
        List<Particle> placed = new ArrayList<>();
        for (Particle particle : own) {
            placed.add(particle.at(0, 0, placed.size()));
        }
        return new SubtomogramGroup(
                name,
                all.of(placed),
                files,
                files.stream().map(this::adaptation).toList());
    }

    private List<Path> images(List<Particle> own, List<String> names) {
        SubtomogramFiles images = new SubtomogramFiles(volumes, given);
        return own.stream()
                .map(particle -> images.find(particle, names.get((int) particle.z())))
                .toList();
    }

    /** Learns a file's voxel size, and whether there is anything in it. */
    private void measure(Path file, VolumeNotes about) {
        if (sizes.containsKey(file)) {
            return;
        }
        try (VolumeFile volume = VolumeFile.open(file)) {
            ConstantVolume.refuse(volume);
            volume.notes().forEach(note -> about.add(volume.name(), note));
            sizes.put(file, VoxelSize.known(volume.voxelSize(), place.voxelSize()));
        }
    }

    private void describe(Path file, double size, VolumeNotes about) {
        if (size == 0 && wanted > 0) {
            about.add(file.toString(), VoxelSize.unknown(wanted));
        }
        if (adaptation(file).rescales()) {
            about.add(file.toString(), VoxelSize.rescaled(size, wanted));
        }
    }

    /** What has to be done to a volume so that its voxels are as large as those of the others. */
    private Adaptation adaptation(Path file) {
        return new Adaptation(sizes.get(file), wanted, place.invert());
    }
}
