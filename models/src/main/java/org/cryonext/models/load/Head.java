package org.cryonext.models.load;

import java.nio.file.Path;
import java.util.List;
import org.cryonext.engine.io.InputException;
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
     * @param file where the names come from
     * @param labels one for each class
     */
    record Renamed(Path file, List<String> labels) implements Head {
        @Override
        public Checkpoint apply(Checkpoint checkpoint) {
            int classes = checkpoint.config().classes();
            if (labels.size() != classes) {
                throw new InputException(
                        file + " has " + labels.size() + " class name" + (labels.size() == 1 ? "" : "s")
                                + ", but the model has " + classes + " classes; give one for each");
            }
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
