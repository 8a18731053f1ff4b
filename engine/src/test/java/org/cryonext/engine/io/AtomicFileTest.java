package org.cryonext.engine.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    private Path folder;

    private static void write(Path target) {
        AtomicFile.write(target, temporary -> Files.writeString(temporary, "new"));
    }

    private static void refused(Path target, String reason) {
        assertThatThrownBy(() -> write(target))
                .isInstanceOf(InputException.class)
                .hasMessage("Cannot write " + target + ": " + reason);
    }

    @Test
    void replacesTheOldContentAndMakesFolders() {
        Path target = folder.resolve("a/b/out.txt");
        write(target);
        write(target);
        assertThat(target).hasContent("new");
        assertThat(target.getParent()).isDirectoryContaining(file -> file.equals(target));
        assertThat(target.resolveSibling(".out.txt.part")).doesNotExist();
    }

    @Test
    void theOldContentStaysWhereTheNewIsNotWhole() throws IOException {
        Path target = Files.writeString(folder.resolve("out.txt"), "old");
        assertThatThrownBy(() -> AtomicFile.write(target, temporary -> {
                    Files.writeString(temporary, "ne");
                    throw new IOException("Input/output error");
                }))
                .isInstanceOf(InputException.class)
                .hasMessage("Cannot write " + target + ": Input/output error");
        assertThat(target).hasContent("old");
        assertThat(target.resolveSibling(".out.txt.part")).doesNotExist();
    }

    /** Every write to /dev/full fails as on a full disk. */
    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "/dev/full is Linux's")
    void aFullDiskIsNamedAndTheOldContentStays() throws IOException {
        Path target = Files.writeString(folder.resolve("out.txt"), "old");
        Path temporary = folder.resolve(".out.txt.part");
        Files.createSymbolicLink(temporary, Path.of("/dev/full"));
        refused(target, "no space is left on its disk; free some or choose another folder");
        assertThat(target).hasContent("old");
        assertThat(temporary).doesNotExist();
    }

    /** The JDK's own modules are a file system that nobody may write to, whoever runs the test. */
    @Test
    void aReadOnlyFileSystemIsNamed() {
        refused(
                Path.of(URI.create("jrt:/java.base/java/out.txt")),
                "the file system is read-only; choose another folder");
        refused(
                Path.of(URI.create("jrt:/java.base/java/new/out.txt")),
                "the file system is read-only; choose another folder");
    }

    @Test
    void aFolderThatIsAFileIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        refused(file.resolve("out.txt"), file + " is a file, not a folder; choose another place");
    }

    @Test
    void theSystemsReasonsBecomeAdvice() {
        String full = "no space is left on its disk; free some or choose another folder";
        assertThat(AtomicFile.reason(new IOException("No space left on device")))
                .isEqualTo(full);
        assertThat(AtomicFile.reason(new IOException("There is not enough space on the disk")))
                .isEqualTo(full);
        assertThat(AtomicFile.reason(new FileSystemException("/a/.b.part", null, "Disk quota exceeded")))
                .isEqualTo(full);
        assertThat(AtomicFile.reason(new FileSystemException("/a/.b.part", null, "Read-only file system")))
                .isEqualTo("the file system is read-only; choose another folder");
        assertThat(AtomicFile.reason(new AccessDeniedException("/a")))
                .isEqualTo("the folder is not writable; choose another or change its permissions");
        assertThat(AtomicFile.reason(new NoSuchFileException("/a"))).isEqualTo("no such folder; check the path");
        assertThat(AtomicFile.reason(new IOException())).isEqualTo("IOException");
    }
}
