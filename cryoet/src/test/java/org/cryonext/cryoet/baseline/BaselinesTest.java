package org.cryonext.cryoet.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.metrics.Rival;
import org.cryonext.cryoet.particle.ClassNames;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.train.TinyData;
import org.cryonext.engine.io.Progress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaselinesTest {
    private static final ClassNames CLASSES = new ClassNames(TinyData.CLASSES);

    @TempDir
    private Path folder;

    private Dataset dataset;
    private List<Particle> training;
    private List<Prediction> network;

    /** A network that says "small" whatever it sees. */
    @BeforeEach
    void makeData() throws IOException {
        dataset = Dataset.open(TinyData.write(folder.resolve("data"), 4, 25));
        training = new ArrayList<>();
        for (String name : List.of("model_0", "model_1", "model_2")) {
            training.addAll(dataset.tomogram(name).particles().particles());
        }
        network = new ArrayList<>();
        for (Particle p : dataset.tomogram("model_3").particles().particles()) {
            network.add(
                    new Prediction("model_3", p.x(), p.y(), p.z(), p.line(), CLASSES.id(p), 2, new float[] {0, 0, 1}));
        }
    }

    private List<Rival> beside(List<Particle> particles) {
        return new Baselines(new Profiles(), CLASSES, Progress.none())
                .beside(
                        new Baselines.Training(dataset, Source.GRANDMODEL, particles),
                        dataset,
                        Source.GRANDMODEL,
                        network);
    }

    @Test
    void sizeAloneTellsBallsOfDifferentSizeApart() {
        Rival size = beside(training).getFirst();

        assertThat(size.id()).isEqualTo(Baselines.SIZE_ALONE);
        assertThat(size.metrics().f1().value()).isGreaterThan(0.9);
        assertThat(size.difference().secondIsBetter()).isTrue();
        assertThat(size.predictions())
                .extracting(Prediction::line)
                .isEqualTo(network.stream().map(Prediction::line).toList());
    }

    @Test
    void theMostFrequentTrainingClassIsSaidThroughout() {
        List<Particle> fewSmall = training.stream()
                .filter(p -> !p.className().equals("small") || p.line() < 10)
                .filter(p -> !p.className().equals("large") || p.line() < 10)
                .toList();
        Rival frequent = beside(fewSmall).getLast();

        assertThat(frequent.id()).isEqualTo(Baselines.MOST_FREQUENT);
        assertThat(frequent.predictions()).allMatch(p -> p.predicted() == 1);
        assertThat(frequent.what()).contains("called medium");
        assertThat(frequent.metrics().accuracy().value()).isEqualTo(8 / 25.0);
    }

    @Test
    void theSameDataGiveTheSameBits() {
        List<Prediction> first = beside(training).getFirst().predictions();
        List<Prediction> second = beside(training).getFirst().predictions();
        for (int i = 0; i < first.size(); i++) {
            assertThat(second.get(i).probabilities()).isEqualTo(first.get(i).probabilities());
        }
    }
}
