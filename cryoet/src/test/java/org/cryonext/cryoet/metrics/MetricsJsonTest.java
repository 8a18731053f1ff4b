package org.cryonext.cryoet.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MetricsJsonTest {
    private static final Metrics METRICS = Metrics.of(
            new ConfusionMatrix(List.of("3qm1", "1 \"s\" 3x"), new long[][] {{7, 1}, {2, 5}}), Bootstrap.DEFAULT);

    @TempDir
    private Path folder;

    @Test
    void schemaIsTheDocumentedOne() throws IOException {
        Path file = folder.resolve("out/metrics.json");
        MetricsJson.write(file, METRICS);
        JsonNode root = JsonMapper.shared().readTree(Files.readString(file));

        assertThat(root.propertyNames())
                .containsExactly("accuracy", "precision_macro", "recall_macro", "f1_macro", "per_class", "confusion");
        for (String figure : List.of("accuracy", "precision_macro", "recall_macro", "f1_macro")) {
            assertThat(root.get(figure).propertyNames()).containsExactly("value", "low", "high");
        }
        assertThat(root.get("accuracy").get("value").asDouble()).isEqualTo(0.8);
        assertThat(root.get("per_class").propertyNames()).containsExactly("3qm1", "1 \"s\" 3x");
        assertThat(root.get("per_class").get("3qm1").propertyNames())
                .containsExactly("precision", "recall", "f1", "support");
        assertThat(root.get("per_class").get("3qm1").get("support").asLong()).isEqualTo(8);
        assertThat(root.get("confusion").toString())
                .isEqualTo("{\"classes\":[\"3qm1\",\"1 \\\"s\\\" 3x\"],\"counts\":[[7,1],[2,5]]}");
        assertThat(folder.resolve("out")).isDirectoryNotContaining(p -> !p.equals(file));
    }

    @Test
    void whatIsWrittenIsReadBack() {
        Path file = folder.resolve("metrics.json");
        Metrics reseeded = Metrics.of(METRICS.confusion(), new Bootstrap(1000, 99));
        MetricsJson.write(file, reseeded);
        Metrics back = MetricsJson.read(file);

        assertThat(back.f1()).isEqualTo(reseeded.f1());
        assertThat(back.accuracy()).isEqualTo(reseeded.accuracy());
        assertThat(back.perClass().getFirst().precision())
                .isEqualTo(reseeded.perClass().getFirst().precision());
        assertThat(back.confusion().counts()).isDeepEqualTo(reseeded.confusion().counts());
    }

    @Test
    void namedResultsStandSideBySideWithFurtherFigures() throws IOException {
        Path file = folder.resolve("metrics.json");
        SequencedMap<String, MetricsJson.Entry> results = new LinkedHashMap<>();
        results.put("grandmodel", new MetricsJson.Entry(METRICS, List.of(), Optional.empty()));
        results.put("reconstruction", new MetricsJson.Entry(METRICS, List.of(), Optional.empty()));
        MetricsJson.write(file, results, Map.of("train_seconds", 12.5));
        JsonNode root = JsonMapper.shared().readTree(Files.readString(file));

        assertThat(root.propertyNames()).containsExactly("grandmodel", "reconstruction", "train_seconds");
        assertThat(root.get("train_seconds").asDouble()).isEqualTo(12.5);
        assertThatThrownBy(() -> MetricsJson.read(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("has no \"confusion\"");
    }

    @Test
    void figuresThatContradictTheCountsAreRefused() throws IOException {
        Path file = folder.resolve("metrics.json");
        MetricsJson.write(file, METRICS);
        Files.writeString(file, Files.readString(file).replace("\"value\" : 0.8,", "\"value\" : 0.9,"));

        assertThatThrownBy(() -> MetricsJson.read(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("its accuracy is 0.9, but its confusion matrix gives 0.8");
    }

    @Test
    void whatIsNoMetricsFileIsRefused() throws IOException {
        Path missing = folder.resolve("none.json");
        assertThatThrownBy(() -> MetricsJson.read(missing))
                .hasMessage("There is no " + missing + "; evaluate the run first.");

        Path broken = Files.writeString(folder.resolve("broken.json"), "{\"accuracy\": ");
        assertThatThrownBy(() -> MetricsJson.read(broken))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("it is no longer JSON at line 1");

        Path ragged = Files.writeString(
                folder.resolve("ragged.json"), "{\"confusion\": {\"classes\": [\"a\"], \"counts\": [[1, 2]]}}");
        assertThatThrownBy(() -> MetricsJson.read(ragged))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("confusion.counts are not counts of particles with a row and a column per class");
    }
}
