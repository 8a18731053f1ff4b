package org.cryonext.tools.command;

import picocli.CommandLine.Option;

/** {@code --help} of a subcommand, the last in its list of options. */
final class HelpOption {
    /** Position of {@code --help}; the options that many commands share stand before it. */
    static final int LAST = 1000;

    @Option(
            names = {"-h", "--help"},
            order = LAST,
            usageHelp = true,
            description = "Show this help and exit.")
    private boolean help;
}
