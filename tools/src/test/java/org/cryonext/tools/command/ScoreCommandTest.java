package org.cryonext.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cryonext.cryoet.volume.MemoryVolume;
import org.cryonext.cryoet.volume.MrcForm;
import org.cryonext.cryoet.volume.MrcWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ScoreCommandTest {
    private static final int EDGE = 12;

    @TempDir
    private Path folder;

    /** A tomogram with one particle, 1bxn at (3, 4, 5). */
    private Path truth() throws IOException {
        Path model = Files.createDirectories(folder.resolve("model_9"));
        Files.writeString(model.resolve("particle_locations.txt"), "1bxn 3 4 5 0 0 0\n");
        MemoryVolume mask = MemoryVolume.zeros("mask", EDGE, EDGE, EDGE, 10);
        mask.slice(5)[4 * EDGE + 3] = 1;
        MrcWriter.write(model.resolve("occupancy_mask.mrc"), MrcForm.shrec(EDGE, EDGE, EDGE), mask);
        MrcWriter.write(
                model.resolve("reconstruction.mrc"),
                MrcForm.shrec(EDGE, EDGE, EDGE),
                MemoryVolume.zeros("reconstruction", EDGE, EDGE, EDGE, 10));
        return model;
    }

    @Test
    void theTableIsPrinted() throws IOException {
        Path predictions = Files.writeString(folder.resolve("predictions.txt"), "1bxn 3 4 5\n");

        CommandRun run = CommandRun.of("score", predictions, truth());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("z counts from the first slice of the tomogram: the ground truth has the same slices")
                .contains("1 particle predicted, 1 to be found")
                .contains("1 found, 0 not found; 0 predictions hit nothing")
                .contains("0 particles were hit more than once; 0 predictions lay outside the tomogram")
                .contains("Locating: recall 1.00000, precision 1.00000, F1 1.00000");
    }

    @Test
    void theFiguresAreWrittenToo() throws IOException {
        Path predictions = Files.writeString(folder.resolve("predictions.txt"), "1bxn 3 4 5\n");
        Path figures = folder.resolve("figures.json");

        CommandRun run = CommandRun.of("score", predictions, truth(), "--out", figures);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("The figures are in " + figures);
        assertThat(figures).exists();
    }
}
