package org.cryonext.cryoet.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MetricsTest {
    private static final Offset<Double> SAME = within(1e-12);

    static Stream<Arguments> sklearn() throws IOException {
        try (InputStream in = MetricsTest.class.getResourceAsStream("sklearn.json")) {
            JsonNode cases = JsonMapper.shared().readTree(in).get("cases");
            return cases.valueStream().map(node -> Arguments.of(node.get("name").asString(), node)).toList().stream();
        }
    }

    static Stream<Arguments> withIntervals() throws IOException {
        return sklearn().filter(arguments -> ((JsonNode) arguments.get()[1]).has("intervals"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sklearn")
    void figuresAreThoseOfScikitLearn(String name, JsonNode expected) {
        Metrics metrics = metrics(expected);

        assertThat(metrics.accuracy().value())
                .isCloseTo(expected.get("accuracy").asDouble(), SAME);
        assertThat(metrics.precision().value()).isCloseTo(number(expected, "macro", 0), SAME);
        assertThat(metrics.recall().value()).isCloseTo(number(expected, "macro", 1), SAME);
        assertThat(metrics.f1().value()).isCloseTo(number(expected, "macro", 2), SAME);
        assertThat(metrics.weighted(ClassMetrics::precision)).isCloseTo(number(expected, "weighted", 0), SAME);
        assertThat(metrics.weighted(ClassMetrics::recall)).isCloseTo(number(expected, "weighted", 1), SAME);
        assertThat(metrics.weighted(c -> c.f1().value())).isCloseTo(number(expected, "weighted", 2), SAME);
        for (int k = 0; k < expected.get("classes").asInt(); k++) {
            ClassMetrics c = metrics.perClass().get(k);
            assertThat(c.precision()).isCloseTo(number(expected, "precision", k), SAME);
            assertThat(c.recall()).isCloseTo(number(expected, "recall", k), SAME);
            assertThat(c.f1().value()).isCloseTo(number(expected, "f1", k), SAME);
            assertThat(c.support()).isEqualTo(expected.get("support").get(k).asLong());
            for (int p = 0; p < expected.get("classes").asInt(); p++) {
                assertThat(metrics.confusion().counts()[k][p])
                        .isEqualTo(expected.get("confusion").get(k).get(p).asLong());
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("withIntervals")
    void intervalsAgreeWithBootstrapOfScikitLearn(String name, JsonNode expected) {
        JsonNode intervals = expected.get("intervals");
        Metrics metrics = metrics(expected);

        // Two bootstraps with different random numbers: each percentile has a sampling error of about 0.002.
        Offset<Double> close = within(0.008);
        assertInterval(metrics.accuracy(), intervals, "accuracy", close);
        assertInterval(metrics.precision(), intervals, "precision_macro", close);
        assertInterval(metrics.recall(), intervals, "recall_macro", close);
        assertInterval(metrics.f1(), intervals, "f1_macro", close);
    }

    @Test
    void intervalsDependOnCountsAndSeedOnly() {
        List<String> classes = List.of("a", "b", "c");
        List<Prediction> predictions = new ArrayList<>();
        Random random = new Random(5);
        for (int i = 0; i < 200; i++) {
            predictions.add(prediction(3, random.nextInt(3), random.nextInt(3)));
        }
        Metrics first = Metrics.of(classes, predictions);
        Collections.shuffle(predictions, random);
        Metrics shuffled = Metrics.of(classes, predictions);
        Metrics reseeded = Metrics.of(shuffled.confusion(), new Bootstrap(2000, 1));

        assertThat(shuffled.f1()).isEqualTo(first.f1());
        assertThat(shuffled.perClass()).isEqualTo(first.perClass());
        assertThat(reseeded.f1().value()).isEqualTo(first.f1().value());
        assertThat(reseeded.f1()).isNotEqualTo(first.f1());
        assertThat(first.f1().low()).isLessThan(first.f1().value());
        assertThat(first.f1().high()).isGreaterThan(first.f1().value());
    }

    @Test
    void classThatDoesNotOccurCountsInNoAverage() {
        Metrics metrics = Metrics.of(List.of("a", "b", "absent"), List.of(prediction(3, 0, 0), prediction(3, 1, 1)));

        assertThat(metrics.f1()).isEqualTo(new Estimate(1, 1, 1));
        assertThat(metrics.perClass().get(2)).isEqualTo(new ClassMetrics("absent", 0, 0, new Estimate(0, 0, 0), 0));
    }

    @Test
    void mistakesComeByFrequency() {
        long[][] counts = {{5, 1, 0}, {4, 0, 1}, {0, 0, 0}};
        Metrics metrics = Metrics.of(new ConfusionMatrix(List.of("a", "b", "c"), counts), Bootstrap.DEFAULT);

        assertThat(metrics.mistakes(2))
                .containsExactly(new Metrics.Mistake("b", "a", 4, 0.8), new Metrics.Mistake("a", "b", 1, 1 / 6.0));
    }

    @Test
    void noPredictionsIsAnError() {
        assertThatThrownBy(() -> Metrics.of(List.of("a"), List.of()))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("There are no predictions to evaluate")
                .hasMessageContaining("--borders pad");
    }

    @Test
    void unknownTrueClassIsAnError() {
        assertThatThrownBy(() -> Metrics.of(List.of("a"), List.of(prediction(1, Prediction.UNKNOWN, 0))))
                .isInstanceOf(InputException.class)
                .hasMessage("The particle at line 7 of model_9 has no true class, so it cannot be scored; give a list"
                        + " whose particles all have a class.");
    }

    private static Metrics metrics(JsonNode expected) {
        int classes = expected.get("classes").asInt();
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < expected.get("truth").size(); i++) {
            predictions.add(prediction(
                    classes,
                    expected.get("truth").get(i).asInt(),
                    expected.get("predicted").get(i).asInt()));
        }
        return Metrics.of(IntStream.range(0, classes).mapToObj(k -> "class" + k).toList(), predictions);
    }

    private static Prediction prediction(int classes, int truth, int predicted) {
        return new Prediction("model_9", 1, 2, 3, 7, truth, predicted, new float[classes]);
    }

    private static double number(JsonNode node, String field, int index) {
        return node.get(field).get(index).asDouble();
    }

    private static void assertInterval(Estimate estimate, JsonNode intervals, String name, Offset<Double> close) {
        assertThat(estimate.low()).as(name).isCloseTo(number(intervals, name, 0), close);
        assertThat(estimate.high()).as(name).isCloseTo(number(intervals, name, 1), close);
    }
}
