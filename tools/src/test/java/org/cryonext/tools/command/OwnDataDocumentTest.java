package org.cryonext.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.cryonext.cryoet.classify.Classifier;
import org.cryonext.cryoet.classify.ClassifySettings;
import org.cryonext.cryoet.volume.MemoryVolume;
import org.cryonext.cryoet.volume.MrcForm;
import org.cryonext.cryoet.volume.MrcWriter;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.io.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands of docs/your-own-data.md, one after another, on small tomograms of two kinds of balls. */
class OwnDataDocumentTest {
    private static final int N = 64;
    private static final int PARTICLES = 18;
    private static final int CHUNK = 24;
    private static final int CHUNKS = 3;
    private static final Set<String> PLACES = Set.of(
            "particles.csv",
            "tomograms",
            "run",
            "new.csv",
            "classified.star",
            "inverted",
            "classified_inverted.star",
            "subtomograms.star",
            "extracted",
            "run-sub",
            "classified_sub.star");

    @TempDir
    private Path folder;

    private final StringBuilder list = new StringBuilder("tomogram,x,y,z,class\n");
    private final StringBuilder images = new StringBuilder("data_particles\n\nloop_\n_rlnImageName\n_cryonextClass\n");

    /** Dark balls of 3 and of 6 voxels of 10 Angstrom in noise; the third tomogram has voxels of 12.5 Angstrom. */
    private void write(int tomogram) throws IOException {
        double voxel = tomogram == 3 ? 12.5 : 10;
        Random random = new Random(tomogram);
        MemoryVolume volume = MemoryVolume.zeros("own", N, N, N, voxel);
        MemoryVolume inverted = MemoryVolume.zeros("own", N, N, N, voxel);
        for (int z = 0; z < N; z++) {
            for (int i = 0; i < N * N; i++) {
                volume.slice(z)[i] = (float) (0.3 * random.nextGaussian());
            }
        }
        for (int p = 0; p < PARTICLES; p++) {
            int x = 20 + random.nextInt(N - 40);
            int y = 20 + random.nextInt(N - 40);
            int z = 20 + random.nextInt(N - 40);
            boolean large = p % 2 == 0;
            int radius = (int) Math.round((large ? 6 : 3) * 10 / voxel);
            for (int k = -radius; k <= radius; k++) {
                for (int j = -radius; j <= radius; j++) {
                    for (int i = -radius; i <= radius; i++) {
                        if (i * i + j * j + k * k <= radius * radius) {
                            volume.slice(z + k)[(y + j) * N + x + i] = -2;
                        }
                    }
                }
            }
            String name = large ? "large" : "small";
            list.append("TS_0%d,%d,%d,%d,%s%n".formatted(tomogram, x, y, z, name));
            if (tomogram == 1) {
                MemoryVolume cut = MemoryVolume.zeros("cut", 32, 32, 32, voxel);
                for (int k = 0; k < 32; k++) {
                    volume.read(x - 16, y - 16, z - 16 + k, 32, 32, 1, cut.slice(k), 0);
                }
                MrcWriter.write(
                        folder.resolve("extracted/%d.mrc".formatted(p)), MrcForm.standard(32, 32, 32, voxel), cut);
                images.append("%d.mrc %s%n".formatted(p, name));
            }
        }
        for (int z = 0; z < N; z++) {
            for (int i = 0; i < N * N; i++) {
                inverted.slice(z)[i] = -volume.slice(z)[i];
            }
        }
        // The second one is OME-Zarr where it is inverted alone, so that both formats are held against each other.
        String file = "TS_0" + tomogram + ".mrc";
        if (tomogram == 1) {
            writeZarr(folder.resolve("tomograms/TS_01.zarr"), voxel, volume);
        } else {
            MrcWriter.write(folder.resolve("tomograms").resolve(file), MrcForm.standard(N, N, N, voxel), volume);
        }
        if (tomogram == 2) {
            writeZarr(folder.resolve("inverted/TS_02.ome.zarr"), voxel, inverted);
        } else {
            MrcWriter.write(folder.resolve("inverted").resolve(file), MrcForm.standard(N, N, N, voxel), inverted);
        }
    }

