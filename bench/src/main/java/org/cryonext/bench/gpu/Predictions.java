package org.cryonext.bench.gpu;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.cryonext.bench.model.Mode;
import org.cryonext.bench.paper.Card;
import org.cryonext.bench.paper.PaperRoofline;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cuda.driver.CudaDevice;
import org.cryonext.engine.cases.OpCase;
import org.cryonext.engine.cases.OpCases;
import org.cryonext.engine.tensor.DType;
import org.cryonext.models.convnext.Version;

/** What models and operators alone should take on a card by the paper model; computed once for each. */
final class Predictions {
    private final Optional<Card> card;
    private final Map<TinyModels.Choice, Double> milliseconds = new HashMap<>();
    private final Map<GpuTask.Kernel, Double> microseconds = new HashMap<>();
    private final List<OpCase> timings = OpCases.timings().toList();

    Predictions(CudaDevice device) {
        card = Card.of(device);
    }

    /** The card that is modelled; empty if this one is none of those, and then nothing is predicted. */
    Optional<Card> card() {
        return card;
    }

    /** Microseconds of an operator alone. */
    Optional<Double> microseconds(Finding.Kernel measured) {
        DType dtype = DType.valueOf(measured.precision().toUpperCase(Locale.ROOT));
        return card.map(c -> microseconds.computeIfAbsent(
                new GpuTask.Kernel(dtype, measured.index()),
                kernel -> PaperRoofline.microseconds(
                        KernelTimer.graph(timings.get(kernel.index()), dtype), Precision.F32, c)));
    }

    /** Milliseconds of a run of a model. */
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
