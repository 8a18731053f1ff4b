package org.cryonext.models.load;

import java.util.List;
import org.cryonext.models.checkpoint.Checkpoint;

/** What becomes of a model's classifier. */
public sealed interface Head {

    /** The model with this done to it; the checkpoint's report says what it was. */
    Checkpoint apply(Checkpoint checkpoint);

    /** It stays as it is. */
    record Kept() implements Head {
        @Override
        public Checkpoint apply(Checkpoint checkpoint) {
            return checkpoint;
        }
    }

    /**
     * It stays, and its classes get other names.
     *
     * @param labels one for each class
     */
    record Renamed(List<String> labels) implements Head {
        @Override
        public Checkpoint apply(Checkpoint checkpoint) {
            return checkpoint.withLabels(labels);
        }
    }

    /**
     * A fresh one takes its place, whatever it was.
     *
     * @param labels names of the classes
     * @param seed for its initial values
     */
    record Fresh(List<String> labels, long seed) implements Head {
        @Override
        public Checkpoint apply(Checkpoint checkpoint) {
            return checkpoint.withFreshClassifier(labels, seed);
        }
    }

    /** It is taken away; the model gives features. */
    record Dropped() implements Head {
        @Override
        public Checkpoint apply(Checkpoint checkpoint) {
            return checkpoint.withoutClassifier();
        }
    }
}
