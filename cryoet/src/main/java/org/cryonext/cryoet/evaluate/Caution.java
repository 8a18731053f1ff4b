package org.cryonext.cryoet.evaluate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cryonext.cryoet.dataset.LabelledTomogram;
import org.cryonext.cryoet.run.DataDivision;

/** Says which evaluated tomograms training has seen: figures on them flatter the network. */
final class Caution {
    private Caution() {}

    static List<String> of(DataDivision division, Path data, List<LabelledTomogram> tomograms) {
        boolean same = data.toAbsolutePath().normalize().equals(Path.of(division.data()));
        String unless = same ? "" : " (if " + data + " is the data set it was trained on, " + division.data() + ")";
        List<String> sentences = new ArrayList<>();
        add(
                sentences,
                tomograms,
                division.train(),
                " trained on" + unless
                        + ": figures on it say how well it was learnt by heart, not how well others would be classified.");
        List<String> validation = new ArrayList<>(division.validation());
        validation.removeAll(division.train());
        add(
                sentences,
                tomograms,
                validation,
                " validated on" + unless + ": the best checkpoint was chosen by it, which flatters the figures.");
        return sentences;
    }

    private static void add(List<String> sentences, List<LabelledTomogram> tomograms, List<String> seen, String what) {
        tomograms.stream()
                .map(LabelledTomogram::name)
                .filter(seen::contains)
                .forEach(name -> sentences.add(name + " was" + what));
    }
}
