package org.cryonext.models.load;

import java.util.Map;
import java.util.Optional;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.checkpoint.Checkpoint;

/** Counts weights that are no finite numbers: left by a training that diverged, or a damaged file. */
public final class NonFinite {
    private NonFinite() {}

    /** A sentence with their number and the place of the first; empty if there are none. */
    static Optional<String> warning(Checkpoint checkpoint) {
        return count(checkpoint)
                .map(found -> "Warning: of its " + found
                        + "; they are imported as they are, and what depends on them is no number");
    }

    /**
     * The same checkpoint, to train from.
     *
     * @param name of the file, for the message
     * @throws InputException if a weight is no finite number
     */
    public static Checkpoint requireNone(Checkpoint checkpoint, String name) {
        count(checkpoint).ifPresent(found -> {
            throw new InputException(name + ": of its " + found
                    + ", where finite numbers were expected; a training that diverged may have left them: take another"
                    + " checkpoint");
        });
        return checkpoint;
    }

    private static Optional<String> count(Checkpoint checkpoint) {
        long nan = 0;
        long infinite = 0;
        long all = 0;
        String first = "";
        for (Map.Entry<String, Tensor> parameter : checkpoint.parameters().entrySet()) {
            Tensor values = parameter.getValue();
            long before = nan + infinite;
            for (long i = 0; i < values.size(); i++) {
                double value = values.get(i);
                if (!Double.isFinite(value)) {
                    nan += Double.isNaN(value) ? 1 : 0;
                    infinite += Double.isNaN(value) ? 0 : 1;
                }
            }
            all += values.size();
            first = before == 0 && nan + infinite > 0 ? parameter.getKey() : first;
        }
        return nan + infinite == 0
                ? Optional.empty()
                : Optional.of(
                        all + " weights " + nan + " are NaN and " + infinite + " infinite, the first in " + first);
    }
}
