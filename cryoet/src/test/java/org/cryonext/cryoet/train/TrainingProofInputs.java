package org.cryonext.cryoet.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.Preprocessing;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Version;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes the data, initial weights and batches that both PyTorch and {@link TrainingProofTest} train with. */
public final class TrainingProofInputs {
    static final int EPOCHS = 12;

    private TrainingProofInputs() {}

    /** Writes everything that tools/python/train_reference.py needs into the folder that is named. */
    public static void main(String[] args) throws IOException {
        write(Path.of(args[0]));
    }

    static Path data(Path folder) throws IOException {
        return TinyData.write(folder.resolve("data"), 3, 18);
    }

    static void write(Path out) throws IOException {
        data(out);
        for (Version version : Version.values()) {
            Checkpoint.fresh(
                            ConvNextConfig.of(version, List.of(1, 1, 2, 1), List.of(6, 10, 14, 18), 3)
                                    .withLabels(TinyData.CLASSES),
                            Preprocessing.imageNet(40),
                            17)
                    .write(out.resolve("init-" + version.name().toLowerCase(Locale.ROOT)));
        }
        Files.writeString(out.resolve("order.json"), JsonMapper.shared().writeValueAsString(order()) + "\n");
    }

    private static ObjectNode order() {
        Random random = new Random(5);
        ObjectNode root = JsonMapper.shared().createObjectNode().put("comment", "other keys are ignored");
        ArrayNode samples = root.putArray("samples");
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < 36; i++) {
            samples.addObject().put("tomo", "model_" + i / 18).put("line", i % 18 + 1);
            all.add(i);
        }
        Collections.shuffle(all, random);
        List<Integer> train = new ArrayList<>(all.subList(0, 27));
        train.forEach(root.putArray("train")::add);
        all.subList(27, 36).forEach(root.putArray("val")::add);
        ArrayNode epochs = root.putArray("epochs");
        for (int e = 0; e < EPOCHS; e++) {
            Collections.shuffle(train, random);
            ArrayNode batches = epochs.addArray();
            for (int at = 0; at + 4 <= train.size(); at += 4) {
                train.subList(at, at + 4).forEach(batches.addArray()::add);
            }
        }
        ArrayNode test = root.putArray("test");
        for (int line = 1; line <= 18; line++) {
            test.addObject().put("tomo", "model_2").put("line", line);
        }
        root.putArray("class_weights").add(0.5).add(0.2).add(0.3);
        return root;
    }
}
