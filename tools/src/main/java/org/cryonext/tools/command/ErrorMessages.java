package org.cryonext.tools.command;

import java.io.PrintWriter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cryonext.engine.backend.DeviceLostException;
import org.cryonext.engine.backend.MemoryException;
import org.cryonext.engine.backend.cuda.driver.CudaException;
import org.cryonext.engine.io.InputException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns errors into what a person can act on, and into exit codes. */
final class ErrorMessages {
    private static final Pattern TYPED = Pattern.compile("'([^']*)' is not an? (int|long|double)$");

    private ErrorMessages() {}

    /** What is wrong with the arguments, and where the right ones are described. */
    static int wrongUsage(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(words(e.getMessage()));
        UnmatchedArgumentException.printSuggestions(e, err);
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.USAGE;
    }

    /** What went wrong in one line; the stack trace only for {@code --verbose}. */
    static int failedJob(Throwable e, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        boolean verbose = deepest(parsed).matchedOptionValue(CommonOptions.VERBOSE, false);
        if (verbose) {
            e.printStackTrace(err);
        }
        err.println(
                switch (e) {
                    case InputException input -> input.getMessage();
                    case MemoryException memory ->
                        memory.getMessage() + ". Give more with --memory, or use a smaller --batch.";
                    case CudaException cuda -> cuda.getMessage();
                    case DeviceLostException lost ->
                        lost.getMessage()
                                + (deepest(parsed).commandSpec().findOption("--resume") == null
                                        ? ". Run the same command again."
                                        : ". What is on disk is good: a run goes on from there by --resume.");
                    case OutOfMemoryError memory ->
                        "Out of memory: the heap is %d MiB. Give more with --memory, or use a smaller --batch."
                                .formatted(Runtime.getRuntime().maxMemory() >> 20);
                    default ->
                        "Failed unexpectedly: " + e
                                + (verbose ? "" : " (run again with --verbose for the stack trace)");
                });
        return ExitCode.SOFTWARE;
    }

    /** What a number was expected to be, in other words than Java's names of types. */
    private static String words(String message) {
        Matcher typed = TYPED.matcher(message);
        if (!typed.find()) {
            return message;
        }
        String type = typed.group(2);
        String range = type.equals("int")
                ? Integer.MIN_VALUE + " to " + Integer.MAX_VALUE
                : Long.MIN_VALUE + " to " + Long.MAX_VALUE;
        String found = typed.group(1);
        return message.substring(0, typed.start()) + "'" + found + "' "
                + (type.equals("double")
                        ? "is not a number"
                        : found.matches("[+-]?\\d+")
                                ? "is out of range, expected a whole number from " + range
                                : "is not a whole number");
    }

    private static ParseResult deepest(ParseResult parsed) {
        return parsed.hasSubcommand() ? deepest(parsed.subcommand()) : parsed;
    }
}
