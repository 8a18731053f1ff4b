package org.cryonext.engine.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;
import java.util.Optional;
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

    /** Every write to /dev/full fails as on a full disk, though the disk it seems to lie on is not full. */
    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "/dev/full is Linux's")
    void theOldContentStaysWhereTheDiskIsFull() throws IOException {
        Path target = Files.writeString(folder.resolve("out.txt"), "old");
        Path temporary = folder.resolve(".out.txt.part");
        Files.createSymbolicLink(temporary, Path.of("/dev/full"));
        assertThatThrownBy(() -> write(target))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("Cannot write " + target + ": ");
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
    void kindsOfFailuresBecomeAdvice() {
        assertThat(AtomicFile.reason(folder, new AccessDeniedException("/a")))
                .isEqualTo("the folder is not writable; choose another or change its permissions");
        assertThat(AtomicFile.reason(folder, new NoSuchFileException("/a")))
                .isEqualTo("no such folder; check the path");
        assertThat(AtomicFile.reason(folder, new IOException())).isEqualTo("IOException");
        assertThat(AtomicFile.reason(folder.resolve("a/b"), new FileSystemException("/a/.b.part", null, "Geht nicht")))
                .isEqualTo("Geht nicht");
    }

    @Test
    void theStateOfTheDiskIsAskedFor() {
        IOException foreign = new FileSystemException("/a/.b.part", null, "Kein Platz");
        assertThat(AtomicFile.reason(foreign, Optional.of(new Disk(4096, false))))
                .isEqualTo("no space is left on its disk; free some or choose another folder");
        assertThat(AtomicFile.reason(foreign, Optional.of(new Disk(1L << 40, true))))
                .isEqualTo("the file system is read-only; choose another folder");
        assertThat(AtomicFile.reason(foreign, Optional.of(new Disk(1L << 40, false))))
                .isEqualTo("Kein Platz");
        assertThat(AtomicFile.reason(foreign, Optional.empty())).isEqualTo("Kein Platz");
    }

    private static final class Disk extends FileStore {
        private final long usable;
        private final boolean readOnly;

        Disk(long usable, boolean readOnly) {
            this.usable = usable;
            this.readOnly = readOnly;
        }

        @Override
        public String name() {
            return "disk";
        }

        @Override
        public String type() {
            return "none";
        }

        @Override
        public boolean isReadOnly() {
            return readOnly;
        }

        @Override
        public long getTotalSpace() {
            return 1L << 40;
        }

        @Override
        public long getUsableSpace() {
            return usable;
        }

        @Override
        public long getUnallocatedSpace() {
            return usable;
        }

        @Override
        public boolean supportsFileAttributeView(Class<? extends FileAttributeView> type) {
            return false;
        }

        @Override
        public boolean supportsFileAttributeView(String name) {
            return false;
        }

        @Override
        public <V extends FileStoreAttributeView> V getFileStoreAttributeView(Class<V> type) {
            return null;
        }

        @Override
        public Object getAttribute(String attribute) {
            throw new UnsupportedOperationException();
        }
    }
}
