package org.cryonext.tools.command;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.tools.terminal.Screen;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A subcommand that runs a while: it shows progress on standard error, and its options include the common ones. */
@Command(sortOptions = false)
abstract class Job implements Callable<Integer> {
    @Mixin
    private CommonOptions common;

    @Spec
    private CommandSpec spec;

    private Screen screen;

    @Override
    public final Integer call() {
        screen = Screen.onStandardError();
        try {
            return run(screen);
        } finally {
            screen.finish();
            // Standard output is flushed at the ends of lines that println writes, not at those in printed text.
            out().flush();
        }
    }

    /**
     * Does the job.
     *
     * @return the exit code
     * @throws InputException if something the user gave cannot be used
     */
    abstract int run(Progress progress);

    /** Shows a sentence about the work under way, above its progress. */
    final void say(String sentence) {
        screen.say(sentence);
    }

    /** Where the job's results are printed. */
    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** What {@code settings} makes of the options; what it refuses is wrong usage, not a failed job. */
    final <T> T usage(Supplier<T> settings) {
        try {
            return settings.get();
        } catch (InputException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
