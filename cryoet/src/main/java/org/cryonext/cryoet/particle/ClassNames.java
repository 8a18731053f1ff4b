package org.cryonext.cryoet.particle;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.cryonext.engine.io.InputException;

/**
 * The classes a network tells apart; a class's id is its place in the list, from 0.
 *
 * @param names in the order of their ids
 */
public record ClassNames(List<String> names) {
    /** The twelve proteins of SHREC 2020, in the order of the benchmark's ids. */
    public static final ClassNames SHREC_2020 = new ClassNames(
            List.of("3cf3", "1s3x", "1u6g", "4cr2", "1qvr", "3h84", "2cg9", "3qm1", "3gl1", "3d2f", "4d8q", "1bxn"));

    public ClassNames {
        names = List.copyOf(names);
        if (names.stream().distinct().count() != names.size()) {
            throw new InputException("The class names " + names + " are not all different; name each class once");
        }
    }

    /**
     * The classes of some particles: SHREC 2020's order where all of them are among its classes, else sorted by name.
     *
     * @throws InputException where a particle has no class
     */
    public static ClassNames of(List<Particle> particles) {
        TreeSet<String> found = new TreeSet<>();
        for (Particle particle : particles) {
            found.add(particle.requireClass());
        }
        return SHREC_2020.names.containsAll(found) ? SHREC_2020 : new ClassNames(List.copyOf(found));
    }

    /**
     * A sentence about the first class that is none of SHREC 2020's in a list that has others of them: a slip, perhaps, which
     * gives a network one class more.
     */
    public static Optional<String> oddity(List<Particle> particles) {
        boolean some = particles.stream().anyMatch(particle -> SHREC_2020.names.contains(particle.requireClass()));
        return particles.stream()
                .filter(particle -> some && !SHREC_2020.names.contains(particle.requireClass()))
                .findFirst()
                .map(particle -> particle.where() + ": the class " + particle.className() + " is none of SHREC 2020's,"
                        + " as others are; it counts as a class of its own, and the ids are not SHREC's; if it is a slip,"
                        + " correct the list and train anew");
    }

    /** Number of classes. */
    public int size() {
        return names.size();
    }

    /** The name of the class with this id. */
    public String name(int id) {
        return names.get(id);
    }

    /**
     * The id of the particle's class.
     *
     * @throws InputException where its class is unknown or not given
     */
    public int id(Particle particle) {
        int id = names.indexOf(particle.requireClass());
        if (id < 0) {
            throw new InputException(particle.where() + ": unknown class \"" + particle.className()
                    + "\"; the classes are " + String.join(", ", names));
        }
        return id;
    }

    /**
     * The id of a class by its name, for instance from the command line.
     *
     * @throws InputException where there is no such class
     */
    public int id(String name) {
        int id = names.indexOf(name);
        if (id < 0) {
            throw new InputException("Unknown class \"" + name + "\"; the classes are " + String.join(", ", names));
        }
        return id;
    }
}
