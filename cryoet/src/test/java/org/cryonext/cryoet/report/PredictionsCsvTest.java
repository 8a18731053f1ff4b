package org.cryonext.cryoet.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.cryonext.cryoet.metrics.Prediction;
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
}
