package org.cryonext.cryoet.particle;

import java.util.List;
import org.cryonext.cryoet.star.StarDocument;
import org.cryonext.cryoet.star.StarTable;
import org.cryonext.engine.io.InputException;

/**
 * A particle list as read from a file.
 *
 * @param file the file's name, for messages
 * @param particles at least one, in the file's order
 * @param star the list as STAR: the whole input where that is STAR (every block and column), else made from its columns
 * @param table the table of {@code star} whose row i is particle i
 * @param images file of each particle's extracted subtomogram, where the list has those and no places in tomograms; its
 *     particles have their place in this list as z, and 0 as x and y. Else null
 * @param notes what the user should know about how it was read, a sentence each
 */
public record ParticleList(
        String file,
        List<Particle> particles,
        StarDocument star,
        StarTable table,
        List<String> images,
        List<String> notes) {
    public ParticleList {
        particles = List.copyOf(particles);
        images = images == null ? null : List.copyOf(images);
        notes = List.copyOf(notes);
    }

    /** A list of places in tomograms. */
    public ParticleList(String file, List<Particle> particles, StarDocument star, StarTable table, List<String> notes) {
        this(file, particles, star, table, null, notes);
    }

    /** The same list with these particles only, for instance those of one tomogram. */
    public ParticleList of(List<Particle> some) {
        return new ParticleList(file, some, star, table, images, notes);
    }

    /**
     * The same list in voxels of binned tomograms.
     *
     * @param binning what every coordinate is divided by; 1 for nothing
     * @throws InputException where the list has no coordinates that could be divided
     */
    public ParticleList binned(double binning) {
        if (binning == 1) {
            return this;
        }
        if (images != null || StarParticles.isCentred(table)) {
            throw new InputException(
                    file + ": --binning is given, which divides coordinates in unbinned pixels, and the"
                            + " list has "
                            + (images != null
                                    ? "extracted subtomograms"
                                    : "centred coordinates in Angstrom (rlnCenteredCoordinateXAngst)")
                            + "; leave the option out");
        }
        return of(particles.stream()
                .map(each -> each.at(each.x() / binning, each.y() / binning, each.z() / binning))
                .toList());
    }
}
