package org.cryonext.cryoet.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import org.cryonext.engine.io.JsonFault;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the epoch lines of a run's {@code metrics.jsonl}: {@code epoch, train_loss, train_accuracy, val_loss,
 * val_accuracy, best, seconds}. The lines of single steps, which have a {@code step}, are skipped.
 */
public final class EpochLog {
    private EpochLog() {}

    /**
     * The epochs in order; of an epoch written twice (a resumed run) the later line counts, and a last line without its
     * end (a killed run) is left out.
     *
     * @throws InputException if the file is missing, or a line is no epoch
     */
    public static List<Epoch> read(Path file) {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new InputException("There is no " + file + "; is its folder that of a training run?", e);
        } catch (IOException e) {
            throw new InputException("Cannot read " + file + ": " + InputFile.reason(e), e);
        }
        TreeMap<Integer, Epoch> epochs = new TreeMap<>();
        List<String> lines =
                text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).isBlank()) {
                continue;
            }
            JsonNode node;
            try {
                node = JsonMapper.shared().readTree(lines.get(i));
            } catch (JacksonException e) {
                throw broken(file, i, JsonFault.words(e));
            }
            if (!node.has("step")) {
                Epoch epoch = epoch(file, i, node);
                epochs.put(epoch.number(), epoch);
            }
        }
        return List.copyOf(epochs.values());
    }

    private static Epoch epoch(Path file, int line, JsonNode node) {
        JsonNode number = node.path("epoch");
        if (!number.isInt() || number.asInt() < 0) {
            throw broken(file, line, "it has no \"epoch\" number");
        }
        return new Epoch(
                number.asInt(),
                figure(node, "train_loss"),
                figure(node, "train_accuracy"),
                figure(node, "val_loss"),
                figure(node, "val_accuracy"),
                node.path("best").asBoolean(false),
                figure(node, "seconds"));
    }

    private static double figure(JsonNode node, String name) {
        return node.path(name).asDouble(Double.NaN);
    }

    private static InputException broken(Path file, int line, String reason) {
        return new InputException("Line " + (line + 1) + " of " + file + " is not a line of a training log: " + reason
                + "; mend or remove the line.");
    }
}
