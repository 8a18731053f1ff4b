package org.cryonext.cryoet.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.dataset.LabelledTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.profile.RadialProfile;
import org.cryonext.cryoet.run.ProfileInput;
import org.cryonext.cryoet.triplet.TrainingStream;
import org.cryonext.cryoet.volume.Volume;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.op.CounterRandom;

/**
 * The radial profiles of a run's samples. They are of the cubes as they lie in the tomograms: turning and flipping does not
 * change a profile.
 */
final class SampleProfiles {
    private final List<double[]> profiles;

    private SampleProfiles(List<double[]> profiles) {
        this.profiles = profiles;
    }

    /** Reads those of all samples, a volume after another. */
    static SampleProfiles read(Dataset dataset, List<Sample> samples, Source source, Progress progress) {
        Map<String, List<Integer>> byTomogram = new LinkedHashMap<>();
        for (int i = 0; i < samples.size(); i++) {
            byTomogram
                    .computeIfAbsent(samples.get(i).tomogram(), name -> new ArrayList<>())
                    .add(i);
        }
        double[][] profiles = new double[samples.size()][];
        progress.start("Radial profiles", samples.size(), "particles");
        byTomogram.forEach((name, indices) -> {
            LabelledTomogram tomogram = dataset.tomogram(name);
            try (Volume volume = tomogram.open(source)) {
                RadialProfile profile = new RadialProfile(volume, tomogram.placement(source));
                for (int index : indices) {
                    profiles[index] = profile.of(samples.get(index).particle());
                    progress.advance(1);
                }
            }
        });
        progress.finish();
        return of(profiles);
    }

    /** Of profiles that were read, one a sample. */
    static SampleProfiles of(double[]... profiles) {
        return new SampleProfiles(List.of(profiles));
    }

    /** The statistics of the samples that train. */
    ProfileInput statistics(int[] train, double dropout) {
        return ProfileInput.of(IntStream.of(train).mapToObj(profiles::get).toList(), dropout);
    }

    /**
     * The rows of a batch, standardised.
     *
     * @param batch rows of the result, of which those beyond the samples are zeros
     */
    float[] rows(ProfileInput input, int[] samples, int batch) {
        float[] rows = new float[batch * RadialProfile.LENGTH];
        for (int i = 0; i < samples.length; i++) {
            input.standardise(profiles.get(samples[i]), rows, i * RadialProfile.LENGTH);
        }
        return rows;
    }

    /** The rows of a batch as it is trained, some numbers withheld; which depends on seed, epoch and draw alone. */
    float[] trainingRows(ProfileInput input, Batch batch, long seed, int epoch) {
        float[] rows = rows(input, batch.samples(), batch.size());
        if (input.dropout() == 0) {
            return rows;
        }
        float kept = (float) (1 / (1 - input.dropout()));
        for (int i = 0; i < batch.size(); i++) {
            long key = CounterRandom.bits(
                    CounterRandom.bits(TrainingStream.PROFILE_DROPOUT.key(seed), epoch), batch.draw(i));
            for (int k = 0; k < RadialProfile.LENGTH; k++) {
                rows[i * RadialProfile.LENGTH + k] *= CounterRandom.uniform(key, k) < input.dropout() ? 0 : kept;
            }
        }
        return rows;
    }
}
