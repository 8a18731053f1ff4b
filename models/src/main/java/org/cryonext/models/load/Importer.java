package org.cryonext.models.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.Preprocessing;

/** Makes a checkpoint, in Hugging Face's layout, of a model in any file that is known. */
public final class Importer {
    private static final Set<String> OWN = Set.of(Checkpoint.WEIGHTS, Checkpoint.CONFIG, Preprocessing.FILE);

    private Importer() {}

    /**
     * Reads the model, changes its head and writes it.
     *
     * @return the checkpoint as it was written, with the report of what was read and done
     * @throws InputException if the model cannot be read, or its place is taken by something else; then nothing is written
     */
    public static Checkpoint run(ImportSettings settings, Progress progress) {
        Path out = settings.out();
        boolean replaces = requireFree(out, settings.source());
        Checkpoint read = settings.head().apply(ModelFile.read(settings.source(), progress));
        List<String> report = new ArrayList<>(read.report());
        NonFinite.warning(read).ifPresent(report::add);
        read.write(out, settings.weights());
        report.add("Written to " + out + " as " + settings.weights()
                + (replaces ? ", in place of the checkpoint that was there" : ""));
        return new Checkpoint(read.config(), read.preprocessing(), read.parameters(), List.copyOf(report));
    }

    /** Whether there is a checkpoint already, to be replaced. */
    private static boolean requireFree(Path out, Path source) {
        if (!Files.exists(out)) {
            return false;
        }
        if (!Files.isDirectory(out)) {
            throw new InputException(
                    out + " is a file, expected a folder for the checkpoint; choose another with --out");
        }
        try (Stream<Path> entries = Files.list(out)) {
            List<String> names = entries.map(entry -> entry.getFileName().toString())
                    .sorted()
                    .toList();
            List<String> foreign =
                    names.stream().filter(name -> !OWN.contains(name)).toList();
            if (!foreign.isEmpty()) {
                throw new InputException(out + " holds " + foreign.getFirst()
                        + ", which is no part of a checkpoint; choose" + " a new or empty folder with --out");
            }
            Path folder =
                    Files.isDirectory(source) ? source : source.toAbsolutePath().getParent();
            if (!names.isEmpty() && Files.exists(folder) && Files.isSameFile(out, folder)) {
                throw new InputException(out + " is the folder that is read; choose another with --out");
            }
            return !names.isEmpty();
        } catch (IOException e) {
            throw new InputException("Cannot read " + out + ": " + InputFile.reason(e), e);
        }
    }
}
