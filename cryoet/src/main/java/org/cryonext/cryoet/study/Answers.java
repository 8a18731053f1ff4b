package org.cryonext.cryoet.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cryonext.cryoet.evaluate.Evaluation;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.metrics.Rival;
import org.cryonext.cryoet.report.PredictionsCsv;
import org.cryonext.cryoet.report.Result;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import org.cryonext.engine.io.JsonFault;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the tables of an evaluation lack to be read back, so that a study that goes on need not ask again; stored beside them
 * as {@code answers.json}, and written last.
 *
 * @param classes names, in the order of the class ids
 * @param seconds that cutting the slices and running the network took
 * @param images that the network was given
 * @param particles in the order of {@code predictions.csv}
 * @param rivals whose predictions lie beside the network's
 */
record Answers(List<String> classes, double seconds, long images, List<Place> particles, List<Beside> rivals) {
    private static final String FILE = "answers.json";

    /** A particle without anybody's answer. */
    record Place(String tomogram, int line, double x, double y, double z, int truth) {}

    /** A rival without its answers. */
    record Beside(String id, String name, String what) {}

    /** Whether an evaluation is complete. */
    static boolean exist(Path folder) {
        return Files.isRegularFile(folder.resolve(FILE));
    }

    static Answers write(Path folder, Evaluation evaluation) {
        Result result = evaluation.input().results().getFirst();
        Answers answers = new Answers(
                evaluation.classes(),
                evaluation.seconds(),
                evaluation.images(),
                result.predictions().stream()
                        .map(p -> new Place(p.tomogram(), p.line(), p.x(), p.y(), p.z(), p.truth()))
                        .toList(),
                result.rivals().stream()
                        .map(rival -> new Beside(rival.id(), rival.name(), rival.what()))
                        .toList());
        AtomicFile.write(
                folder.resolve(FILE),
                temporary -> Files.writeString(temporary, JsonMapper.shared().writeValueAsString(answers) + "\n"));
        return answers;
    }

    /** @throws InputException where the file is missing or damaged */
    static Answers read(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            return JsonMapper.shared().readValue(Files.readAllBytes(file), Answers.class);
        } catch (JacksonException e) {
            throw new InputException(
                    file + ": " + JsonFault.words(e) + "; delete " + folder + ", and the study asks again", e);
        } catch (IOException e) {
            throw new InputException("Cannot read " + file + ": " + InputFile.reason(e), e);
        }
    }

    /**
     * The result with what stands beside it.
     *
     * @param name for files and tables
     * @param folder where the tables are
     * @throws InputException where one is missing or is of other particles
     */
    Result result(String name, Path folder) {
        List<Prediction> places = new ArrayList<>();
        for (Place p : particles) {
            places.add(new Prediction(
                    p.tomogram, p.x, p.y, p.z, p.line, p.truth, Math.max(0, p.truth), new float[classes.size()]));
        }
        List<Prediction> network = PredictionsCsv.readEvaluation(folder.resolve("predictions.csv"), classes, places);
        List<Rival> beside = new ArrayList<>();
        for (Beside rival : rivals) {
            Path file = folder.resolve("predictions_" + rival.id() + ".csv");
            beside.add(Rival.of(
                    rival.id(),
                    rival.name(),
                    rival.what(),
                    classes,
                    network,
                    PredictionsCsv.readEvaluation(file, classes, places)));
        }
        return Result.of(name, classes, network).withRivals(beside);
    }
}
