package org.cryonext.bench.peers;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.run.DataDivision;
import org.cryonext.cryoet.run.Fusion;
import org.cryonext.cryoet.run.Hyperparameters;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.run.Recipe;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.run.RunSettings;
import org.cryonext.cryoet.run.SplitBy;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.optim.Schedule;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.Preprocessing;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.HeadInput;
import org.cryonext.models.convnext.Layer;
import org.cryonext.models.convnext.Parameter;
import org.cryonext.models.convnext.Part;
import org.cryonext.models.convnext.Version;

/** Small networks whose every parameter shows in the logits; freshly initialised ones hide their layer scales and GRN. */
final class RandomRuns {
    static final List<String> LABELS = List.of("1bxn", "1qvr", "4cr2", "ü \"quoted\"", "1s3x");

    private RandomRuns() {}

    static Checkpoint checkpoint(Version version, Activation activation, int imageSize) {
        ConvNextConfig config = new ConvNextConfig(
                version, List.of(1, 2, 1, 1), List.of(6, 10, 14, 18), 4, LABELS, 1e-12, activation, 0, 1e-6);
        Random random = new Random(version.ordinal());
        SequencedMap<String, Tensor> parameters = new LinkedHashMap<>();
        for (Parameter p : Parameter.of(config)) {
            parameters.put(p.name(), values(p, random));
        }
        return new Checkpoint(config, Preprocessing.imageNet(imageSize), parameters, List.of());
    }

    private static Tensor values(Parameter p, Random random) {
        float[] values = new float[Math.toIntExact(p.shape().size())];
        double mean = p.isMatrix() || p.bias() || p.layer() == Layer.GRN ? 0 : 1;
        double deviation = p.isMatrix() ? 1.5 / Math.sqrt(values.length / (double) outputs(p)) : 0.3;
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (mean + deviation * random.nextGaussian());
        }
        return Tensor.of(values, p.shape().toArray());
    }

    private static long outputs(Parameter p) {
        return p.layer() == Layer.DEPTHWISE ? p.shape().channels() : p.shape().dim(0);
    }

    /** The same network with a classifier that reads what a fusion gives it, as random as the rest. */
    private static Checkpoint joined(Checkpoint checkpoint, HeadInput head) {
        ConvNextConfig config = checkpoint.config().withHead(head);
        Random random = new Random(9);
        SequencedMap<String, Tensor> parameters = new LinkedHashMap<>(checkpoint.parameters());
        Parameter.of(config).stream()
                .filter(p -> !parameters.get(p.name()).shape().equals(p.shape()))
                .forEach(p -> parameters.put(p.name(), values(p, random)));
        return new Checkpoint(config, checkpoint.preprocessing(), parameters, List.of());
    }

    static RunFolder run(Path folder, Checkpoint checkpoint, Fusion fusion) {
        NetworkInput input = new NetworkInput(
                View.PAPER,
                View.SIZE,
                checkpoint.preprocessing().size(),
                checkpoint.preprocessing().mean(),
                checkpoint.preprocessing().deviation(),
                Source.GRANDMODEL,
                Borders.PAD,
                fusion);
        DataDivision division =
                new DataDivision("/data", SplitBy.TOMOGRAM, List.of("model_0"), List.of("model_1"), List.of(), null);
        Hyperparameters numbers = new Hyperparameters(
                1,
                4,
                1e-3,
                1e-3,
                0,
                true,
                0,
                Schedule.Kind.CONSTANT,
                0,
                0,
                0,
                0,
                List.of(),
                Map.of(Part.HEAD, 0),
                false,
                0,
                1,
                null);
        RunFolder run = RunFolder.create(
                folder,
                new RunSettings(
                        RunSettings.FORMAT,
                        "test",
                        "25",
                        "cpu",
                        Recipe.SCRATCH,
                        LABELS,
                        input,
                        division,
                        numbers,
                        null,
                        null,
                        null));
        joined(checkpoint, input.head()).write(run.best());
        return run;
    }
}
