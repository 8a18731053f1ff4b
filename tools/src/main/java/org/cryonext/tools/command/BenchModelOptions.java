package org.cryonext.tools.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.cryonext.bench.model.Mode;
import org.cryonext.bench.model.ModelSettings;
import org.cryonext.bench.pair.PairSettings;
import org.cryonext.engine.backend.Precision;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Size;
import org.cryonext.models.convnext.Version;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which models are measured, and how. */
final class BenchModelOptions {
    private static final int CLASSES = 1000;
    private static final int PATCH = 4;

    @Option(
            names = "--variant",
            paramLabel = "V",
            split = ",",
            defaultValue = "v1,v2",
            description = "v1, v2 or both (default: ${DEFAULT-VALUE}).")
    private List<Version> versions;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "tiny",
            description = "atto to huge (default: ${DEFAULT-VALUE}).")
    private String size;

    @Option(
            names = "--image-size",
            paramLabel = "N",
            defaultValue = "224",
            converter = AtLeastOne.class,
            description = "Pixels (default: ${DEFAULT-VALUE}).")
    private int imageSize;

    @Mixin
    private ThreadsOption threads;

    /** A model for each variant, mode and batch, with 1000 classes. */
    List<ModelSettings> models(List<Mode> modes, List<Integer> batches) {
        return models(modes, batches, false);
    }

    /** The same, where training may compute the inside of a block twice. */
    List<ModelSettings> models(List<Mode> modes, List<Integer> batches, boolean recompute) {
        return models(modes, batches, recompute, CLASSES, ConvNextConfig.COLOURS, PATCH);
    }

    /** The same with so many classes. */
    List<ModelSettings> models(List<Mode> modes, List<Integer> batches, int classes) {
        return models(modes, batches, false, classes, ConvNextConfig.COLOURS, PATCH);
    }

    /** The same, for images of so many channels, of which the stem takes patches of this edge. */
    List<ModelSettings> models(List<Mode> modes, List<Integer> batches, int channels, int patch) {
        return models(modes, batches, false, CLASSES, channels, patch);
    }

    private List<ModelSettings> models(
            List<Mode> modes, List<Integer> batches, boolean recompute, int classes, int channels, int patch) {
        List<ModelSettings> all = new ArrayList<>();
        for (Version version : versions) {
            for (Mode mode : modes) {
                for (int batch : batches) {
                    ConvNextConfig config = ConvNextConfig.of(version, Size.named(size), classes)
                            .withImages(channels, patch);
                    String name = (version == Version.V1 ? "convnext-" : "convnextv2-") + size.toLowerCase(Locale.ROOT);
                    all.add(new ModelSettings(
                            name, config, mode, imageSize, batch, threads.threads(), recompute, Precision.F32));
                }
            }
        }
        return all;
    }

    int threads() {
        return threads.threads();
    }

    /** How long, and where rows are written. */
    static final class Rows {
        @Option(
                names = "--seconds",
                paramLabel = "S",
                description = "How long each program is measured (default: 10, with --quick 2).")
        private Double seconds;

        @Option(
                names = "--rounds",
                paramLabel = "N",
                converter = AtLeastOne.class,
                description = "Turns in which each row is measured (default: 5, with --quick 1).")
        private Integer rounds;

        @Option(names = "--quick", description = "A look in seconds, not a measurement.")
        private boolean quick;

        @Option(names = "--json", paramLabel = "FILE", description = "Write the rows there as JSON too.")
        private Path json;

        PairSettings settings() {
            return new PairSettings(
                    seconds != null ? seconds : quick ? 2 : 10, rounds != null ? rounds : quick ? 1 : 5);
        }

        Path json() {
            return json;
        }
    }
}
