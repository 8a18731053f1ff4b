package org.cryonext.cryoet.evaluate;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.cryonext.cryoet.baseline.Baselines;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.metrics.Rival;
import org.cryonext.cryoet.report.Result;

/** Says where the question is so easy that a particle's size answers it: then the network's figures prove little. */
public final class SizeAnswers {
    private static final double ALMOST_PERFECT = 0.95;

    private SizeAnswers() {}

    /** A sentence about it, or none. */
    public static List<String> of(Result result, Source source) {
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
