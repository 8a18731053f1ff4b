package org.cryonext.engine.io;

/**
 * Text out of a file, made fit for a line on a terminal: it may hold anything, so characters that would break the line or
 * command the terminal become escapes, and more than {@value #LONGEST} characters lose their middle.
 */
public final class OneLine {
    /** Room for a sentence and whatever it quotes. */
    static final int LONGEST = 2000;

    private static final int LAST = 500;
    private static final String CUT = " [...] ";

    private OneLine() {}

    /** The text as one line. */
    public static String of(String whole) {
        String text = whole;
        if (text.length() > LONGEST) {
            text = text.substring(0, LONGEST - LAST - CUT.length()) + CUT + text.substring(text.length() - LAST);
        }
        StringBuilder line = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (commands(c)) {
                        line.append(String.format("\\u%04x", (int) c));
                    } else {
                        line.append(c);
                    }
                }
            }
        }
        return line.toString();
    }

    /** Control characters, and those that end a line or turn its direction. */
    private static boolean commands(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
