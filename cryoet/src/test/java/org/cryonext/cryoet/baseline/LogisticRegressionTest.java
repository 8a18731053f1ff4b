package org.cryonext.cryoet.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LogisticRegressionTest {

    private static double[][] rows(JsonNode node) {
        double[][] rows = new double[node.size()][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = new double[node.get(i).size()];
            for (int j = 0; j < rows[i].length; j++) {
                rows[i][j] = node.get(i).get(j).asDouble();
            }
        }
        return rows;
    }

    private static int[] ints(JsonNode node) {
        int[] values = new int[node.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = node.get(i).asInt();
        }
        return values;
    }

    @Test
    void agreesWithAnotherSolverOfTheSameProblem() throws IOException {
        JsonNode fixture;
        try (InputStream in = LogisticRegressionTest.class.getResourceAsStream("regression.json")) {
            fixture = JsonMapper.shared().readTree(in);
        }
        for (JsonNode problem : fixture.get("problems")) {
            LogisticRegression model = LogisticRegression.fit(
                    rows(problem.get("train")),
                    ints(problem.get("labels")),
                    problem.get("classes").asInt(),
                    problem.get("c").asDouble());
            double[][] test = rows(problem.get("test"));
            double[][] expected = rows(problem.get("probabilities"));
            for (int i = 0; i < test.length; i++) {
                float[] probabilities = model.probabilities(test[i]);
                for (int k = 0; k < probabilities.length; k++) {
                    assertThat((double) probabilities[k])
                            .as(problem.get("name").asString() + ", row " + i + ", class " + k)
                            .isCloseTo(expected[i][k], within(2e-4));
                }
            }
        }
    }

    @Test
    void aClassWithoutTrainingRowsIsNeverPredicted() {
        double[][] rows = {{0, 5}, {0.1, 5}, {1, 5}, {1.1, 5}};
        float[] probabilities =
                LogisticRegression.fit(rows, new int[] {0, 0, 2, 2}, 4, 1).probabilities(new double[] {1.2, 5});

        assertThat(probabilities[1]).isZero();
        assertThat(probabilities[3]).isZero();
        assertThat(probabilities[2]).isGreaterThan(0.7f);
        assertThat(probabilities[0] + probabilities[2]).isCloseTo(1, within(1e-6f));
    }

    @Test
    void oneClassAloneIsCertain() {
        assertThat(LogisticRegression.fit(new double[][] {{1}, {2}}, new int[] {1, 1}, 2, 1)
                        .probabilities(new double[] {5}))
                .containsExactly(0, 1);
    }
}
