package org.cryonext.tools.command;

import java.util.List;
import java.util.Set;
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
    private static final String HELP = "help";

    /** The commands in the order in which help lists them. */
    private static final List<String> COMMANDS = List.of(
            "demo",
            "simulate",
            "train",
            "classify",
            "evaluate",
            "robustness",
            "reproduce",
            "score",
            "fetch",
            "doctor",
            "kernels",
            "compare",
            "run",
            "import",
            "export",
            "inspect",
            "bench",
            "roofline",
            "completion",
            HELP);

    /** These speak of all commands. */
    private static final Set<String> OVER_ALL = Set.of("completion", HELP);

    @Spec
    private CommandSpec spec;

    /** The command line with all its subcommands, ready to execute. */
    public static CommandLine commandLine() {
        return commandLine(COMMANDS);
    }

    /**
     * The command line for these arguments, ready to execute: where they begin with a subcommand, with this one alone, since
     * making all of them takes a third of a second.
     */
    public static CommandLine commandLineFor(String... args) {
        if (args.length == 1 && args[0].equals("--version")) {
            return commandLine(List.of());
        }
        boolean named = args.length > 0 && COMMANDS.contains(args[0]) && !OVER_ALL.contains(args[0]);
        return named ? commandLine(List.of(args[0])) : commandLine();
    }

    private static CommandLine commandLine(List<String> commands) {
        CommandLine line = new CommandLine(new CryonextCommand());
        commands.forEach(name -> line.addSubcommand(name, command(name)));
        EnumWords.apply(line);
        if (commands.contains(HELP)) {
            line.getSubcommands()
                    .get(HELP)
                    .getCommandSpec()
                    .usageMessage()
                    .footerHeading("%nExample:%n")
                    .footer("  ./cryonext help train");
        }
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

    private static Object command(String name) {
        return switch (name) {
            case "demo" -> new DemoCommand();
            case "simulate" -> new SimulateCommand();
            case "train" -> new TrainCommand();
            case "classify" -> new ClassifyCommand();
            case "evaluate" -> new EvaluateCommand();
            case "robustness" -> new RobustnessCommand();
            case "reproduce" -> new ReproduceCommand();
            case "score" -> new ScoreCommand();
            case "fetch" -> new FetchCommand();
            case "doctor" -> new DoctorCommand();
            case "kernels" -> new KernelsCommand();
            case "compare" -> new CompareCommand();
            case "run" -> new RunCommand();
            case "import" -> new ImportCommand();
            case "export" -> new ExportCommand();
            case "inspect" -> new InspectCommand();
            case "bench" -> new BenchCommand();
            case "roofline" -> new RooflineCommand();
            case "completion" -> new CompletionCommand();
            case HELP -> new HelpCommand();
            default -> throw new IllegalArgumentException(name);
        };
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
