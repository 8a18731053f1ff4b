package org.cryonext.tools.terminal;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The process's standard error, which the launcher keeps aside while the JVM starts. */
public final class StandardError {
    private static final int STANDARD_ERROR = 2;

    private StandardError() {}

    /**
     * Puts the file descriptor named by the system property {@code cryonext.stderr} into the place of standard error; does
     * nothing where the property is not set. A Java stream on it would not do: sockets and files opened a second time
     * behave differently.
     *
     * @throws IllegalStateException if the descriptor is not open
     */
    public static void restore() {
        Integer kept = Integer.getInteger("cryonext.stderr");
        if (kept == null) {
            return;
        }
        Linker linker = Linker.nativeLinker();
        MethodHandle dup2 = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("dup2"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        int result;
        try {
            result = (int) dup2.invokeExact(kept.intValue(), STANDARD_ERROR);
        } catch (Throwable e) {
            throw new IllegalStateException("dup2 cannot be called", e);
        }
        if (result != STANDARD_ERROR) {
            throw new IllegalStateException("File descriptor " + kept + " is not open");
        }
    }

    /** True if standard error is a terminal, where lines may be redrawn. */
    public static boolean isTerminal() {
        return columns() > 0;
    }

    /** The terminal's width as the launcher found it; 0 where there is none. */
    public static int columns() {
        return Integer.getInteger("cryonext.columns", 0);
    }
}
