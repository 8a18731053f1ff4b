package org.cryonext.cryoet.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.cryonext.cryoet.dataset.LabelledTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.metrics.CalibrationError;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.network.Mirrors;
import org.cryonext.cryoet.network.ProfileSource;
import org.cryonext.cryoet.network.Score;
import org.cryonext.cryoet.network.Scorer;
import org.cryonext.cryoet.particle.ClassNames;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.report.SampleTriplet;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.SliceCutter;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.cryoet.volume.Volume;
import org.cryonext.engine.io.Progress;

/**
 * Scores the particles of a data set's tomograms.
 *
 * @param scorer the network
 * @param source which volume the slices are cut from
 * @param borders which particles count
 * @param mirrors of each particle's cube over whose answers the mean is taken
 * @param uncalibrated is given the particles as they are without the run's temperature
 */
public record TomogramScores(
        Scorer scorer, Source source, Borders borders, Mirrors mirrors, CalibrationError uncalibrated) {
    private static final int MOST_SHOWN = 6;

    /**
     * Scores a tomogram.
     *
     * @param chosen which of its particles are wanted
     * @param progress is advanced by each batch's particles
     * @return in the order of the list, without those that do not count
     */
    public List<Prediction> of(LabelledTomogram tomogram, Predicate<Particle> chosen, Progress progress) {
        return of(tomogram, chosen, any -> {}, progress);
    }

    /**
     * As {@link #of(LabelledTomogram, Predicate, Progress)}.
     *
     * @param toFeatures is given the features of each particle that counts, in their order, where the network was opened
     *     with features
     */
    List<Prediction> of(
            LabelledTomogram tomogram, Predicate<Particle> chosen, Consumer<float[]> toFeatures, Progress progress) {
        ClassNames classes = new ClassNames(scorer.classes());
        try (Volume volume = tomogram.open(source)) {
            SliceCutter cutter = cutter(volume, tomogram);
            List<Particle> particles = tomogram.particles().particles().stream()
                    .filter(chosen)
                    .filter(cutter::accepts)
                    .toList();
            int[] truth = particles.stream().mapToInt(classes::id).toArray();
            List<Score> scores = scorer.score(
                    particles.size(),
                    mirrors,
                    (index, axes, out, at) -> cutter.cutMirrored(particles.get(index), axes, out, at),
                    ProfileSource.of(scorer.input(), volume, tomogram.placement(source), particles),
                    toFeatures,
                    progress);
            List<Prediction> predictions = new ArrayList<>(particles.size());
            for (int i = 0; i < truth.length; i++) {
                Particle particle = particles.get(i);
                Score plain = Score.of(scores.get(i).logits(), scorer.input().fusion(), 1);
                uncalibrated.add(plain.probabilities()[plain.predicted()], plain.predicted() == truth[i]);
                predictions.add(new Prediction(
                        tomogram.name(),
                        particle.x(),
                        particle.y(),
                        particle.z(),
                        particle.line(),
                        truth[i],
                        scores.get(i).predicted(),
                        scores.get(i).probabilities()));
            }
            return predictions;
        }
    }

    /** Pictures of some particles as the network saw them. */
    List<SampleTriplet> pictures(LabelledTomogram tomogram, List<Prediction> wanted) {
        if (wanted.isEmpty()) {
            return List.of();
        }
        List<View> views = scorer.input().views();
        int edge = scorer.input().crop();
        byte[] slices = new byte[scorer.input().sliceBytes()];
        List<SampleTriplet> pictures = new ArrayList<>();
        try (Volume volume = tomogram.open(source)) {
            SliceCutter cutter = cutter(volume, tomogram);
            for (Prediction prediction : wanted) {
                cutter.cut(particle(prediction), slices, 0);
                List<SampleTriplet.Slice> shown = new ArrayList<>();
                for (int v : shown(views)) {
                    byte[] pixels = Arrays.copyOfRange(slices, v * edge * edge, (v + 1) * edge * edge);
                    shown.add(new SampleTriplet.Slice(name(views.get(v)), edge, edge, pixels));
                }
                pictures.add(new SampleTriplet(
                        prediction.truth(),
                        prediction.predicted(),
                        tomogram.name() + ", line " + prediction.line() + ", "
                                + source.name().toLowerCase(Locale.ROOT),
                        shown));
            }
        }
        return pictures;
    }

    /** All views, or, where they are too many to look at, the middle one of each plane. */
    private static int[] shown(List<View> views) {
        if (views.size() <= MOST_SHOWN) {
            return IntStream.range(0, views.size()).toArray();
        }
        Map<String, Integer> middle = new LinkedHashMap<>();
        for (int v = 0; v < views.size(); v++) {
            middle.merge(
                    views.get(v).planeText(),
                    v,
                    (a, b) -> Math.abs(views.get(b).offset())
                                    < Math.abs(views.get(a).offset())
                            ? b
                            : a);
        }
        return middle.values().stream().mapToInt(Integer::intValue).toArray();
    }

    private SliceCutter cutter(Volume volume, LabelledTomogram tomogram) {
        return scorer.input().cutter(volume, tomogram.placement(source), borders);
    }

    private static Particle particle(Prediction prediction) {
        return new Particle(
                prediction.tomogram(),
                prediction.line(),
                prediction.tomogram(),
                prediction.x(),
                prediction.y(),
                prediction.z(),
                null,
                null);
    }

    private static String name(View view) {
        String offset = view.offset() == 0 ? "" : String.format(Locale.ROOT, " %+d", view.offset());
        return view.planeText().toUpperCase(Locale.ROOT)
                + offset
                + (view.thickness() == 1 ? "" : " (mean of " + view.thickness() + ")");
    }
}
