package org.cryonext.cryoet.dataset;

import java.nio.file.Path;
import java.util.Locale;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.particle.ParticleList;
import org.cryonext.cryoet.volume.VolumeFile;
import org.cryonext.engine.io.InputException;

/**
 * Finds the extracted subtomograms that a list names, a volume for each particle.
 *
 * @param folder in which the names begin
 * @param given how the user gives that folder, for messages
 */
record SubtomogramFiles(Path folder, String given) {
    private static final String STACKS = "rlnTomoSubTomosAre2DStacks";
    private static final String AGAIN =
            " of 2D images, and a volume for each particle was expected; extract again with 3D subtomograms";

    /**
     * RELION 5 extracts the cuts of a particle's tilt images by default, and says so in its list.
     *
     * @throws InputException where the list is of such stacks
     */
    void requireVolumes(ParticleList list) {
        if (list.star().value(STACKS).filter(value -> !value.equals("0")).isPresent()) {
            throw new InputException(
                    list.file() + ": _" + STACKS + " is 1, so that _rlnImageName names stacks" + AGAIN);
        }
    }

    /**
     * The file of a particle.
     *
     * @param image its name in the list
     * @throws InputException where it is no volume of its own, or not there
     */
    Path find(Particle particle, String image) {
        if (image.contains("@")) {
            throw new InputException(
                    particle.where() + ": _rlnImageName is \"" + image + "\", a place in a stack; a volume"
                            + " for each particle was expected: extract the subtomograms as single files");
        }
        String name = image.toLowerCase(Locale.ROOT);
        if (name.endsWith(".mrcs") || name.contains("_stack2d")) {
            throw new InputException(particle.where() + ": _rlnImageName is \"" + image + "\", a stack" + AGAIN);
        }
        Path file = folder.resolve(image);
        if (!VolumeFile.isThere(file)) {
            throw new InputException(particle.where() + ": the subtomogram " + file
                    + " is not there; give the folder that _rlnImageName begins in " + given);
        }
        return file;
    }
}
