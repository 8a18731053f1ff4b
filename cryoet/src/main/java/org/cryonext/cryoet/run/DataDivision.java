package org.cryonext.cryoet.run;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cryonext.cryoet.dataset.Fingerprint;

/**
 * Which tomograms a run trains, validates and tests on.
 *
 * @param data the data set's folder, absolute
 * @param splitBy how training and validation were divided
 * @param train tomograms with training samples
 * @param validation tomograms with validation samples; those of {@code train} again where the split is by particle
 * @param test tomograms kept for the test
 * @param order the order file, absolute, or null
 * @param trainShare share of the training samples of each class that trains; 1, or null in earlier runs, for all
 * @param fingerprints what the tomograms of all three held when the run was begun; empty, or null in earlier runs, where that
 *     was not recorded
 */
public record DataDivision(
        String data,
        SplitBy splitBy,
        List<String> train,
        List<String> validation,
        List<String> test,
        String order,
        Double trainShare,
        Map<String, Fingerprint> fingerprints,
        ParticleCounts particles) {

    /** Copies the collections. */
    public DataDivision {
        train = List.copyOf(train);
        validation = List.copyOf(validation);
        test = List.copyOf(test);
        trainShare = trainShare == null ? 1 : trainShare;
        fingerprints = fingerprints == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(fingerprints));
    }

    /** All training samples train; what the tomograms hold, and how many particles there are, is not recorded. */
    public DataDivision(
            String data,
            SplitBy splitBy,
            List<String> train,
            List<String> validation,
            List<String> test,
            String order) {
        this(data, splitBy, train, validation, test, order, null, null, null);
    }
}
