package org.cryonext.bench.recipe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.cryonext.bench.model.RandomModel;
import org.cryonext.cryoet.particle.ClassNames;
import org.cryonext.cryoet.simulate.SimulationSettings;
import org.cryonext.cryoet.simulate.Simulator;
import org.cryonext.cryoet.simulate.VolumeSize;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.checkpoint.Checkpoint;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What every program trains from.
 *
 * @param data tomograms in SHREC 2020's layout
 * @param init checkpoint of the initial weights
 * @param order file that fixes samples and batches
 */
record RecipeFolder(Path data, Path init, Path order) {
    private static final VolumeSize SIZE = new VolumeSize(256, 256, 96);
    private static final int MOST_IN_A_TOMOGRAM = 250;
    private static final double SNR = 0.05;
    private static final long SEED = 7;

    /**
     * Simulates the data and writes the rest.
     *
     * @throws InputException if the folder cannot be written
     */
    static RecipeFolder write(Path folder, RecipeSettings settings, Progress progress) {
        int tomograms = Math.ceilDiv(settings.particles(), MOST_IN_A_TOMOGRAM);
        // One more particle in each, the last of its list, tests.
        int each = Math.ceilDiv(settings.particles(), tomograms);
        Path data = folder.resolve("data");
        Simulator.run(
                data,
                new SimulationSettings(
                        tomograms, SIZE, OptionalInt.of(each + 1), SNR, SEED, Optional.empty(), settings.threads()),
                progress,
                line -> {});
        Path init = folder.resolve("init");
        Checkpoint model = RandomModel.checkpoint(
                settings.config().withLabels(ClassNames.SHREC_2020.names()), settings.imageSize());
        model.write(init);
        Path order = folder.resolve("order.json");
        try {
            Files.write(order, JsonMapper.shared().writeValueAsBytes(order(settings, each)));
        } catch (IOException e) {
            throw new InputException("Cannot write " + order + ": " + e.getMessage(), e);
        }
        return new RecipeFolder(data, init, order);
    }

    private static ObjectNode order(RecipeSettings settings, int each) {
        Random random = new Random(SEED);
        ObjectNode root = JsonMapper.shared().createObjectNode();
        ArrayNode samples = root.putArray("samples");
        ArrayNode test = root.putArray("test");
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < settings.particles(); i++) {
            place(samples, i / each, i % each + 1);
            if (i % each == 0) {
                place(test, i / each, each + 1);
            }
            all.add(i);
        }
        Collections.shuffle(all, random);
        all.subList(0, settings.validating()).forEach(root.putArray("val")::add);
        List<Integer> train = all.subList(settings.validating(), all.size());
        train.forEach(root.putArray("train")::add);
        ArrayNode epochs = root.putArray("epochs");
        for (int epoch = 0; epoch < settings.epochs(); epoch++) {
            Collections.shuffle(train, random);
            ArrayNode batches = epochs.addArray();
            for (int at = 0; at < train.size(); at += settings.batch()) {
                train.subList(at, Math.min(at + settings.batch(), train.size())).forEach(batches.addArray()::add);
            }
        }
        return root;
    }

    private static void place(ArrayNode list, int tomogram, int line) {
        list.addObject().put("tomo", "model_" + tomogram).put("line", line);
    }
}
