package org.cryonext.cryoet.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import org.cryonext.engine.io.JsonFault;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Which of several kernels a run's device chose for what, where they give other bits: a run that goes on in another process has
 * to choose the same. A JSON object of the work and the kernel's name.
 */
public final class ChosenKernels {
    private static final long LARGEST = 16 << 20;

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Path file;
    private final SortedMap<String, String> chosen;

    private ChosenKernels(Path file, SortedMap<String, String> chosen) {
        this.file = file;
        this.chosen = chosen;
    }

    /**
     * Those of a run; none if its device has nothing to choose, or the run has just begun.
     *
     * @throws InputException if the file is damaged
     */
    public static ChosenKernels of(RunFolder run) {
        Path file = run.chosenKernels();
        if (!Files.exists(file)) {
            return new ChosenKernels(file, new TreeMap<>());
        }
        try {
            if (Files.size(file) > LARGEST) {
                throw new InputException(file + " has " + Files.size(file) + " bytes, too many for a run's kernels");
            }
            SortedMap<String, String> chosen =
                    MAPPER.readValue(Files.readAllBytes(file), new TypeReference<TreeMap<String, String>>() {});
            if (chosen == null || chosen.containsValue(null)) {
                throw new InputException(
                        file + " holds no names of kernels; delete it, and the run goes on with others");
            }
            return new ChosenKernels(file, chosen);
        } catch (JacksonException e) {
            throw new InputException(
                    file + " does not hold the kernels of a run: " + JsonFault.words(e)
                            + "; delete it, and the run goes on with others",
                    e);
        } catch (IOException e) {
            throw new InputException("Cannot read " + file + ": " + InputFile.reason(e), e);
        }
    }

    /** By work. */
    public Map<String, String> map() {
        return Map.copyOf(chosen);
    }

    /** Adds what was chosen since, and writes the file if that is something. */
    public void add(Map<String, String> choices) {
        SortedMap<String, String> before = new TreeMap<>(chosen);
        chosen.putAll(choices);
        if (!chosen.equals(before)) {
            AtomicFile.write(file, temporary -> Files.writeString(temporary, MAPPER.writeValueAsString(chosen) + "\n"));
        }
    }
}
