package org.cryonext.tools.command;

import org.cryonext.engine.Release;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.Spec;

/** The command line itself; without a subcommand it prints its help. */
@Command(
        name = "cryonext",
        description = "Classifies macromolecules in cryo-electron tomograms with ConvNeXt.",
        mixinStandardHelpOptions = true,
        versionProvider = CryonextCommand.ProductVersion.class,
        subcommands = {
            DemoCommand.class,
            SimulateCommand.class,
            TrainCommand.class,
            ClassifyCommand.class,
            EvaluateCommand.class,
            RobustnessCommand.class,
            ReproduceCommand.class,
            ScoreCommand.class,
            FetchCommand.class,
            DoctorCommand.class,
            KernelsCommand.class,
            CompareCommand.class,
            RunCommand.class,
            ImportCommand.class,
            ExportCommand.class,
            InspectCommand.class,
            BenchCommand.class,
            RooflineCommand.class,
            CompletionCommand.class,
            HelpCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:fine",
            "1:the job failed; the reason is one line on standard error",
            "2:wrong usage: an unknown option, a value of the wrong form",
            "130:stopped by Ctrl-C"
        },
        footerHeading = "%nMore about a command:%n",
        footer = "  cryonext COMMAND --help")
public final class CryonextCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    /** The command line with its subcommands, ready to execute. */
    public static CommandLine commandLine() {
        CommandLine line = new CommandLine(new CryonextCommand());
        EnumWords.apply(line);
        line.getSubcommands()
                .get("help")
                .getCommandSpec()
                .usageMessage()
                .footerHeading("%nExample:%n")
                .footer("  ./cryonext help train");
        line.setUsageHelpWidth(100)
                .setAbbreviatedOptionsAllowed(false)
                .setParameterExceptionHandler(ErrorMessages::wrongUsage)
                .setExecutionExceptionHandler(ErrorMessages::failedJob)
                .setExecutionStrategy(CryonextCommand::runLast);
        return line;
    }

    private static int runLast(ParseResult parsed) {
        try {
            return new RunLast().execute(parsed);
        } catch (Error e) {
            // picocli hands over exceptions only; too little memory is an Error.
            return ErrorMessages.failedJob(e, parsed.commandSpec().commandLine(), parsed);
        }
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    static final class ProductVersion implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"CryoNeXt " + Release.version()};
        }
    }
}
