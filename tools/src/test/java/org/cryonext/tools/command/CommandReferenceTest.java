package org.cryonext.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** Holds the last part of docs/cli.md to the commands' own help. */
final class CommandReferenceTest {
    private static final Path DOCUMENT = Path.of("../docs/cli.md");
    private static final String HEADING = "## Commands\n";

    @Test
    void theDocumentShowsTheHelpOfEveryCommand() throws IOException {
        StringBuilder reference = new StringBuilder();
        describe(CryonextCommand.commandLine(), "", reference);
        String document = Files.readString(DOCUMENT);
        int end = document.indexOf(HEADING) + HEADING.length();
        if (Boolean.getBoolean("cryonext.write-docs")) {
            Files.writeString(DOCUMENT, document.substring(0, end) + reference);
        } else {
            assertThat(document.substring(end))
                    .as("run this test with -Dcryonext.write-docs=true to renew docs/cli.md")
                    .isEqualTo(reference.toString());
        }
    }

    private static void describe(CommandLine parent, String prefix, StringBuilder reference) {
        for (CommandLine command : parent.getSubcommands().values()) {
            String name = prefix + command.getCommandName();
            reference.append("\n### ").append(name).append("\n\n```text\n");
            command.getUsageMessage(Ansi.OFF)
                    .lines()
                    .forEach(line -> reference.append(line.stripTrailing()).append('\n'));
            reference.append("```\n");
            describe(command, name + " ", reference);
        }
    }
}
