package org.cryonext.cryoet.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.cryonext.cryoet.run.Recipe;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.Preprocessing;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Version;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Trainings of seconds, and what they leave.
 *
 * @param data three tomograms of twelve particles each
 * @param init a network with weights to begin from
 */
record TinyTraining(Path data, Path init) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** Makes the data and the network in a folder. */
    static TinyTraining make(Path folder) throws IOException {
        Path init = folder.resolve("init");
        Checkpoint.fresh(
                        ConvNextConfig.of(Version.V1, List.of(1, 1, 1, 1), List.of(4, 6, 8, 10), 5),
                        Preprocessing.imageNet(48),
                        3)
                .write(init);
        return new TinyTraining(TinyData.write(folder.resolve("data"), 3, 12), init);
    }

    /** Fine-tuning in two phases: the head alone for an epoch, then the last stage too. */
    TrainOptions paper(Path out) {
        return paper(data, out);
    }

    TrainOptions paper(Path place, Path out) {
        TrainOptions options = new TrainOptions(place, out);
        options.init = init;
        options.imageSize = 32;
        options.borders = Borders.PAD;
        options.epochs = 3;
        options.batch = 4;
        options.headRate = 1e-2;
        options.backboneRate = 1e-3;
        options.unfreeze = Map.of(3, 1);
        return options;
    }

    /** Everything from random weights with all that is random or keeps a state of its own. */
    TrainOptions scratch(Path out) {
        TrainOptions options = new TrainOptions(data, out);
        options.recipe = Recipe.SCRATCH;
        options.depths = List.of(1, 1, 1, 1);
        options.dims = List.of(4, 6, 8, 10);
        options.imageSize = 32;
        options.epochs = 2;
        options.batch = 4;
        options.dropPath = 0.2;
        options.labelSmoothing = 0.1;
        options.ema = 0.9;
        options.classWeights = true;
        return options;
    }

    static TrainResult train(TrainOptions options) {
        try (Backend backend = new ReferenceBackend()) {
            return Trainer.run(options, Quiet.context(backend));
        }
    }

    /** Stops before the n-th question whether to stop. */
    static TrainResult trainUntil(TrainOptions options, int questions) {
        AtomicInteger asked = new AtomicInteger();
        try (Backend backend = new ReferenceBackend()) {
            return Trainer.run(
                    options,
                    new TrainContext(backend, Progress.none(), text -> {}, () -> asked.incrementAndGet() > questions));
        }
    }

    /** Of metrics.jsonl, those of the steps or those of the epochs. */
    static List<JsonNode> lines(RunFolder run, boolean steps) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(run.metrics())) {
            JsonNode node = MAPPER.readTree(line);
            if (node.has("step") == steps) {
                lines.add(node);
            }
        }
        return lines;
    }

    static List<Double> losses(RunFolder run) throws IOException {
        return lines(run, true).stream()
                .map(line -> line.get("loss").asDouble())
                .toList();
    }
}
