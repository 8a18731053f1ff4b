package org.cryonext.cryoet.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PredictionsCsvTest {
    private static final List<String> CLASSES = List.of("3qm1", "a,\"b\"");
    private static final List<Prediction> PREDICTIONS = List.of(
            new Prediction("model_9", 17, 250.25, 1e7, 1, 0, 1, new float[] {0.25f, 0.75f}),
            new Prediction("model_9", 0.1, 2, 3, 2, Prediction.UNKNOWN, 0, new float[] {1e-7f + 0.9f, 1e-7f}));

    @TempDir
    private Path folder;

    @Test
    void evaluationHasTrueAndPredictedClass() {
        Path file = folder.resolve("predictions.csv");
        PredictionsCsv.writeEvaluation(file, CLASSES, PREDICTIONS);

        assertThat(file).content().isEqualToNormalizingNewlines("""
                tomogram,x,y,z,true,predicted,probability,p_3qm1,"p_a,""b\"""
                model_9,17,250.25,10000000,3qm1,"a,""b""\",0.75,0.25,0.75
                model_9,0.1,2,3,,3qm1,0.9000001,0.9000001,1.0E-7
                """);
    }

    @Test
    void classificationHasThePredictedClass() {
        Path file = folder.resolve("classes.csv");
        PredictionsCsv.writeClassification(file, CLASSES, PREDICTIONS);

        assertThat(file).content().isEqualToNormalizingNewlines("""
                tomogram,x,y,z,class,probability,p_3qm1,"p_a,""b\"""
                model_9,17,250.25,10000000,"a,""b""\",0.75,0.25,0.75
                model_9,0.1,2,3,3qm1,0.9000001,0.9000001,1.0E-7
                """);
    }

    @Test
    void whatWasWrittenIsReadBack() {
        List<Prediction> written = Samples.predictions(3);
        Path file = folder.resolve("predictions.csv");
        PredictionsCsv.writeEvaluation(file, Samples.CLASSES, written);
        List<Prediction> read = PredictionsCsv.readEvaluation(file, Samples.CLASSES, written.reversed());
        for (int i = 0; i < read.size(); i++) {
            Prediction expected = written.reversed().get(i);
            assertThat(read.get(i).line()).isEqualTo(expected.line());
            assertThat(read.get(i).predicted()).isEqualTo(expected.predicted());
            assertThat(read.get(i).probabilities()).isEqualTo(expected.probabilities());
        }
    }

    @Test
    void otherParticlesAndClassesAreNamed() throws IOException {
        List<Prediction> written = Samples.predictions(3);
        Path file = folder.resolve("predictions.csv");
        PredictionsCsv.writeEvaluation(file, Samples.CLASSES, written);
        assertThatThrownBy(() -> PredictionsCsv.readEvaluation(file, Samples.CLASSES, written.subList(1, 60)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("it has 1 particle that was not evaluated now");
        assertThatThrownBy(() -> PredictionsCsv.readEvaluation(file, List.of("ribosome"), written))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no column \"p_ribosome\"");
        PredictionsCsv.writeEvaluation(file, Samples.CLASSES, written.subList(0, 59));
        assertThatThrownBy(() -> PredictionsCsv.readEvaluation(file, Samples.CLASSES, written))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("the particle at line 60 of model_9 is not in it");
        Files.writeString(file, "a,b\n1,2\n");
        assertThatThrownBy(() -> PredictionsCsv.readEvaluation(file, Samples.CLASSES, written))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no column \"tomogram\"");
    }
}
