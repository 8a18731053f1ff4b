package org.cryonext.tools.command;

import org.cryonext.engine.io.Progress;
import org.cryonext.tools.terminal.ProgressBars;
import picocli.CommandLine.Mixin;

/** A subcommand that runs a while: it shows progress on standard error, and its options include the common ones. */
abstract class Job implements Runnable {
    @Mixin
    private CommonOptions common;

    @Override
    public final void run() {
        Progress progress = ProgressBars.onStandardError();
        try {
            run(progress);
        } finally {
            progress.finish();
        }
    }

    /**
     * Does the job.
     *
     * @throws org.cryonext.engine.io.InputException if something the user gave cannot be used
     */
    abstract void run(Progress progress);
}
