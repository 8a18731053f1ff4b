package org.cryonext.cryoet.run;

/** Words of the commands by which a card says how to do something again. */
public final class ShellWord {
    private ShellWord() {}

    /** A text as a shell takes it as one word. */
    public static String quoted(String text) {
        return text.matches("[A-Za-z0-9_./,:=@%+-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
