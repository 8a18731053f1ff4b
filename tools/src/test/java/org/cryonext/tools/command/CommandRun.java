package org.cryonext.tools.command;

import java.io.BufferedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/**
 * What one call of the command line came to.
 *
 * @param exitCode 0, 1 or 2
 * @param out what it printed
 * @param err what it complained about
 */
record CommandRun(int exitCode, String out, String err) {
    static CommandRun of(Object... args) {
        return of(CryonextCommand.commandLine(), args);
    }

    static CommandRun of(CommandLine line, Object... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        // As the standard streams are: what nobody flushes is lost.
        line.setOut(new PrintWriter(new BufferedWriter(out), true))
                .setErr(new PrintWriter(new BufferedWriter(err), true));
        String[] texts = new String[args.length];
        for (int i = 0; i < args.length; i++) {
            texts[i] = args[i].toString();
        }
        int code = line.execute(texts);
        return new CommandRun(code, out.toString(), err.toString());
    }
}
