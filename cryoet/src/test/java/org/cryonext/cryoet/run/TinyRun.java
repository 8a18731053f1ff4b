package org.cryonext.cryoet.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.dataset.Fingerprint;
import org.cryonext.cryoet.dataset.LabelledTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.engine.optim.Schedule;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.Preprocessing;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Part;
import org.cryonext.models.convnext.Version;

/** A run whose best checkpoint is a tiny network with random weights. */
public final class TinyRun {
    private TinyRun() {}

    /** Writes a run that was trained on model_0, validated on model_1 and keeps model_2 for the test; on grandmodels. */
    public static Path write(Path folder, Path data, List<String> classes) {
        return write(folder, data, classes, Source.GRANDMODEL);
    }

    /** Records what the tomograms held, as trainings do; without it a run is as those of earlier versions. */
    public static void recordFingerprints(Path folder) {
        RunFolder run = RunFolder.open(folder);
        RunSettings earlier = run.settings();
        DataDivision division = earlier.division();
        Map<String, Fingerprint> fingerprints = Dataset.open(earlier.data()).tomograms().stream()
                .collect(Collectors.toMap(
                        LabelledTomogram::name,
                        each -> Fingerprint.of(each, earlier.input().source())));
        RunJson.write(
                run.settingsFile(),
                new RunSettings(
                        earlier.format(),
                        earlier.version(),
                        earlier.java(),
                        earlier.device(),
                        earlier.recipe(),
                        earlier.classes(),
                        earlier.input(),
                        new DataDivision(
                                division.data(),
                                division.splitBy(),
                                division.train(),
                                division.validation(),
                                division.test(),
                                division.order(),
                                division.trainShare(),
                                fingerprints,
                                null),
                        earlier.hyperparameters(),
                        earlier.place(),
                        earlier.appearance(),
                        earlier.provenance()));
    }

    /** The same on another volume. */
    public static Path write(Path folder, Path data, List<String> classes, Source source) {
        Preprocessing preprocessing = Preprocessing.imageNet(32);
        NetworkInput input = new NetworkInput(
                View.PAPER,
                View.SIZE,
                32,
                preprocessing.mean(),
                preprocessing.deviation(),
                source,
                Borders.PAD,
                Fusion.LOGITS);
        DataDivision division = new DataDivision(
                data.toAbsolutePath().normalize().toString(),
                SplitBy.TOMOGRAM,
                List.of("model_0"),
                List.of("model_1"),
                List.of("model_2"),
                null);
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
                        classes,
                        input,
                        division,
                        numbers,
                        null,
                        null,
                        null));
        ConvNextConfig config = ConvNextConfig.of(
                        Version.V2, List.of(1, 1, 1, 1), List.of(8, 8, 16, 16), classes.size())
                .withLabels(classes);
        Checkpoint.fresh(config, preprocessing, 5).write(run.best());
        return folder;
    }
}
