package org.cryonext.cryoet.run;

import java.util.List;
import org.cryonext.engine.io.Progress;

/**
 * Notes which tasks are begun.
 *
 * @param names gets theirs
 */
public record BegunTasks(List<String> names) implements Progress {
    @Override
    public void start(String task, long total, String unit) {
        names.add(task);
    }

    @Override
    public void advance(long n) {}

    @Override
    public void note(String extra) {}

    @Override
    public void finish() {}
}
