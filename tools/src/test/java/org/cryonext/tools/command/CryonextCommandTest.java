package org.cryonext.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.cryonext.engine.backend.DeviceLostException;
import org.cryonext.engine.backend.MemoryException;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

final class CryonextCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine line = CryonextCommand.commandLine()
            .addSubcommand(new Failing())
            .addSubcommand(new FailingResumably())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));

    private static Throwable failure;

    @Command(name = "fail")
    private static final class Failing extends Job {
        @Override
        int run(Progress progress) {
            switch (failure) {
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                default -> throw new IllegalStateException(failure);
            }
        }
    }

    @Command(name = "fail-resumable")
    private static final class FailingResumably extends Job {
        @Option(names = "--resume")
        private boolean resume;

        @Override
        int run(Progress progress) {
            throw (RuntimeException) failure;
        }
    }

    static Stream<Map.Entry<String, CommandLine>> subcommands() {
        return below("", CryonextCommand.commandLine());
    }

    private static Stream<Map.Entry<String, CommandLine>> below(String prefix, CommandLine parent) {
        return parent.getSubcommands().entrySet().stream().flatMap(command -> {
            String name = prefix + command.getKey();
            return Stream.concat(Stream.of(Map.entry(name, command.getValue())), below(name + " ", command.getValue()));
        });
    }

    @Test
    void printsHelpWithoutArguments() {
        assertThat(line.execute()).isZero();
        assertThat(out.toString()).contains("Usage: cryonext", "Commands:", "Exit codes:", "cryonext COMMAND --help");
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("subcommands")
    void everySubcommandHasHelpWithAnExample(Map.Entry<String, CommandLine> command) {
        assertThat(line.execute((command.getKey() + " --help").split(" "))).isZero();
        assertThat(out.toString())
                .contains("Usage: cryonext " + command.getKey(), "xample", "cryonext " + command.getKey());
        assertThat(out.toString().lines()).allSatisfy(text -> assertThat(text).hasSizeLessThanOrEqualTo(100));
    }

    @ParameterizedTest
    @MethodSource("subcommands")
    void aSubcommandThatIsMadeAloneIsTheSame(Map.Entry<String, CommandLine> command) {
        String[] args = (command.getKey() + " --help").split(" ");
        assertThat(CommandRun.of(CryonextCommand.commandLineFor(args), (Object[]) args))
                .isEqualTo(CommandRun.of((Object[]) args));
        String[] wrong = (command.getKey() + " --no-such-option").split(" ");
        assertThat(CommandRun.of(CryonextCommand.commandLineFor(wrong), (Object[]) wrong))
                .isEqualTo(CommandRun.of((Object[]) wrong));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "complet", "--help", "--version", "help train", "completion", "--no-such-option train"})
    void whatNamesNoSubcommandHasThemAll(String words) {
        String[] args = words.isEmpty() ? new String[0] : words.split(" ");
        assertThat(CommandRun.of(CryonextCommand.commandLineFor(args), (Object[]) args))
                .isEqualTo(CommandRun.of((Object[]) args));
    }

    @Test
    void aNamedSubcommandIsTheOnlyOneThatIsMade() {
        assertThat(CryonextCommand.commandLineFor("train", "--help").getSubcommands())
                .containsOnlyKeys("train");
    }

    @Test
    void wrongUsageExitsWithTwo() {
        assertThat(line.execute("fail", "--no-such-option")).isEqualTo(2);
        assertThat(err.toString().lines())
                .containsExactly("Unknown option: '--no-such-option'", "Try 'cryonext fail --help'.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--seed | a | is not a whole number",
                "--seed | 1.5 | is not a whole number",
                "--seed | 99999999999999999999 | is out of range, expected a whole number from -9223372036854775808 to"
                        + " 9223372036854775807",
                "--epochs | x | is not a whole number",
                "--epochs | 3000000000 | is out of range, expected a whole number from -2147483648 to 2147483647",
                "--lr-head | x | is not a number"
            })
    void aValueThatIsNoNumberIsToldInWords(String option, String value, String message) {
        assertThat(line.execute("train", "data", "--out", "run", option, value)).isEqualTo(2);
        assertThat(err.toString().lines().findFirst().orElseThrow()).endsWith("'" + value + "' " + message);
    }

    @Test
    void aMisspeltCommandIsGuessed() {
        assertThat(line.execute("complet")).isEqualTo(2);
        assertThat(err.toString()).contains("Did you mean: cryonext completion");
    }

    @Test
    void badInputIsOneLine() {
        failure = new InputException("a.mrc: the file ends after 12 bytes");
        assertThat(line.execute("fail")).isEqualTo(1);
        assertThat(err.toString()).isEqualToIgnoringNewLines("a.mrc: the file ends after 12 bytes");
    }

    @Test
    void verboseShowsTheStackTrace() {
        failure = new InputException("a.mrc: the file ends after 12 bytes");
        assertThat(line.execute("fail", "--verbose")).isEqualTo(1);
        assertThat(err.toString()).contains("at org.cryonext.tools").endsWith("a.mrc: the file ends after 12 bytes\n");
    }

    @Test
    void theUnexpectedSaysHowToSeeMore() {
        failure = new IllegalStateException("no place");
        assertThat(line.execute("fail")).isEqualTo(1);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines("Failed unexpectedly: java.lang.IllegalStateException: no place"
                        + " (run again with --verbose for the stack trace)");
    }

    @Test
    void tooLittleMemorySaysWhichOption() {
        failure = new OutOfMemoryError("Java heap space");
        assertThat(line.execute("fail")).isEqualTo(1);
        assertThat(err.toString()).startsWith("Out of memory: the heap is").contains("--memory", "--batch");

        err.getBuffer().setLength(0);
        failure = new MemoryException("Training", 3L << 30, 1L << 30);
        assertThat(line.execute("fail")).isEqualTo(1);
        assertThat(err.toString()).contains("3072 MiB", "1024 MiB", "--memory", "--batch");
    }

    /** Not every command has a run that could be resumed. */
    @Test
    void aLostDeviceSaysHowToGoOn() {
        failure = new DeviceLostException("model_3 on cuda:1: the launch failed");
        assertThat(line.execute("fail")).isEqualTo(1);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines("model_3 on cuda:1: the launch failed. Run the same command again.");

        err.getBuffer().setLength(0);
        assertThat(line.execute("fail-resumable")).isEqualTo(1);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines(
                        "model_3 on cuda:1: the launch failed. What is on disk is good: a run goes on from"
                                + " there by --resume.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0g", "1.5g", "4", "101%", "x", "255m", "4k"})
    void aMemoryOfTheWrongFormIsExplained(String memory) {
        assertThat(line.execute("fail", "--memory", memory)).isEqualTo(2);
        assertThat(err.toString())
                .contains("'--memory'", "'" + memory + "' cannot be used: expected a whole number of gigabytes");
    }

    @Test
    void moreMemoryThanThereIsIsRefused() {
        assertThat(line.execute("fail", "--memory", "900000g")).isEqualTo(2);
        assertThat(err.toString()).contains("'900000g' cannot be used: this process may use ");
    }

    @Test
    void completionKnowsTheSubcommands() {
        assertThat(line.execute("completion")).isZero();
        assertThat(out.toString()).contains("complete -F _complete_cryonext").contains("completion");
        assertThat(out.toString())
                .contains("VOLUME_option_args=(\"grandmodel\" \"noisefree\" \"reconstruction\") # --source values");
    }

    @ParameterizedTest
    @MethodSource("subcommands")
    void optionsWithWordsHaveLabelsOfTheirOwn(Map.Entry<String, CommandLine> command) {
        // The completion script keeps an option's words in a variable named by its label.
        List<String> labels = command.getValue().getCommandSpec().options().stream()
                .filter(option -> option.completionCandidates() != null)
                .map(OptionSpec::paramLabel)
                .toList();
        assertThat(labels).doesNotHaveDuplicates();
    }
}
