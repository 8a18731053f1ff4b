package org.cryonext.cryoet.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import org.cryonext.engine.io.JsonFault;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Reads and writes {@code run.json} and what lies beside it; the JSON has the names of the records' components. */
final class RunJson {
    private static final long LARGEST = 16 << 20;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private RunJson() {}

    static void write(Path file, Record values) {
        AtomicFile.write(file, temporary -> Files.writeString(temporary, MAPPER.writeValueAsString(values) + "\n"));
    }

    static RunSettings settings(Path file) {
        RunSettings settings = read(file, RunSettings.class, "the settings of a run");
        requireComplete(file, settings);
        return settings;
    }

    /**
     * Reads a record.
     *
     * @param what it is, for messages
     * @throws InputException if the file does not hold one
     */
    static <T extends Record> T read(Path file, Class<T> type, String what) {
        return read(file, type, what, "restore the file or train again");
    }

    /** @param remedy what to do where the file does not hold it */
    static <T extends Record> T read(Path file, Class<T> type, String what, String remedy) {
        try {
            if (Files.size(file) > LARGEST) {
                throw new InputException(file + " has " + Files.size(file) + " bytes, too many for " + what);
            }
            T values = MAPPER.readValue(Files.readAllBytes(file), type);
            if (values == null) {
                throw new InputException(file + " does not hold " + what + ": it is null; " + remedy);
            }
            return values;
        } catch (JacksonException e) {
            if (e.getCause() instanceof InputException input) {
                throw new InputException(file + ": " + input.getMessage(), e);
            }
            throw new InputException(file + " does not hold " + what + ": " + JsonFault.words(e) + "; " + remedy, e);
        } catch (IOException e) {
            throw new InputException("Cannot read " + file + ": " + InputFile.reason(e), e);
        }
    }

    private static void requireComplete(Path file, RunSettings settings) {
        if (settings.format() != RunSettings.FORMAT) {
            throw new InputException(file + ": format " + settings.format() + ", this version reads "
                    + RunSettings.FORMAT + "; use the version of CryoNeXt that wrote it ("
                    + settings.version() + ")");
        }
        if (settings.input() == null || settings.division() == null || settings.hyperparameters() == null) {
            throw new InputException(
                    file + " lacks input, division or hyperparameters; restore the file or train again");
        }
    }
}
