package org.cryonext.tools.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Function;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers that break each of the promises. */
class ReaderContractTest {
    @TempDir
    private Path folder;

    /** Keeps an allocation from being left out. */
    private byte[] last;

    private void hold(Function<Path, Object> reader, Consumer<Object> use) {
        new ReaderContract<>(folder.resolve("a.bin"), reader, use).accept(new byte[100]);
    }

    @Test
    void aReaderMayReadOrRefuse() {
        hold(Path::toString, text -> assertThat(text).asString().endsWith("a.bin"));
        hold(
                path -> {
                    throw new InputException(path + " is empty");
                },
                nothing -> {});
        hold(path -> path, path -> {
            throw new InputException(path + ": voxel 0 is NaN");
        });
    }

    @Test
    void anotherExceptionIsReported() {
        assertThatThrownBy(() -> hold(
                        path -> {
                            throw new IndexOutOfBoundsException(7);
                        },
                        nothing -> {}))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> hold(path -> path, path -> {
                    throw new StackOverflowError();
                }))
                .isInstanceOf(StackOverflowError.class);
    }

    @Test
    void aMessageWithoutTheFileIsReported() {
        assertThatThrownBy(() -> hold(
                        path -> {
                            throw new InputException("the file is empty");
                        },
                        nothing -> {}))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("not a sentence about a.bin: the file is empty");
    }

    @Test
    void anAllocationThatTheFileDoesNotJustifyIsReported() {
        hold(path -> last = new byte[1_000_000], nothing -> {});
        assertThatThrownBy(() -> hold(path -> last = new byte[1_100_000], nothing -> {}))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("a file of 100 bytes took Cost[allocated=1100");
    }

    @Test
    void aReadingThatTakesLongIsReported() {
        assertThatThrownBy(() -> hold(
                        path -> {
                            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
                            long end = threads.getCurrentThreadCpuTime() + 2_100_000_000L;
                            while (threads.getCurrentThreadCpuTime() < end) {
                                Thread.onSpinWait();
                            }
                            return path;
                        },
                        nothing -> {}))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("a file of 100 bytes took Cost[");
    }
}
