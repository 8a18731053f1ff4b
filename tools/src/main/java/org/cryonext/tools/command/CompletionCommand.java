package org.cryonext.tools.command;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the script that completes commands, options and values in bash and zsh. */
@Command(
        name = "completion",
        description = "Prints a script for completion in bash and zsh.",
        footerHeading = "%nExample, for this shell or in ~/.bashrc or ~/.zshrc:%n",
        footer = "  source <(./cryonext completion)")
final class CompletionCommand implements Runnable {
    @Mixin
    private HelpOption help;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine()
                .getOut()
                .println(AutoComplete.bash("cryonext", spec.root().commandLine()));
    }
}
