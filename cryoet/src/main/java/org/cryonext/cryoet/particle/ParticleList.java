package org.cryonext.cryoet.particle;

import java.util.List;
import org.cryonext.cryoet.star.StarDocument;
import org.cryonext.cryoet.star.StarTable;

/**
 * A particle list as read from a file.
 *
 * @param file the file's name, for messages
 * @param particles at least one, in the file's order
 * @param star the list as STAR: the whole input where that is STAR (every block and column), else made from its columns
 * @param table the table of {@code star} whose row i is particle i
 * @param notes what the user should know about how it was read, a sentence each
 */
public record ParticleList(
        String file, List<Particle> particles, StarDocument star, StarTable table, List<String> notes) {
    public ParticleList {
        particles = List.copyOf(particles);
        notes = List.copyOf(notes);
    }
}
