package org.cryonext.cryoet.simulate;

import java.nio.file.Path;
import java.util.Optional;
import org.cryonext.engine.io.InputException;
import tools.jackson.databind.JsonNode;

/**
 * What a simulated data set says of itself.
 *
 * @param imaging how its specimens were imaged
 * @param seed of everything random
 * @param templates whether its densities were given, not invented
 * @param densities a digest of them
 */
public record SimulatedData(Imaging imaging, long seed, boolean templates, String densities) {
    /**
     * Reads the {@code simulation.json} of a folder.
     *
     * @return empty where there is none: the data were not simulated here
     * @throws InputException where it is damaged
     */
    public static Optional<SimulatedData> of(Path folder) {
        return SimulationFolder.description(folder).map(description -> read(folder, description));
    }

    private static SimulatedData read(Path folder, JsonNode description) {
        Imaging imaging = new Imaging(
                number(folder, description, "snr"),
                number(folder, description, "defocus"),
                number(folder, description, "max_tilt"));
        return new SimulatedData(
                imaging,
                value(folder, description, "seed").asLong(),
                text(folder, description, "densities").equals("templates"),
                text(folder, description, "densities_sha256"));
    }

    /** The digest of given densities, or of the invented ones, as a data set of theirs has it. */
    public static String digest(Optional<Path> templates) {
        return Simulator.digest(Simulator.densities(templates));
    }

    private static double number(Path folder, JsonNode description, String name) {
        return value(folder, description, name).asDouble();
    }

    private static JsonNode value(Path folder, JsonNode description, String name) {
        JsonNode value = SimulationFolder.value(description, name);
        if (!value.isNumber()) {
            throw damaged(folder, name, "a number");
        }
        return value;
    }

    private static String text(Path folder, JsonNode description, String name) {
        JsonNode value = description.path(name);
        if (!value.isString()) {
            throw damaged(folder, name, "a text");
        }
        return value.asString();
    }

    private static InputException damaged(Path folder, String name, String expected) {
        return new InputException(folder.resolve(SimulationFolder.DESCRIPTION) + ": " + name + " is missing or not "
                + expected + "; restore the file");
    }
}
