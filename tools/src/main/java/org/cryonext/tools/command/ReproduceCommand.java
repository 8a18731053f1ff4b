package org.cryonext.tools.command;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.fetch.ShrecFetch;
import org.cryonext.cryoet.study.Reproduction;
import org.cryonext.cryoet.study.StudyResult;
import org.cryonext.cryoet.study.StudySettings;
import org.cryonext.cryoet.train.TrainContext;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.convnext.Size;
import org.cryonext.models.convnext.Version;
import org.cryonext.models.hub.Hub;
import org.cryonext.models.hub.HubSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The whole study in one call. */
@Command(
        name = "reproduce",
        description = {
            "Does the paper's whole study over and sets the fair protocol beside it: trains each variant on slices of the"
                    + " grandmodel as the paper did, with whole tomograms kept apart, and by cross-validation over"
                    + " tomograms on the reconstructions; tests all of them on the last tomogram; and writes the paper's"
                    + " tables and figures with its numbers beside ours.",
            "",
            "A study that was stopped is continued by the same command.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./cryonext reproduce",
            "  ./cryonext reproduce --data shrec2020",
            "  ./cryonext reproduce --data data --init random --quick --out study"
        })
final class ReproduceCommand extends Job {
    private static final String RANDOM = "random";

    /** Which networks are compared. */
    enum Variants {
        V1(Version.V1),
        V2(Version.V2),
        BOTH(Version.V1, Version.V2);

        private final List<Version> versions;

        Variants(Version... versions) {
            this.versions = List.of(versions);
        }
    }

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Folder of SHREC 2020 (doi:10.34894/Y2ZMRH), or of the same layout: model_0, model_1, ... (default:"
                            + " SHREC 2020 in the cache, fetched where it is not there).")
    private Path data;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "cryonext-study",
            description = "Folder for runs and report: new, empty, or of this study (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(
            names = "--variant",
            paramLabel = "V",
            defaultValue = "both",
            description = "v1, v2 or both (default: both).")
    private Variants variant;

    @Option(
            names = "--init",
            paramLabel = "CHECKPOINT,...",
            split = ",",
            hideParamSyntax = true,
            description =
                    "Initial weights, of each variant a checkpoint of its own; random for random ones (default: the"
                            + " paper's ImageNet weights, fetched where they are not there).")
    private List<String> init;

    @Option(
            names = "--quick",
            description = "Two folds, one seed, two epochs of atto on 48 pixels: shows that it works.")
    private boolean quick;

    @Option(names = "--size", paramLabel = "SIZE", description = "With random weights: atto to huge (default: tiny).")
    private Size size;

    @Option(names = "--image-size", paramLabel = "N", description = "Pixels of an edge (default: the recipe's).")
    private Integer imageSize;

    @Option(names = "--epochs", paramLabel = "N", description = "Most epochs (default: the recipe's).")
    private Integer epochs;

    @Option(names = "--batch", paramLabel = "N", description = "Particles a step (default: the recipe's).")
    private Integer batch;

    @Option(names = "--folds", paramLabel = "N", description = "Of the cross-validation over tomograms (default: 3).")
    private Integer folds;

    @Option(
            names = "--seeds",
            paramLabel = "N,...",
            split = ",",
            hideParamSyntax = true,
            description = "Of the fair protocol; the first is the paper's protocol's too (default: 42,43,44).")
    private List<Long> seeds;

    @Mixin
    private DeviceOption device;

    @Override
    int run(Progress progress) {
        boolean given = init != null && !init.equals(List.of(RANDOM));
        Map<Version, String> own = given ? usage(() -> new StudyWeights(variant.versions).of(init)) : Map.of();
        try (StopSignal stop = new StopSignal()) {
            // First, as what is wrong with it should be said before anything is fetched or trained.
            Path data = data(progress, stop);
            Map<Version, String> weights = init == null ? published(progress, stop) : own;
            StudySettings settings = usage(() -> settings(data, weights));
            try (Backend backend = device.open()) {
                Optional<StudyResult> result =
                        Reproduction.run(out, settings, new TrainContext(backend, progress, this::say, stop));
                result.ifPresentOrElse(
                        done -> out().println("The report is " + done.report()),
                        () -> out().println("Stopped; the same command goes on from here"));
            }
        } catch (CancellationException e) {
            out().println("Stopped; the same command goes on from here");
        }
        return 0;
    }

    private Path data(Progress progress, StopSignal stop) {
        return data == null
                ? new ShrecFetch(System.getenv(), ShrecFetch.place(), false, progress, this::say, stop).run()
                : Dataset.open(data).place();
    }

    private StudySettings settings(Path data, Map<Version, String> weights) {
        StudySettings preset = quick
                ? StudySettings.quick(data, variant.versions, weights, StudyWeights.arePublished(init))
                : StudySettings.full(data, variant.versions, weights, StudyWeights.arePublished(init));
        return new StudySettings(
                preset.data(),
                preset.variants(),
                preset.init(),
                preset.published(),
                size == null ? preset.size() : size,
                imageSize == null ? preset.imageSize() : imageSize,
                epochs == null ? preset.epochs() : epochs,
                batch == null ? preset.batch() : batch,
                folds == null ? preset.folds() : folds,
                seeds == null ? preset.seeds() : seeds);
    }

    private Map<Version, String> published(Progress progress, StopSignal stop) {
        Map<Version, String> weights = new EnumMap<>(Version.class);
        for (Version version : variant.versions) {
            Path found = new Hub(HubSettings.ofThisProcess(), progress, this::say, stop)
                    .fetch(StudyWeights.published(version))
                    .folder();
            weights.put(version, found.toAbsolutePath().normalize().toString());
        }
        return weights;
    }
}
