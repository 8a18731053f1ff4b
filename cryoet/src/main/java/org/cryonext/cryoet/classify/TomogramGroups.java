package org.cryonext.cryoet.classify;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.particle.ParticleList;
import org.cryonext.cryoet.particle.TiltSeriesPixels;
import org.cryonext.cryoet.run.RunSettings;
import org.cryonext.cryoet.triplet.Placement;
import org.cryonext.cryoet.volume.Adaptation;
import org.cryonext.cryoet.volume.ConstantVolume;
import org.cryonext.cryoet.volume.VolumeFile;
import org.cryonext.cryoet.volume.VolumeNotes;
import org.cryonext.cryoet.volume.VoxelSize;

/** Says of a list's tomograms how they are taken, and notes what the user should know about that. */
final class TomogramGroups {
    private final ClassifySettings settings;
    private final RunSettings run;
    private final ParticleList list;
    private final VolumeNotes notes;

    TomogramGroups(ClassifySettings settings, RunSettings run, ParticleList list, VolumeNotes notes) {
        this.settings = settings;
        this.run = run;
        this.list = list;
        this.notes = notes;
    }

    /** Opens each volume once. */
    List<Group> of(Map<Tomogram, int[]> tomograms) {
        List<Group> groups = new ArrayList<>();
        tomograms.forEach((tomogram, indices) -> {
            List<Particle> particles = IntStream.of(indices)
                    .mapToObj(index -> list.particles().get(index))
                    .toList();
            int offset = offset(tomogram);
            Adaptation adaptation;
            try (VolumeFile volume = tomogram.open()) {
                // What is odd about SHREC's headers is known, and the same in all of them.
                if (tomogram.source() == null) {
                    ConstantVolume.refuse(volume);
                    volume.notes().forEach(note -> notes.add(volume.name(), note));
                }
                adaptation = adaptation(tomogram, volume);
                double size = VoxelSize.known(volume.voxelSize(), settings.voxelSize());
                TiltSeriesPixels.note(list, particles, size, settings.divisor())
                        .ifPresent(note -> notes.add(volume.name(), note));
            }
            describe(tomogram, offset);
            groups.add(new Group(
                    tomogram.name(),
                    particles,
                    new Placement(offset, adaptation.scale(), 0),
                    () -> adaptation.apply(tomogram.open())));
        });
        return groups;
    }

    private Adaptation adaptation(Tomogram tomogram, VolumeFile volume) {
        double wanted = run.appearance() == null ? 0 : run.appearance().voxelSize();
        // SHREC's volumes have the voxels that the run was trained on, whatever their headers say.
        double own = tomogram.source() == null ? VoxelSize.known(volume.voxelSize(), settings.voxelSize()) : 0;
        Adaptation adaptation = new Adaptation(own, wanted, settings.invert());
        if (adaptation.rescales()) {
            notes.add(volume.name(), VoxelSize.rescaled(own, wanted));
        } else if (own == 0 && wanted > 0 && tomogram.source() == null) {
            notes.add(volume.name(), VoxelSize.unknown(wanted));
        }
        return adaptation;
    }

    /** SHREC's own lists give the z of the ground truth; every other list is in voxels of its tomogram. */
    private int offset(Tomogram tomogram) {
        if (settings.zOffset() != null) {
            return settings.zOffset();
        }
        return isShrecList() ? tomogram.groundTruthOffset() : 0;
    }

    private boolean isShrecList() {
        return list.particles().getFirst().angles() != null;
    }

    private void describe(Tomogram tomogram, int offset) {
        String file = tomogram.file().toString();
        if (settings.zOffset() == null) {
            int truth = tomogram.groundTruthOffset();
            if (offset != 0) {
                notes.add(
                        file,
                        offset + " is added to z of the list, which is that of the ground truth in lists of this form");
            } else if (truth != 0) {
                notes.add(
                        file,
                        "z of the list is taken as that of this volume; if it is that of the ground truth, give"
                                + " --z-offset " + truth);
            }
        }
        Source source = tomogram.source();
        Source trained = run.input().source();
        if (source != null && source != trained) {
            notes.add(
                    file,
                    "the run was trained on " + trained.file() + " (" + word(trained)
                            + "); on another source its answers are far less reliable");
        }
    }

    private static String word(Source source) {
        return "--source " + source.name().toLowerCase(Locale.ROOT);
    }
}
