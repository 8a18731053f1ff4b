package org.cryonext.cryoet.report;

import de.siegmar.fastcsv.writer.CsvWriter;
import java.nio.file.Path;
import java.util.List;
import org.cryonext.cryoet.features.PrincipalPlane;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.engine.io.AtomicFile;

/**
 * Where the evaluated particles lie in the plane in which their features spread most.
 *
 * @param numbers features of a particle
 * @param predictions the particles
 * @param plane where they lie, in the same order
 */
public record FeatureMap(int numbers, List<Prediction> predictions, PrincipalPlane plane) {

    /** @throws IllegalArgumentException if there are more or fewer places than particles */
    public FeatureMap {
        predictions = List.copyOf(predictions);
        if (plane.first().length != predictions.size()) {
            throw new IllegalArgumentException(
                    plane.first().length + " places for " + predictions.size() + " particles");
        }
    }

    /**
     * The map of some particles.
     *
     * @param predictions at least one
     * @param features those of each particle, in the same order
     */
    public static FeatureMap of(List<Prediction> predictions, List<float[]> features) {
        return new FeatureMap(features.getFirst().length, predictions, PrincipalPlane.of(features));
    }

    /** Writes columns {@code tomogram,x,y,z,true,predicted,pc1,pc2}. */
    void write(Path file, List<String> classes) {
        AtomicFile.write(file, temporary -> {
            try (CsvWriter csv = CsvWriter.builder().build(temporary)) {
                csv.writeRecord("tomogram", "x", "y", "z", "true", "predicted", "pc1", "pc2");
                for (int i = 0; i < predictions.size(); i++) {
                    Prediction p = predictions.get(i);
                    csv.writeRecord(
                            p.tomogram(),
                            PredictionsCsv.number(p.x()),
                            PredictionsCsv.number(p.y()),
                            PredictionsCsv.number(p.z()),
                            classes.get(p.truth()),
                            classes.get(p.predicted()),
                            Float.toString((float) plane.first()[i]),
                            Float.toString((float) plane.second()[i]));
                }
            }
        });
    }
}
