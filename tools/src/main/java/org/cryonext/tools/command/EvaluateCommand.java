package org.cryonext.tools.command;

import java.nio.file.Path;
import java.util.List;
import org.cryonext.cryoet.dataset.DataPlace;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.evaluate.Evaluation;
import org.cryonext.cryoet.evaluate.EvaluationSettings;
import org.cryonext.cryoet.evaluate.Evaluator;
import org.cryonext.cryoet.metrics.MetricsTable;
import org.cryonext.cryoet.metrics.Rival;
import org.cryonext.cryoet.network.Backends;
import org.cryonext.cryoet.run.Fusion;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.engine.io.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures a run on particles whose class is known. */
@Command(
        name = "evaluate",
        description = {
            "Measures a run's best checkpoint on tomograms whose particles are known: accuracy, precision, recall and F1"
                    + " with 95 %% intervals, on the screen and as metrics.json, CSV, Excel sheets and report.html."
                    + " Beside the network stand two classifiers that were trained on the same particles: a logistic"
                    + " regression that sees their size alone, and the most frequent class.",
            ""
        },
        footerHeading = "%nExample:%n",
        footer = "  ./cryonext evaluate run data --tomograms model_9 --source reconstruction --out evaluation")
final class EvaluateCommand extends Job {
    @Parameters(index = "0", paramLabel = "RUN", description = "Folder of a run, made by cryonext train.")
    private Path run;

    @Parameters(
            index = "1",
            paramLabel = "DATA",
            description = "Folder that holds model_0, model_1, ..., or a particle list with classes (STAR, CSV).")
    private Path data;

    @Option(
            names = "--tomograms",
            paramLabel = "NAME",
            split = ",",
            description = "Tomograms to measure on, for instance model_8,model_9 (default: the run's test tomograms);"
                    + " those that were trained on are marked.")
    private List<String> tomograms;

    @Option(names = "--out", paramLabel = "DIR", description = "Folder of the report (default: RUN/evaluation).")
    private Path out;

    @Option(
            names = "--source",
            paramLabel = "SOURCE",
            completionCandidates = ShrecSources.class,
            description =
                    "Which volume the slices are cut from: grandmodel, noisefree or reconstruction (default: the run's).")
    private Source source;

    @Option(
            names = "--borders",
            paramLabel = "RULE",
            description = "Particles closer than 24 voxels to a border: pad or skip (default: the run's).")
    private Borders borders;

    @Option(
            names = "--fusion",
            paramLabel = "BY",
            description =
                    "How the views of a particle become one answer: logits or probabilities (default: the run's).")
    private Fusion fusion;

    @Option(
            names = "--against",
            paramLabel = "FILE",
            description =
                    "predictions.csv of another evaluation of the same particles: the two are compared by McNemar's"
                            + " test.")
    private Path against;

    @Option(
            names = "--reject",
            paramLabel = "SHARE",
            description = "Give no answer for what is like none of the classes, as classify --reject marks it: what is"
                    + " above the energy of all but this share of the run's validation particles, for instance 0.05; the"
                    + " figures of what is answered stand beside those of all.")
    private Double reject;

    @Mixin
    private MirrorsOption mirrors;

    @Mixin
    private VolumeOptions volumes;

    @Mixin
    private BatchOption batch;

    @Mixin
    private DevicesOption devices;

    @Override
    int run(Progress progress) {
        EvaluationSettings settings = usage(() -> new EvaluationSettings(
                run,
                place(),
                tomograms,
                out,
                source,
                borders,
                fusion,
                batch.particles(),
                against,
                mirrors.mirrors(),
                reject,
                false));
        Evaluation evaluation;
        try (StopWord _ = new StopWord("Stopped before the report was written; the same command begins again");
                Backends backends = devices.open()) {
            evaluation = Evaluator.run(settings, backends, progress, this::say);
        }
        out().print(MetricsTable.text(evaluation.metrics()));
        out().println();
        List<Rival> rivals = evaluation.input().results().getFirst().rivals();
        if (!rivals.isEmpty()) {
            out().print(MetricsTable.text(evaluation.metrics(), rivals));
            rivals.forEach(rival -> out().println(rival.verdict()));
            out().println();
        }
        evaluation.input().results().getFirst().rejected().ifPresent(rejected -> {
            out().println(rejected.figures().sentence(evaluation.metrics()));
            out().println();
        });
        evaluation.warnings().forEach(warning -> out().println("Note: " + warning));
        out().println("The report is " + evaluation.report());
        return 0;
    }

    private DataPlace place() {
        return new DataPlace(
                data.toAbsolutePath().normalize().toString(),
                volumes.volumes == null
                        ? null
                        : volumes.volumes.toAbsolutePath().normalize().toString(),
                DataPlace.given("--voxel-size", volumes.voxelSize),
                0,
                volumes.invert,
                volumes.binning);
    }
}
