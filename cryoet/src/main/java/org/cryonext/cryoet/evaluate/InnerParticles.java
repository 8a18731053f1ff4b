package org.cryonext.cryoet.evaluate;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.dataset.LabelledTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.metrics.Rival;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.report.Result;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.SliceCutter;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.cryoet.volume.Volume;

/**
 * What of a result is left when particles near a border do not count, as in the paper. Slices of the others are cut alike
 * under either rule, so nothing has to be scored again.
 */
public final class InnerParticles {
    private InnerParticles() {}

    /**
     * Leaves the border particles out, in the network's predictions and in those beside it.
     *
     * @param source which volume the slices were cut from
     * @return empty where no particle is left
     */
    public static Optional<Result> of(Result result, Dataset dataset, Source source) {
        Map<String, Set<Integer>> inner = new HashMap<>();
        result.predictions().stream()
                .map(Prediction::tomogram)
                .distinct()
                .forEach(name -> inner.put(name, inner(dataset.tomogram(name), source)));
        List<Prediction> kept = kept(result.predictions(), inner);
        if (kept.isEmpty()) {
            return Optional.empty();
        }
        List<String> classes = result.metrics().confusion().classes();
        List<Rival> rivals = result.rivals().stream()
                .map(rival -> Rival.of(
                        rival.id(), rival.name(), rival.what(), classes, kept, kept(rival.predictions(), inner)))
                .toList();
        return Optional.of(Result.of(result.name(), classes, kept).withRivals(rivals));
    }

    private static List<Prediction> kept(List<Prediction> predictions, Map<String, Set<Integer>> inner) {
        return predictions.stream()
                .filter(p -> inner.get(p.tomogram()).contains(p.line()))
                .toList();
    }

    /** Lines of the particles that are far enough from every border. */
    private static Set<Integer> inner(LabelledTomogram tomogram, Source source) {
        try (Volume volume = tomogram.open(source)) {
            SliceCutter cutter = new SliceCutter(volume, tomogram.placement(source), View.PAPER, Borders.SKIP);
            return tomogram.particles().particles().stream()
                    .filter(cutter::accepts)
                    .map(Particle::line)
                    .collect(Collectors.toCollection(HashSet::new));
        }
    }
}
