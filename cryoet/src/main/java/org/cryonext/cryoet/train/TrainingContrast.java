package org.cryonext.cryoet.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import org.cryonext.cryoet.dataset.Contrast;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.dataset.LabelledTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.volume.Volume;
import org.cryonext.engine.io.Counted;

/** Whether particles are bright or dark in the tomograms of a run, which should be the same in all of them. */
final class TrainingContrast {
    private final SequencedMap<String, Contrast> contrasts;
    private final List<String> odd;

    private TrainingContrast(List<String> train, SequencedMap<String, Contrast> contrasts) {
        this.contrasts = contrasts;
        List<String> bright = clear(true);
        List<String> dark = clear(false);
        // What the network learns decides; of as many either way, the first one that is clear.
        int more = count(train, bright) - count(train, dark);
        boolean firstIsBright = contrasts.keySet().stream()
                .filter(name -> bright.contains(name) || dark.contains(name))
                .findFirst()
                .filter(bright::contains)
                .isPresent();
        odd = more > 0 || more == 0 && firstIsBright ? dark : bright;
    }

    private static int count(List<String> names, List<String> some) {
        return (int) names.stream().filter(some::contains).count();
    }

    /**
     * Measures it, by reading what surrounds up to 200 particles of each tomogram.
     *
     * @param train names of the tomograms that train, at least one
     * @param others names of those that validate or test
     * @param source which volume, where there are several
     */
    static TrainingContrast of(Dataset dataset, List<String> train, List<String> others, Source source) {
        SequencedSet<String> names = new LinkedHashSet<>(train);
        names.addAll(others);
        SequencedMap<String, Contrast> contrasts = new LinkedHashMap<>();
        for (String name : names) {
            LabelledTomogram tomogram = dataset.tomogram(name);
            try (Volume volume = tomogram.open(source)) {
                contrasts.put(
                        name,
                        Contrast.of(
                                volume,
                                tomogram.placement(source),
                                tomogram.particles().particles()));
            }
        }
        return new TrainingContrast(train, contrasts);
    }

    private List<String> clear(boolean bright) {
        List<String> names = new ArrayList<>();
        contrasts.forEach((name, contrast) -> {
            if (contrast.isClear() && contrast.mean() > 0 == bright) {
                names.add(name);
            }
        });
        return names;
    }

    /** That of the first tomogram that is as most of those that train. */
    Contrast usual() {
        return contrasts.entrySet().stream()
                .filter(entry -> !odd.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow();
    }

    /** What to tell the user of tomograms that are not as most are. */
    Optional<String> note() {
        boolean oddAreBright = !odd.isEmpty() && contrasts.get(odd.getFirst()).mean() > 0;
        int others = clear(!oddAreBright).size();
        if (odd.isEmpty() || others == 0) {
            return Optional.empty();
        }
        List<String> named = odd.stream()
                .map(name -> String.format(
                        Locale.ROOT, "%s (%+.2f)", name, contrasts.get(name).mean()))
                .toList();
        return Optional.of(String.join(", ", named) + ": particles are " + (oddAreBright ? "brighter" : "darker")
                + " than what surrounds them, and " + (oddAreBright ? "darker" : "brighter") + " in "
                + Counted.of(others, "other tomogram")
                + " of this run: write what is named here with the sign of its values turned, or leave it out");
    }
}
