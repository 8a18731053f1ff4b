package org.cryonext.cryoet.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.cryonext.cryoet.tensorboard.EventReader.Scalar;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {
    @TempDir
    private Path folder;

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    @Test
    void scalarsAreReadBack() throws IOException {
        try (EventFile events = EventFile.create(folder, 0)) {
            events.scalars(0, Map.of("loss/step", 2.5));
            assertThat(EventReader.scalars(folder)).as("while it is written").hasSize(1);
            events.scalars(1L << 40, Map.of("loss/step", 0.1));
            events.sync();
        }
        assertThat(EventReader.versions(folder)).containsExactly("brain.Event:2");
        assertThat(EventReader.scalars(folder))
                .containsExactly(new Scalar("loss/step", 0, 2.5f), new Scalar("loss/step", 1L << 40, 0.1f));
    }

    /** The example of RFC 3720, B.4: 32 zeros have the CRC32C 8a9136aa. */
    @Test
    void checksumsAreMasked() {
        int crc = 0x8a9136aa;
        assertThat(EventFile.masked(new byte[40], 4, 32)).isEqualTo((crc >>> 15 | crc << 17) + 0xa282ead8);
    }

    @Test
    void aKilledTrainingThatGoesOnShowsEachStepOnce() throws IOException {
        try (EventFile events = EventFile.create(folder, 0)) {
            for (int step = 0; step < 10; step++) {
                events.scalars(step, Map.of("loss/step", (double) step));
            }
        }
        // Killed while it wrote.
        Path first = files().getFirst();
        byte[] bytes = Files.readAllBytes(first);
        Files.write(first, Arrays.copyOf(bytes, bytes.length - 5));
        assertThat(EventFile.isIn(folder)).isTrue();
        try (EventFile events = EventFile.create(folder, 6)) {
            events.scalars(6, Map.of("loss/step", -6.0));
        }
        assertThat(files()).hasSize(2).first().isEqualTo(first);
        assertThat(EventReader.scalars(folder).stream().map(Scalar::value))
                .containsExactly(0f, 1f, 2f, 3f, 4f, 5f, -6f);
    }

    @Test
    void aNewFileComesAfterTheOthersThoughTheClockWasSetBack() throws IOException {
        Path future = Files.createFile(folder.resolve("events.out.tfevents.9999999999.cryonext.0009"));
        EventFile.create(folder, 0).close();
        assertThat(files().getLast()).isEqualTo(folder.resolve("events.out.tfevents.9999999999.cryonext.0010"));
        assertThat(files().getFirst()).isEqualTo(future);
    }

    @Test
    void aFolderThatCannotBeIsNamed() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> EventFile.create(file, 0))
                .isInstanceOf(InputException.class)
                .hasMessage("Cannot write " + file + ": " + file + " is a file, not a folder; choose another place");
        assertThat(EventFile.isIn(file)).isFalse();
    }
}
