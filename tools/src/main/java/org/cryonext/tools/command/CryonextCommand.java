package org.cryonext.tools.command;

import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.network.Device;
import org.cryonext.cryoet.run.Fusion;
import org.cryonext.cryoet.run.Recipe;
import org.cryonext.cryoet.run.SplitBy;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.engine.optim.Schedule;
import org.cryonext.models.convnext.Size;
import org.cryonext.models.convnext.Version;
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
            CompareCommand.class,
            BenchCommand.class,
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
        line.registerConverter(Device.class, new WordConverter<>(Device.class))
                .registerConverter(Source.class, new WordConverter<>(Source.class))
                .registerConverter(Borders.class, new WordConverter<>(Borders.class))
                .registerConverter(Fusion.class, new WordConverter<>(Fusion.class))
                .registerConverter(Version.class, new WordConverter<>(Version.class))
                .registerConverter(Recipe.class, new WordConverter<>(Recipe.class))
                .registerConverter(SplitBy.class, new WordConverter<>(SplitBy.class))
                .registerConverter(Size.class, new WordConverter<>(Size.class))
                .registerConverter(Schedule.Kind.class, new WordConverter<>(Schedule.Kind.class))
                .registerConverter(
                        TrainCommand.ClassWeighting.class, new WordConverter<>(TrainCommand.ClassWeighting.class))
                .registerConverter(BenchCommand.Models.Mode.class, new WordConverter<>(BenchCommand.Models.Mode.class))
                .setUsageHelpWidth(100)
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
            String version = CryonextCommand.class.getPackage().getImplementationVersion();
            return new String[] {"CryoNeXt " + (version == null ? "(not packaged)" : version)};
        }
    }
}
