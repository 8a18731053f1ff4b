package org.cryonext.engine.io;

/**
 * Something the user gave cannot be used. The message is one sentence for a person: the file, the place, what was
 * found, what was expected and what to do. The command line prints it without a stack trace and exits with 1.
 *
 * <p>What a message quotes from a file may hold anything, so characters that would break the line or command the terminal
 * are shown as escapes, and a message of more than {@value #LONGEST} characters loses its middle.
 */
public final class InputException extends RuntimeException {
    /** Room for a sentence and whatever it quotes. */
    static final int LONGEST = 2000;

    private static final long serialVersionUID = 1;
    private static final int LAST = 500;
    private static final String CUT = " [...] ";

    /** @param message one sentence a user can act on */
    public InputException(String message) {
        super(line(message));
    }

    /**
     * @param message one sentence a user can act on
     * @param cause what the system reported
     */
    public InputException(String message, Throwable cause) {
        super(line(message), cause);
    }

    private static String line(String message) {
        String text = message;
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
