package org.cryonext.cryoet.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.io.SafetensorsWriter;
import org.cryonext.engine.optim.Optimizer;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.TensorType;
import org.cryonext.models.checkpoint.Checkpoint;

/** Writes a run's checkpoints, and reads back what it needs to go on. */
final class RunState {
    private final RunFolder folder;
    private final Checkpoint model;
    private final Variables variables;

    /**
     * @param model architecture and preprocessing of the checkpoints
     * @param variables weights, moments and averages
     */
    RunState(RunFolder folder, Checkpoint model, Variables variables) {
        this.folder = folder;
        this.model = model;
        this.variables = variables;
    }

    /**
     * Loads the weights that the run begins with, or all that was saved last. A run that has just begun is saved at once:
     * from its first step on there is a state, so that one that lacks it cannot be taken for new.
     *
     * @return where the run stands
     * @throws InputException if the state is lost or damaged
     */
    Counters load() {
        model.upload(variables);
        if (!Files.exists(folder.state())) {
            for (Path trace : List.of(folder.metrics(), folder.best())) {
                if (Files.exists(trace)) {
                    throw new InputException(folder.state() + " is missing, but " + trace
                            + " shows that the run has trained: without its state it cannot go on; restore the file, or"
                            + " begin another run (with --init " + folder.best() + " from the best weights)");
                }
            }
            Counters counters = new Counters();
            saveState(counters);
            return counters;
        }
        try (Safetensors file = Safetensors.open(folder.state())) {
            file.types().keySet().forEach(name -> variables.set(name, file.tensor(name)));
            return Counters.of(folder.state(), file.metadata());
        }
    }

    /**
     * Whether there is nothing left to train.
     *
     * @throws InputException if the state is damaged
     */
    static boolean isFinished(RunFolder folder) {
        if (!Files.exists(folder.state())) {
            return false;
        }
        try (Safetensors file = Safetensors.open(folder.state())) {
            return Counters.of(folder.state(), file.metadata()).finished;
        }
    }

    /** Saves everything. The state is one file, so it is never half of one moment and half of another. */
    void saveNewest(Counters counters) {
        saveState(counters);
        model.write(folder.newest(), variables::get);
    }

    private void saveState(Counters counters) {
        Map<String, TensorType> types = new LinkedHashMap<>();
        variables.names().forEach(name -> types.put(name, variables.type(name)));
        SafetensorsWriter.write(folder.state(), types, variables::get, counters.toMetadata(), null);
    }

    /** Saves the weights, or their averages where there are some, as the best checkpoint. */
    void saveBest() {
        model.write(
                folder.best(),
                name -> variables.get(variables.has(Optimizer.average(name)) ? Optimizer.average(name) : name));
    }
}
