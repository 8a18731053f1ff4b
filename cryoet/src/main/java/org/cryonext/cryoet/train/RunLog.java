package org.cryonext.cryoet.train;

import java.util.Optional;
import java.util.SequencedMap;

/**
 * Where a training writes down what it does.
 *
 * @param metrics always
 * @param events where TensorBoard is to show it
 */
record RunLog(MetricsLog metrics, Optional<TrainingEvents> events) {
    /** Appends a line. */
    void append(SequencedMap<String, Object> line) {
        metrics.append(line);
        events.ifPresent(log -> log.add(line));
    }

    /** Makes sure that all of it is on the disk and says how many lines it has. */
    long sync() {
        events.ifPresent(TrainingEvents::sync);
        return metrics.sync();
    }
}
