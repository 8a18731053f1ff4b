package org.cryonext.engine.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "links need a right there that users lack")
final class ConfinedFileTest {
    @TempDir
    Path outside;

    private Path root;

    @BeforeEach
    void resolve() throws IOException {
        root = outside.toRealPath();
    }

    private Path file(String path) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, path);
    }

    private Path link(String path, String target) throws IOException {
        Path link = root.resolve(path);
        Files.createDirectories(link.getParent());
        return Files.createSymbolicLink(link, Path.of(target));
    }

    @Test
    void findsFilesOfTheFolder() throws IOException {
        Path a = file("model/a");
        Path b = file("model/weights/b");
        link("model/c", "weights/b");
        link("elsewhere", "model");
        assertThat(ConfinedFile.in(root.resolve("model"), Path.of("a"))).contains(a);
        assertThat(ConfinedFile.in(root.resolve("model"), Path.of("c"))).contains(b);
        assertThat(ConfinedFile.in(root.resolve("elsewhere"), Path.of("weights/b")))
                .as("the folder itself may be reached by a link")
                .contains(b);
        assertThatThrownBy(() -> ConfinedFile.in(root.resolve("model"), Path.of("none")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void findsNothingElsewhere() throws IOException {
        file("secret");
        file("model/a");
        file("blobs/b");
        link("model/up", "..");
        link("model/link", "../secret");
        link("model/blob", "../blobs/b");
        for (String name : new String[] {"link", "up/secret", "../secret", "blob"}) {
            assertThat(ConfinedFile.in(root.resolve("model"), Path.of(name)))
                    .as(name)
                    .isEmpty();
        }
    }

    @Test
    void findsTheBlobsOfTheModelInHuggingFacesCache() throws IOException {
        Path blob = file("models--a--b/blobs/1234");
        file("models--c--d/blobs/1234");
        file("models--a--b/refs/main");
        link("models--a--b/snapshots/r1/weights", "../../blobs/1234");
        link("models--a--b/snapshots/r1/onnx/weights", "../../../blobs/1234");
        link("models--a--b/snapshots/r1/other", "../../../models--c--d/blobs/1234");
        link("models--a--b/snapshots/r1/reference", "../../refs/main");
        Path snapshot = root.resolve("models--a--b/snapshots/r1");
        assertThat(ConfinedFile.in(snapshot, Path.of("weights"))).contains(blob);
        assertThat(ConfinedFile.in(snapshot.resolve("onnx"), Path.of("weights")))
                .contains(blob);
        assertThat(ConfinedFile.in(snapshot, Path.of("other"))).isEmpty();
        assertThat(ConfinedFile.in(snapshot, Path.of("reference"))).isEmpty();
    }
}
