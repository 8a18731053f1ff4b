package org.cryonext.cryoet.evaluate;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.cryonext.cryoet.baseline.Baselines;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.metrics.Rival;
import org.cryonext.cryoet.report.Result;

/**
 * Says where simulated tomograms make the question so easy that a particle's size answers it: then the network's figures prove
 * little.
 */
public final class SizeAnswers {
    private static final double ALMOST_PERFECT = 0.95;

    private SizeAnswers() {}

    /**
     * A sentence about it, or none: none about tomograms of one's own, of which it is not known what they are, nor about those
     * that were trained on, which size alone has learnt as well.
     *
     * @param seen whether the run was trained on some of the tomograms
     */
    public static List<String> of(Result result, Source source, boolean seen) {
        if (source == Source.TOMOGRAM || seen) {
            return List.of();
        }
        Optional<Rival> size = result.rivals().stream()
                .filter(rival -> rival.id().equals(Baselines.SIZE_ALONE))
                .findFirst();
        return size
                .map(rival -> rival.metrics().f1().value())
                .filter(f1 -> f1 >= ALMOST_PERFECT)
                .map(f1 -> String.format(
                        Locale.ROOT,
                        "Size alone answers this question almost perfectly (macro F1 %.3f on %s): the figures say little"
                                + " about recognising shapes%s.",
                        f1,
                        source.file(),
                        source == Source.RECONSTRUCTION
                                ? ""
                                : ", and nothing about tomograms as a microscope gives them"))
                .stream()
                .toList();
    }
}
