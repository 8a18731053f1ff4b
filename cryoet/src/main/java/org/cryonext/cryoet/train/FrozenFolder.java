package org.cryonext.cryoet.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import org.cryonext.engine.io.OutputFolder;

/**
 * A folder in which frozen results outlive the run that computed them: a file for each digest.
 *
 * @param folder where it is, or will be
 */
record FrozenFolder(Path folder) {
    /**
     * Checks before long work begins that files can be kept here, and deletes those that killed processes left half
     * written.
     *
     * @throws InputException if they cannot
     */
    void prepare() {
        OutputFolder.requireWritable(folder, folder);
        Draft.deleteLeft(folder);
    }

    /** The file of some results. */
    Path file(String digest, FrozenFormat format) {
        return folder.resolve(digest + format.suffix());
    }

    /**
     * Results that were computed before; empty if they were not.
     *
     * @param say told of a file that cannot hold them
     */
    static Optional<FrozenFile> earlier(Path file, FrozenPart part, Consumer<String> say) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            long size = Files.size(file);
            if (size == part.bytes()) {
                return Optional.of(FrozenFile.read(file, part.particle()));
            }
            say.accept(file + " has " + size + " bytes, and " + part.bytes()
                    + " were expected: it is computed again and replaced");
            return Optional.empty();
        } catch (IOException e) {
            throw new InputException("Cannot read " + file + ": " + InputFile.reason(e), e);
        }
    }
}
