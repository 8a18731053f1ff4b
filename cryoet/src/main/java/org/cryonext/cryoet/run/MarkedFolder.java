package org.cryonext.cryoet.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import tools.jackson.databind.json.JsonMapper;

/** A folder of many results that a file marks as begun with certain settings, so that it can be gone on with. */
public final class MarkedFolder {
    private MarkedFolder() {}

    /**
     * Begins in a folder, or finds it begun with the same settings.
     *
     * @param mark the file's name, for instance {@code demo.json}
     * @param settings a record, stored as JSON
     * @param what is in the folder, for instance {@code demo}
     * @param hint which options may differ
     * @throws InputException if anything else is there
     */
    public static void claim(Path folder, String mark, Object settings, String what, String hint) {
        Path file = folder.resolve(mark);
        String wanted = JsonMapper.shared().writeValueAsString(settings) + "\n";
        try {
            if (Files.exists(file)) {
                if (!Files.readString(file).equals(wanted)) {
                    throw new InputException(folder + " holds a " + what + " of other settings (" + hint
                            + ", or another version); delete it or choose another folder with --out");
                }
            } else if (Files.exists(folder) && !isEmptyFolder(folder)) {
                throw new InputException(folder + " exists and is not a " + what + ": it has no " + mark
                        + "; choose another folder with --out");
            } else {
                AtomicFile.write(file, temporary -> Files.writeString(temporary, wanted));
            }
        } catch (IOException e) {
            throw new InputException("Cannot read " + folder + ": " + InputFile.reason(e), e);
        }
    }

    private static boolean isEmptyFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }
}
