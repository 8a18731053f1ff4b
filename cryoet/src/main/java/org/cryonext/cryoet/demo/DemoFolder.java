package org.cryonext.cryoet.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.run.MarkedFolder;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;

/**
 * The folder of a demo; {@code demo.json} says which. What is done already is not done again.
 *
 * @param folder where it is
 */
record DemoFolder(Path folder) {
    private static final String MARK = "demo.json";

    /**
     * Begins a demo, or finds one that was begun by the same settings.
     *
     * @throws InputException if anything else is there
     */
    static DemoFolder open(Path folder, DemoSettings settings) {
        MarkedFolder.claim(folder, MARK, settings, "demo");
        return new DemoFolder(folder);
    }

    /** The simulated tomograms. */
    Path data() {
        return folder.resolve("data");
    }

    /** The run that is trained on a source. */
    Path run(Source source) {
        return folder.resolve("run-" + source.name().toLowerCase(Locale.ROOT));
    }

    /**
     * Checks that the disk has room for what is still to be simulated.
     *
     * @param bytes of a tomogram
     * @param tomograms to be there in the end
     * @throws InputException if it has not
     */
    void requireSpace(long bytes, int tomograms) {
        try {
            long missing = 0;
            for (int k = 0; k < tomograms; k++) {
                missing += Files.exists(data().resolve("model_" + k)) ? 0 : bytes;
            }
            long free = Files.getFileStore(folder).getUsableSpace();
            if (missing > free) {
                throw new InputException(folder + ": the demo's tomograms take another " + (missing >> 20)
                        + " MiB of disk, and " + (free >> 20)
                        + " MiB are free there; choose another folder with --out, or try --quick");
            }
        } catch (IOException e) {
            throw new InputException("Cannot read " + folder + ": " + InputFile.reason(e), e);
        }
    }
}
