package org.cryonext.tools.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Measures the engine on this machine. */
@Command(
        name = "bench",
        description = "Measures the engine on this machine.",
        subcommands = {
            BenchKernelsCommand.class,
            BenchModelsCommand.class,
            BenchTrainCommand.class,
            BenchRecipeCommand.class
        },
        synopsisSubcommandLabel = "WHAT",
        footerHeading = "%nExample:%n",
        footer = "  ./cryonext bench kernels --quick --json kernels.json")
final class BenchCommand implements Runnable {
    @Mixin
    private HelpOption help;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
