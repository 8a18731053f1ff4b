package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.cryonext.cryoet.run.Recipe;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.triplet.Augmentation;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.cryoet.volume.MrcForm;
import org.cryonext.cryoet.volume.MrcWriter;
import org.cryonext.cryoet.volume.VolumeFile;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.io.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network knows nothing of the format that its tomograms came in. */
final class ZarrTrainingTest {
    private static final Path IMAGES = Path.of("src/test/resources/org/cryonext/cryoet/zarr");
    private static final List<String> KINDS = List.of("v2-blosc-lz4", "v3-blosc", "v2-blosc-noise", "v3-shards-start");

    @TempDir
    private Path folder;

    private final List<String> written = new ArrayList<>();

    /** Notes what is written of tomograms, and how much of it is done when the next task begins. */
    private final class Written implements Progress {
        private String current = "";

        @Override
        public void start(String task, long total, String unit) {
            current = task.startsWith("Writing") ? task + ": " + total + " " + unit : "";
        }

        @Override
        public void advance(long n) {
            if (!current.isEmpty()) {
                written.add(current + ", " + n);
            }
        }

        @Override
        public void note(String extra) {}

        @Override
        public void finish() {
            current = "";
        }
    }

    private void copy(String kind, String name) throws IOException {
        Path image = IMAGES.resolve(kind + ".zarr");
        Path to = Files.createDirectories(folder.resolve("zarr")).resolve(name + ".zarr");
        try (Stream<Path> entries = Files.walk(image)) {
            for (Path entry : entries.toList()) {
                Files.copy(entry, to.resolve(image.relativize(entry).toString()));
            }
        }
        try (VolumeFile volume = VolumeFile.open(image)) {
            MrcWriter.write(
                    folder.resolve("mrc").resolve(name + ".mrc"),
                    MrcForm.standard(volume.nx(), volume.ny(), volume.nz(), volume.voxelSize()),
                    volume);
        }
    }

    private RunFolder train(Path list, String format, boolean varied) {
        TrainOptions options = new TrainOptions(list, folder.resolve("run-" + format + varied));
        options.volumes = folder.resolve(format);
        options.recipe = Recipe.SCRATCH;
        options.depths = List.of(1, 1, 1, 1);
        options.dims = List.of(4, 6, 8, 10);
        options.imageSize = 32;
        options.views = View.slabs(2, 4, 32);
        options.epochs = 2;
        options.batch = 4;
        options.augment = false;
        options.augmentation = varied ? Augmentation.parse(List.of("flips", "shift=1")) : Augmentation.NONE;
        try (Backend backend = new CpuBackend(1)) {
            return Trainer.run(options, new TrainContext(backend, new Written(), text -> {}, () -> false))
                    .run();
        }
    }

    @Test
    void trainingOnOmeZarrGivesTheBitsOfTrainingOnMrc() throws IOException {
        StringBuilder lines = new StringBuilder("tomogram,x,y,z,class\n");
        Random random = new Random(1);
        for (int t = 0; t < KINDS.size(); t++) {
            copy(KINDS.get(t), "TS_" + t);
            for (int p = 0; p < 8; p++) {
                lines.append("TS_%d,%d,%d,%d,%s%n"
                        .formatted(
                                t, random.nextInt(13), random.nextInt(10), random.nextInt(9), p % 2 == 0 ? "a" : "b"));
            }
        }
        Path list = Files.writeString(folder.resolve("particles.csv"), lines);
        for (boolean varied : new boolean[] {false, true}) {
            RunFolder zarr = train(list, "zarr", varied);
            SameRuns.requireSameCheckpoints(zarr, train(list, "mrc", varied));
            assertThat(zarr.settings().appearance().voxelSize()).isEqualTo(10);
            assertThat(zarr.cache()).as("copies are gone").doesNotExist();
        }
        assertThat(written)
                .contains("Writing " + folder.resolve("zarr/TS_0.zarr") + " as it is trained on: 1 tomograms, 1")
                .hasSize(2);
    }
}
