package org.cryonext.tools.command;

import picocli.CommandLine.Option;

/** Worker threads. */
final class ThreadsOption {
    @Option(
            names = "--threads",
            paramLabel = "N",
            order = HelpOption.LAST - 3,
            converter = AtLeastOne.class,
            description = "Worker threads (default: one for each processor); results do not depend on it.")
    private int threads = Runtime.getRuntime().availableProcessors();

    int threads() {
        return threads;
    }
}
