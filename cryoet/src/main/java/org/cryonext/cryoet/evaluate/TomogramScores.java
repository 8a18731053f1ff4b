package org.cryonext.cryoet.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.cryonext.cryoet.dataset.LabelledTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.metrics.Prediction;
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
 */
record TomogramScores(Scorer scorer, Source source, Borders borders) {

    /**
     * Scores a tomogram.
     *
     * @param chosen which of its particles are wanted
     * @param progress is advanced by each batch's particles
     * @return in the order of the list, without those that do not count
     */
    List<Prediction> of(LabelledTomogram tomogram, Predicate<Particle> chosen, Progress progress) {
        ClassNames classes = new ClassNames(scorer.classes());
        try (Volume volume = tomogram.open(source)) {
            SliceCutter cutter = cutter(volume, tomogram);
            List<Particle> particles = tomogram.particles().particles().stream()
                    .filter(chosen)
                    .filter(cutter::accepts)
                    .toList();
            int[] truth = particles.stream().mapToInt(classes::id).toArray();
            List<Score> scores = scorer.score(
                    particles.size(), (index, out, at) -> cutter.cut(particles.get(index), out, at), progress);
            List<Prediction> predictions = new ArrayList<>(particles.size());
            for (int i = 0; i < truth.length; i++) {
                Particle particle = particles.get(i);
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
        byte[] slices = new byte[scorer.input().sliceBytes()];
        List<SampleTriplet> pictures = new ArrayList<>();
        try (Volume volume = tomogram.open(source)) {
            SliceCutter cutter = cutter(volume, tomogram);
            for (Prediction prediction : wanted) {
                cutter.cut(particle(prediction), slices, 0);
                List<SampleTriplet.Slice> shown = new ArrayList<>();
                for (int v = 0; v < views.size(); v++) {
                    byte[] pixels = new byte[SliceCutter.SLICE];
                    System.arraycopy(slices, v * SliceCutter.SLICE, pixels, 0, pixels.length);
                    shown.add(new SampleTriplet.Slice(name(views.get(v)), View.SIZE, View.SIZE, pixels));
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

    private SliceCutter cutter(Volume volume, LabelledTomogram tomogram) {
        return new SliceCutter(
                volume, tomogram.placement(source), scorer.input().views(), borders);
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
        return view.plane() + offset + (view.thickness() == 1 ? "" : " (mean of " + view.thickness() + ")");
    }
}
