package org.cryonext.cryoet.train;

import java.util.List;
import org.cryonext.engine.io.Progress;

/**
 * Writes down what is begun.
 *
 * @param begun the tasks, in order
 */
record Tasks(List<String> begun) implements Progress {
    @Override
    public void start(String task, long total, String unit) {
        begun.add(task);
    }

    @Override
    public void advance(long n) {}

    @Override
    public void note(String extra) {}

    @Override
    public void finish() {}
}
