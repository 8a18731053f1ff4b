package org.cryonext.cryoet.train;

import java.util.List;
import java.util.function.IntFunction;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.run.RunSettings;
import org.cryonext.models.checkpoint.Checkpoint;

/**
 * All that a training needs to begin.
 *
 * @param folder the run's folder
 * @param settings what the run is
 * @param initial the network with its initial weights
 * @param dataset where volumes are read from
 * @param samples what trains and validates
 * @param profiles what stands beside the features of the samples; null where the network reads none, or the run is finished
 * @param batches the batches of an epoch, indices into the samples
 * @param notes what the user should know about the tomograms as they stand together, a sentence each
 */
record PreparedRun(
        RunFolder folder,
        RunSettings settings,
        Checkpoint initial,
        Dataset dataset,
        SampleSet samples,
        SampleProfiles profiles,
        IntFunction<List<int[]>> batches,
        List<String> notes) {

    /** Copies the notes. */
    PreparedRun {
        notes = List.copyOf(notes);
    }
}
