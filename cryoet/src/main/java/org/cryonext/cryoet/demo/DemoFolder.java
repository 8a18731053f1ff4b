package org.cryonext.cryoet.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import tools.jackson.databind.json.JsonMapper;

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
        Path mark = folder.resolve(MARK);
        String wanted = JsonMapper.shared().writeValueAsString(settings) + "\n";
        try {
            if (Files.exists(mark)) {
                if (!Files.readString(mark).equals(wanted)) {
                    throw new InputException(folder + " holds a demo of other settings (--quick, --templates, or"
                            + " another version); delete it or choose another folder with --out");
                }
            } else if (Files.exists(folder) && !isEmptyFolder(folder)) {
                throw new InputException(
                        folder + " exists and is not a demo: it has no " + MARK + "; choose another folder with --out");
            } else {
                AtomicFile.write(mark, temporary -> Files.writeString(temporary, wanted));
            }
        } catch (IOException e) {
            throw new InputException("Cannot read " + folder + ": " + InputFile.reason(e), e);
        }
        return new DemoFolder(folder);
    }

    private static boolean isEmptyFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
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
