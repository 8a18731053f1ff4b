package org.cryonext.models.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import org.cryonext.models.checkpoint.ClassNamesJson;
import org.cryonext.models.convnext.ConvNextConfig;

/** Class names out of a file: one a line, or JSON. */
public final class LabelFile {
    private static final String EXPECTED = "a file of class names";

    /** A million names of 64 letters. */
    private static final long LARGEST = 64 << 20;

    private LabelFile() {}

    /**
     * Reads a list of names, in the order of the classes: text with one name a line, a JSON list, a JSON object of names
     * by number, or an object with such an {@code id2label}, as a {@code config.json} is.
     *
     * @throws InputException if there is no name in it, or a line is empty
     */
    public static List<String> read(Path file) {
        InputFile.require(file, EXPECTED);
        List<String> labels;
        try {
            if (Files.size(file) > LARGEST) {
                throw new InputException(file + " has " + Files.size(file) + " bytes, too many for class names");
            }
            String text = Files.readString(file);
            char first = text.isBlank() ? ' ' : text.strip().charAt(0);
            labels = first == '[' || first == '{' ? ClassNamesJson.parse(file, text) : lines(file, text);
        } catch (IOException e) {
            throw InputFile.unreadable(file, EXPECTED, e);
        }
        if (labels.isEmpty() || labels.size() > ConvNextConfig.MOST_CLASSES) {
            throw new InputException(file + " has " + labels.size() + " class names, expected 1 to "
                    + ConvNextConfig.MOST_CLASSES + ", one a line or as JSON");
        }
        return labels;
    }

    private static List<String> lines(Path file, String text) {
        List<String> labels = new ArrayList<>();
        if (text.isBlank()) {
            return labels;
        }
        for (String line : text.stripTrailing().split("\r?\n")) {
            String name = line.strip();
            if (name.isEmpty()) {
                throw new InputException(file + ", line " + (labels.size() + 1) + " is empty, expected a class name;"
                        + " classes are numbered by line");
            }
            labels.add(name);
        }
        return labels;
    }
}
