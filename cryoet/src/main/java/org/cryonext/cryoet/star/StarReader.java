package org.cryonext.cryoet.star;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;

/**
 * Reads STAR files of RELION's kind: a row of a table is one line, values may be quoted, {@code #} begins a comment. Text
 * over several lines ({@code ;}), save frames and nested loops, which RELION never writes, are refused.
 */
public final class StarReader {
    private final String file;
    private final List<StarBlock> blocks = new ArrayList<>();
    private String blockName;
    private List<StarSection> sections = new ArrayList<>();
    private SequencedSet<String> columns;
    private List<List<String>> rows;
    private List<Integer> lines;
    private int line;

    private StarReader(String file) {
        this.file = file;
    }

    /**
     * Reads the file.
     *
     * @throws InputException with the line where the file cannot be read
     */
    public static StarDocument read(Path path) {
        InputFile.require(path, "a STAR file");
        StarReader reader = new StarReader(path.toString());
        try (BufferedReader in = Files.newBufferedReader(path)) {
            for (String text = in.readLine(); text != null; text = in.readLine()) {
                reader.line++;
                reader.accept(text);
            }
        } catch (IOException e) {
            throw InputFile.unreadable(path, "a STAR file", e);
        }
        reader.endBlock();
        if (reader.blocks.isEmpty()) {
            throw new InputException(path + ": no data_ block; a STAR file was expected");
        }
        return new StarDocument(reader.blocks);
    }

    private void accept(String text) {
        if (text.startsWith(";")) {
            throw error("text over several lines (;) is not read; put it on one line in quotes");
        }
        List<String> tokens = tokens(text);
        if (tokens.isEmpty()) {
            return;
        }
        // A quoted value is never a keyword, so the raw text decides.
        String first = text.strip();
        if (first.startsWith("data_")) {
            endBlock();
            blockName = tokens.getFirst().substring("data_".length());
        } else if (blockName == null) {
            throw error("\"" + abbreviate(first) + "\" before any data_ block; a STAR file begins with data_NAME");
        } else if (first.startsWith("save_") || first.startsWith("global_") || first.startsWith("stop_")) {
            throw error(tokens.getFirst() + " is not read; only data_ blocks with values and tables are");
        } else if (first.startsWith("loop_") && tokens.getFirst().equals("loop_")) {
            endTable();
            columns = new LinkedHashSet<>();
            rows = new ArrayList<>();
            lines = new ArrayList<>();
        } else if (first.startsWith("_")) {
            name(tokens);
        } else {
            row(tokens);
        }
    }

    private void name(List<String> tokens) {
        String name = tokens.getFirst().substring(1);
        if (columns != null && rows.isEmpty() && tokens.size() == 1) {
            if (!columns.add(name)) {
                throw error("the column _" + name + " is there twice; remove one");
            }
            return;
        }
        endTable();
        if (tokens.size() == 1) {
            throw error("_" + name + " has no value; if it is a column of a table, loop_ is missing before the names");
        }
        if (tokens.size() != 2) {
            throw error("_" + name + " has " + (tokens.size() - 1)
                    + " values, one was expected; quote it if it has spaces");
        }
        sections.add(new StarPair(name, tokens.get(1)));
    }

    private void row(List<String> tokens) {
        if (columns == null || columns.isEmpty()) {
            throw error("\"" + abbreviate(tokens.getFirst()) + "\" belongs to no column; loop_ and the column names are"
                    + " missing before it");
        }
        if (tokens.size() != columns.size()) {
            throw error(tokens.size() + " values in a table of " + columns.size()
                    + " columns; correct the line (values with spaces need quotes)");
        }
        rows.add(List.copyOf(tokens));
        lines.add(line);
    }

    private void endTable() {
        if (columns != null) {
            sections.add(new StarTable(List.copyOf(columns), List.copyOf(rows), List.copyOf(lines)));
            columns = null;
        }
    }

    private void endBlock() {
        endTable();
        if (blockName != null) {
            blocks.add(new StarBlock(blockName, sections));
            sections = new ArrayList<>();
        }
    }

    private List<String> tokens(String text) {
        List<String> tokens = new ArrayList<>();
        int at = 0;
        while (true) {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            if (at == text.length() || text.charAt(at) == '#') {
                return tokens;
            }
            char first = text.charAt(at);
            int end = first == '"' || first == '\'' ? closingQuote(text, at) : endOfWord(text, at);
            boolean quoted = end >= 0 && (first == '"' || first == '\'');
            if (end < 0) {
                throw error("a value begins with " + first + " and the closing one is missing");
            }
            tokens.add(quoted ? text.substring(at + 1, end) : text.substring(at, end));
            at = quoted ? end + 1 : end;
        }
    }

    /** A quote closes only before white space: {@code 'a'b'} is the value {@code a'b}. */
    private static int closingQuote(String text, int at) {
        for (int end = text.indexOf(text.charAt(at), at + 1); end >= 0; end = text.indexOf(text.charAt(at), end + 1)) {
            if (end + 1 == text.length() || Character.isWhitespace(text.charAt(end + 1))) {
                return end;
            }
        }
        return -1;
    }

    private static int endOfWord(String text, int at) {
        int end = at;
        while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static String abbreviate(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }

    private InputException error(String what) {
        return new InputException(file + " line " + line + ": " + what);
    }
}
