package org.cryonext.cryoet.evaluate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cryonext.cryoet.dataset.LabelledTomogram;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.report.ConfusedPair;
import org.cryonext.cryoet.report.SampleTriplet;
import org.cryonext.cryoet.saliency.Blanking;
import org.cryonext.engine.io.Progress;

/**
 * The particles that a report shows: some of each class, and those of the pairs of classes that are confused most often.
 *
 * @param samples of each class those that were recognised first, whatever tomogram they are from
 * @param pairs the most frequent first
 * @param blanking whether the answers about all of them rest on what the pictures show
 */
record InsideLook(List<SampleTriplet> samples, List<ConfusedPair> pairs, Blanking blanking) {

    /** Chooses the particles and has their pictures made. */
    static InsideLook of(
            List<Prediction> predictions, List<LabelledTomogram> tomograms, Pictures pictures, Progress progress) {
        List<Prediction> shown = Samples.choose(predictions);
        List<Confusions.Choice> choices = Confusions.choose(predictions);
        Set<Prediction> wanted = new LinkedHashSet<>(shown);
        choices.forEach(choice -> choice.all().forEach(wanted::add));
        progress.start("Looking inside", wanted.size(), "particles");
        Map<Prediction, SampleTriplet> made = new HashMap<>();
        List<SampleTriplet> samples = new ArrayList<>();
        Blanking blanking = Blanking.NONE;
        for (LabelledTomogram tomogram : tomograms) {
            List<Prediction> own = Samples.of(tomogram.name(), List.copyOf(wanted));
            Pictures.Drawn drawn = pictures.of(tomogram, own);
            for (int i = 0; i < own.size(); i++) {
                made.put(own.get(i), drawn.pictures().get(i));
            }
            blanking = blanking.plus(drawn.blanking());
            Samples.of(tomogram.name(), shown).forEach(prediction -> samples.add(made.get(prediction)));
            progress.advance(own.size());
        }
        progress.finish();
        samples.sort(Comparator.comparing(picture -> picture.predicted() != picture.truth()));
        return new InsideLook(
                samples,
                choices.stream()
                        .map(choice -> new ConfusedPair(
                                choice.truth(),
                                choice.predicted(),
                                choice.count(),
                                choice.support(),
                                choice.confused().stream().map(made::get).toList(),
                                choice.right().stream().map(made::get).toList()))
                        .toList(),
                blanking);
    }
}
