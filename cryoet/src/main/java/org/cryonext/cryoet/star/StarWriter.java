package org.cryonext.cryoet.star;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cryonext.engine.io.AtomicFile;

/** Writes STAR files in RELION's layout: {@code _rlnName #1} for columns, one line a row. */
public final class StarWriter {
    private StarWriter() {}

    /**
     * Writes the document; the file appears under its name only when it is whole.
     *
     * @throws org.cryonext.engine.io.InputException if it cannot be written
     */
    public static void write(Path target, StarDocument document) {
        AtomicFile.write(target, temporary -> {
            try (BufferedWriter out = Files.newBufferedWriter(temporary)) {
                for (StarBlock block : document.blocks()) {
                    out.write("\ndata_" + block.name() + "\n");
                    StarSection before = null;
                    for (StarSection section : block.sections()) {
                        if (!(before instanceof StarPair && section instanceof StarPair)) {
                            out.write("\n");
                        }
                        section(out, section);
                        before = section;
                    }
                    out.write("\n");
                }
            }
        });
    }

    private static void section(BufferedWriter out, StarSection section) throws IOException {
        switch (section) {
            case StarPair pair -> out.write("_" + pair.name() + " " + quoted(pair.value()) + "\n");
            case StarTable table -> {
                out.write("loop_\n");
                for (int i = 0; i < table.columns().size(); i++) {
                    out.write("_" + table.columns().get(i) + " #" + (i + 1) + "\n");
                }
                for (List<String> row : table.rows()) {
                    out.write(String.join(
                                    " ", row.stream().map(StarWriter::quoted).toList()) + "\n");
                }
            }
        }
    }

    /** Whether a value can stand on a line of a STAR file: it has no line end, and one kind of quotes encloses it. */
    public static boolean holds(String value) {
        return value.indexOf('\n') < 0 && value.indexOf('\r') < 0 && (encloses('"', value) || encloses('\'', value));
    }

    /** A quote ends the value where white space follows. */
    private static boolean encloses(char quote, String value) {
        for (int at = value.indexOf(quote); at >= 0; at = value.indexOf(quote, at + 1)) {
            if (at + 1 < value.length() && Character.isWhitespace(value.charAt(at + 1))) {
                return false;
            }
        }
        return true;
    }

    private static String quoted(String value) {
        boolean plain = !value.isEmpty()
                && "\"'#_;".indexOf(value.charAt(0)) < 0
                && value.chars().noneMatch(Character::isWhitespace)
                && !value.equals("loop_")
                && !value.startsWith("data_")
                && !value.startsWith("save_")
                && !value.startsWith("global_")
                && !value.startsWith("stop_");
        if (plain) {
            return value;
        }
        if (!holds(value)) {
            throw new IllegalArgumentException("no line of a STAR file can hold the value " + value);
        }
        // Some readers end a value at the first quote, so a value that ends with one is enclosed in the other kind.
        boolean single = !encloses('"', value) || value.endsWith("\"") && encloses('\'', value);
        String quote = single ? "'" : "\"";
        return quote + value + quote;
    }
}
