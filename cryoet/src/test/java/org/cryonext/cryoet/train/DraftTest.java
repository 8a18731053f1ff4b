package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DraftTest {
    @TempDir
    private Path folder;

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    @Test
    void aFileAppearsWholeOrNotAtAll() throws IOException {
        Path file = folder.resolve("deeper").resolve("results.f32");
        try (Draft draft = Draft.of(file)) {
            draft.write(bytes("cd"), 2);
            assertThat(file).doesNotExist();
            draft.write(bytes("ab"), 0);
            draft.complete();
            assertThat(file).hasContent("abcd");
        }
        assertThat(file).hasContent("abcd");
        try (Draft draft = Draft.of(file)) {
            draft.write(bytes("other"), 0);
        }
        assertThat(file).as("never completed").hasContent("abcd");
        try (Stream<Path> files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void severalMayWriteTheSameAtOnce() throws IOException {
        Path file = folder.resolve("results.f32");
        try (Draft first = Draft.of(file);
                Draft second = Draft.of(file)) {
            first.write(bytes("first"), 0);
            second.write(bytes("second"), 0);
            first.complete();
            assertThat(file).hasContent("first");
            second.complete();
            assertThat(file).hasContent("second");
        }
        assertThat(files()).containsExactly(file);
    }

    @Test
    void whatKilledProcessesLeftIsDeletedAndNothingElse() throws IOException {
        Path file = folder.resolve("results.f32");
        Path left = Files.writeString(folder.resolve(".results.f32.12345678-1234-1234-1234-123456789abc.part"), "half");
        Path others = Files.writeString(folder.resolve(".download.part"), "of somebody else");
        try (Draft draft = Draft.of(file)) {
            draft.write(bytes("whole"), 0);
            Draft.deleteLeft(folder);
            assertThat(left).doesNotExist();
            assertThat(others).exists();
            draft.complete();
        }
        assertThat(file).hasContent("whole");
        Draft.deleteLeft(folder.resolve("nowhere"));
    }

    @Test
    void aTemporaryFileGoesWhenItIsClosed() throws IOException {
        Path file = folder.resolve("train.f32");
        Files.writeString(file, "left by a killed process");
        try (Draft draft = Draft.temporary(file)) {
            draft.write(bytes("now"), 0);
            draft.complete();
            assertThat(file).hasContent("now");
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void whereNothingCanBeWrittenIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "").resolve("results.f32");
        assertThatThrownBy(() -> Draft.of(file))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("Cannot write " + file + ": ");
    }
}
