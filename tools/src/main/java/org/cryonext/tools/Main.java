package org.cryonext.tools;

import java.io.IOException;
import java.util.Locale;
import org.cryonext.tools.command.CryonextCommand;
import org.cryonext.tools.launch.Relaunch;
import org.cryonext.tools.terminal.StandardError;

/** Entry point of the {@code cryonext} command line. */
public final class Main {
    private Main() {}

    /** Runs the command line and exits with its code: 0 fine, 1 the job failed, 2 wrong usage. */
    public static void main(String[] args) throws IOException, InterruptedException {
        StandardError.restore();
        // Files and screens show numbers with a decimal point everywhere.
        Locale.setDefault(Locale.ROOT);
        int code = Relaunch.isNeeded()
                ? Relaunch.run(Main.class, args)
                : CryonextCommand.commandLineFor(args).execute(args);
        System.exit(code);
    }
}
