package org.cryonext.engine.io;

/** Receives how far a long task is; the command line draws it as a bar. Calls may come from any one thread at a time. */
public interface Progress {
    /**
     * Begins a task; one that is under way is finished first.
     *
     * @param task what is being done, a few words
     * @param total units in all
     * @param unit name of a unit, for instance "images"
     */
    void start(String task, long total, String unit);

    /** Adds {@code n} finished units. */
    void advance(long n);

    /** Shows a short text beside the bar, for instance the current loss. */
    void note(String extra);

    /** Ends the task. */
    void finish();

    /** Reports nothing. */
    static Progress none() {
        return new Progress() {
            @Override
            public void start(String task, long total, String unit) {}

            @Override
            public void advance(long n) {}

            @Override
            public void note(String extra) {}

            @Override
            public void finish() {}
        };
    }
}
