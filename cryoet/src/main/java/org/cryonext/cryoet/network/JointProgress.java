package org.cryonext.cryoet.network;

import java.util.concurrent.CancellationException;
import org.cryonext.engine.io.Progress;

/** One task's progress from several threads. What fails in one of them ends the others when they next say how far they are. */
final class JointProgress implements Progress {
    private final Progress progress;
    private Throwable failure;

    JointProgress(Progress progress) {
        this.progress = progress;
    }

    /** Ends all threads; the first reason counts. */
    synchronized void stop(Throwable reason) {
        if (failure == null) {
            failure = reason;
        }
    }

    /** Throws the reason for the end, if there was one. */
    synchronized void throwFailure() {
        switch (failure) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }

    private void requireNoFailure() {
        if (failure != null) {
            throw new CancellationException("another device has failed");
        }
    }

    @Override
    public synchronized void start(String task, long total, String unit) {
        progress.start(task, total, unit);
    }

    @Override
    public synchronized void advance(long n) {
        requireNoFailure();
        progress.advance(n);
    }

    @Override
    public synchronized void note(String extra) {
        requireNoFailure();
        progress.note(extra);
    }

    @Override
    public synchronized void finish() {
        progress.finish();
    }
}
