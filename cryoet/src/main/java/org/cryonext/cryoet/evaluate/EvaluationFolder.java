package org.cryonext.cryoet.evaluate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;

/** Where the files of an evaluation may be put. */
final class EvaluationFolder {
    /** What nothing but an evaluation leaves; a report of several results has a file of this kind for each. */
    private static final String PREDICTIONS = "predictions.csv";

    private EvaluationFolder() {}

    /**
     * Refuses a folder that holds something else, whose files would be replaced or lost among the new ones.
     *
     * @param folder may be missing, empty, or of an earlier evaluation
     */
    static void requireOwn(Path folder) {
        if (!Files.isDirectory(folder) || Files.exists(folder.resolve(PREDICTIONS))) {
            return;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            // A file that was being written when its process ended is hidden.
            if (entries.anyMatch(entry -> !entry.getFileName().toString().startsWith("."))) {
                throw new InputException(folder + " holds something else than an evaluation: it has no " + PREDICTIONS
                        + "; choose a new folder with --out");
            }
        } catch (IOException e) {
            throw new InputException("Cannot read " + folder + ": " + InputFile.reason(e), e);
        }
    }
}
