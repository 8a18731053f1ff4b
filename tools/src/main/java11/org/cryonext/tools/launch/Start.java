package org.cryonext.tools.launch;

/**
 * The first class of the jar, and the only one that an older Java can read: it says what the others need. It knows them by
 * name alone, since they cannot be compiled with it.
 */
public final class Start {
    private static final int NEEDED = 25;

    private Start() {}

    /** Goes on to the command line, or ends with 1 where this Java cannot run it. */
    public static void main(String[] args) throws ReflectiveOperationException {
        int found = Runtime.version().feature();
        if (found < NEEDED) {
            System.err.println(refusal(found, System.getProperty("java.home")));
            System.exit(1);
        }
        Class.forName("org.cryonext.tools.Main")
                .getMethod("main", String[].class)
                .invoke(null, (Object) args);
    }

    /**
     * What somebody with another Java is told.
     *
     * @param found its version
     * @param home where it is
     */
    static String refusal(int found, String home) {
        return "CryoNeXt needs JDK " + NEEDED + ", and this is Java " + found + " (" + home
                + "): install one (https://adoptium.net) and start it by the path of its bin/java";
    }
}
