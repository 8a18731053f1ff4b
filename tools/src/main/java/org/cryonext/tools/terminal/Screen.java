package org.cryonext.tools.terminal;

import org.cryonext.engine.io.Progress;

/** What a job shows to a person while it runs, on standard error. */
public interface Screen extends Progress {
    /** Shows a sentence, above the progress of the task under way. */
    void say(String sentence);

    /** Bars where standard error is a terminal, otherwise lines. */
    static Screen onStandardError() {
        return StandardError.isTerminal()
                ? new ProgressBars(System.err, StandardError.columns())
                : new ProgressLines(System.err, System::nanoTime);
    }
}
