package org.cryonext.cryoet.particle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;

/** Particle lists that are not read, and how they become ones that are. */
final class OtherPrograms {
    private static final byte[] IMOD = "IMOD".getBytes(StandardCharsets.US_ASCII);
    private static final String CSV = " not read; make a CSV file with the first line tomogram,x,y,z,class of ";

    private OtherPrograms() {}

    /** @throws InputException where the file is a model of IMOD, which is binary */
    static void requireNoModel(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            if (Arrays.equals(in.readNBytes(IMOD.length), IMOD)) {
                throw new InputException(path + ": a model of IMOD is not read; write its points as text with IMOD's"
                        + " model2point, and make a CSV file of them with the first line x,y,z");
            }
        } catch (IOException e) {
            throw InputFile.unreadable(path, "a particle list", e);
        }
    }

    /**
     * The error for a text whose program is known.
     *
     * @param first its first line
     */
    static Optional<InputException> of(Path path, String first) {
        String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".tbl")) {
            return Optional.of(new InputException(path + ": a table of Dynamo is" + CSV
                    + "its columns 20 (the tomogram's number) and 24 to 26 (x, y and z)"));
        }
        if (name.endsWith(".json") || first.startsWith("{")) {
            return Optional.of(new InputException(path + ": picks of copick are" + CSV
                    + "the x, y and z of each point's location, divided by the voxel size, as they are in Angstrom"));
        }
        return Optional.empty();
    }
}
