package org.cryonext.bench.gpu;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.cryonext.bench.model.Mode;
import org.cryonext.bench.paper.Card;
import org.cryonext.bench.paper.PaperRoofline;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cuda.driver.CudaDevice;
import org.cryonext.models.convnext.Version;

/** What models should take on a card by the paper model; computed once for each. */
final class Predictions {
    private final Optional<Card> card;
    private final Map<TinyModels.Choice, Double> milliseconds = new HashMap<>();

    Predictions(CudaDevice device) {
        card = Card.of(device);
    }

    /** The card that is modelled; empty if this one is none of those, and then nothing is predicted. */
    Optional<Card> card() {
        return card;
    }

    /** Milliseconds of a run. */
    Optional<Double> milliseconds(Finding.Model measured) {
        TinyModels.Choice choice = new TinyModels.Choice(
                Version.valueOf(measured.version().toUpperCase(Locale.ROOT)),
                Mode.of(measured.mode()),
                Precision.valueOf(measured.precision().toUpperCase(Locale.ROOT)),
                measured.batch());
        return card.map(c -> milliseconds.computeIfAbsent(
                choice, model -> PaperRoofline.of(model.settings(), c).microseconds() / 1e3));
    }
}