    /** An OME-Zarr image of Zarr 2, its chunks as they are. */
    private static void writeZarr(Path image, double voxel, MemoryVolume volume) throws IOException {
        Path array = Files.createDirectories(image.resolve("0"));
        Files.writeString(image.resolve(".zattrs"), """
                {"multiscales": [{"version": "0.4", "axes": [
                  {"name": "z", "type": "space", "unit": "nanometer"}, {"name": "y", "type": "space", "unit": "nanometer"},
                  {"name": "x", "type": "space", "unit": "nanometer"}],
                  "datasets": [{"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [%1$s, %1$s, %1$s]}]}]}]}
                """.formatted(voxel / 10));
        Files.writeString(array.resolve(".zarray"), """
                {"zarr_format": 2, "shape": [%1$d, %1$d, %1$d], "chunks": [%2$d, %2$d, %2$d], "dtype": "<f4", "order": "C",
                 "compressor": null, "filters": null, "fill_value": 0}
                """.formatted(N, CHUNK));
        for (int c = 0; c < CHUNKS * CHUNKS * CHUNKS; c++) {
            int x = c % CHUNKS;
            int y = c / CHUNKS % CHUNKS;
            int z = c / CHUNKS / CHUNKS;
            ByteBuffer chunk =
                    ByteBuffer.allocate(CHUNK * CHUNK * CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < CHUNK * CHUNK * CHUNK; i++) {
                int ownX = x * CHUNK + i % CHUNK;
                int ownY = y * CHUNK + i / CHUNK % CHUNK;
                int ownZ = z * CHUNK + i / CHUNK / CHUNK;
                boolean beyond = Math.max(ownX, Math.max(ownY, ownZ)) >= N;
                chunk.putFloat(beyond ? 0 : volume.slice(ownZ)[ownY * N + ownX]);
            }
            Files.write(array.resolve(z + "." + y + "." + x), chunk.array());
        }
    }

    private static List<String> commands() throws IOException {
        List<String> commands = new ArrayList<>();
        boolean shell = false;
        for (String line : Files.readAllLines(Path.of("..", "docs", "your-own-data.md"))) {
            if (line.startsWith("```")) {
                shell = line.equals("```sh");
            } else if (shell) {
                commands.add(line);
            }
        }
        return commands;
    }

    private CommandRun run(String command) {
        List<Object> words = new ArrayList<>();
        for (String word : command.split(" ")) {
            words.add(PLACES.contains(word) ? folder.resolve(word) : word);
        }
        assertThat(words.removeFirst()).isEqualTo("./cryonext");
        words.add("--threads");
        words.add("1");
        CommandRun run = CommandRun.of(words.toArray());
        assertThat(run.exitCode()).as(command + "\n" + run.err()).isZero();
        return run;
    }

    @Test
    void theCommandsOfThePageDoWhatItSays() throws IOException {
        for (int t = 1; t <= 3; t++) {
            write(t);
        }
        Files.writeString(folder.resolve("particles.csv"), list);
        Files.writeString(folder.resolve("new.csv"), list);
        Files.writeString(folder.resolve("subtomograms.star"), images);
        List<String> commands = commands();
        assertThat(commands).hasSize(7);
        for (String command : commands) {
            run(command);
        }
        assertThat(folder.resolve("run/README.md"))
                .content()
                .contains("large, small", "| trained on | TS_01 |", "evaluation");
        assertThat(folder.resolve("classified.star")).content().contains("_cryonextClass");
        assertThat(folder.resolve("classified_sub.csv")).content().hasLineCount(1 + PARTICLES);
        // Turned twice, the answers are those of the tomograms themselves, to the last digit.
        assertThat(folder.resolve("classified_inverted.csv")).hasSameTextualContentAs(folder.resolve("classified.csv"));
        assertThat(saidOfInverted())
                .as("without --invert the contrast is noticed")
                .anyMatch(sentence -> sentence.contains("the contrast is inverted: particles are brighter (+")
                        && sentence.endsWith("; give --invert"));
    }

    private List<String> saidOfInverted() {
        List<String> said = new ArrayList<>();
        ClassifySettings settings = new ClassifySettings(
                folder.resolve("run"),
                folder.resolve("inverted"),
                folder.resolve("new.csv"),
                folder.resolve("plain.star"),
                null,
                null,
                null,
                null,
                null,
                false,
                4);
        try (Backend backend = new CpuBackend(1)) {
            Classifier.run(settings, backend, Progress.none(), said::add);
        }
        return said;
    }
}
