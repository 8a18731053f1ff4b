package org.cryonext.tools.command;

/** Says at Ctrl-C what becomes of a job that cannot be continued. */
final class StopWord implements AutoCloseable {
    private final Thread hook;

    StopWord(String sentence) {
        // After the bar that is being drawn.
        hook = new Thread(() -> System.err.println(System.lineSeparator() + sentence), "stop");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** To be called when the job is done. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already; the hook has done its part.
        }
    }
}
