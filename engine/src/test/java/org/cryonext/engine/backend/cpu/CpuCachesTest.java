package org.cryonext.engine.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuCachesTest {
    @TempDir
    private Path folder;

    private void cache(int index, String level, String type, String size) throws IOException {
        Path cache = Files.createDirectories(folder.resolve("index" + index));
        Files.writeString(cache.resolve("level"), level + "\n");
        Files.writeString(cache.resolve("type"), type + "\n");
        Files.writeString(cache.resolve("size"), size + "\n");
    }

    @Test
    void readsWhatLinuxSaysOfAProcessor() throws IOException {
        cache(0, "1", "Data", "48K");
        cache(1, "1", "Instruction", "32K");
        cache(2, "2", "Unified", "512K");
        cache(3, "3", "Unified", "16M");
        assertThat(CpuCaches.described(folder)).contains(new CpuCaches(512 << 10, 16 << 20));
    }

    @Test
    void takesTheSecondLevelForTheLastWhereThereIsNoOther() throws IOException {
        cache(0, "1", "Data", "32K");
        cache(1, "2", "Unified", "2048K");
        assertThat(CpuCaches.described(folder)).contains(new CpuCaches(2 << 20, 2 << 20));
    }

    @Test
    void doesNotGuessFromWhatItDoesNotUnderstand() throws IOException {
        assertThat(CpuCaches.described(folder)).isEmpty();
        assertThat(CpuCaches.described(folder.resolve("missing"))).isEmpty();
        cache(0, "2", "Unified", "plenty");
        assertThat(CpuCaches.described(folder)).isEmpty();
    }

    /** A virtual machine may say that a core has 16 MiB, or nothing that makes sense. */
    @Test
    void cutsNothingSmallerOrLargerThanAnyProcessorWants() {
        assertThat(CpuCaches.USUAL.tileFloats()).isEqualTo(128 << 10);
        assertThat(CpuCaches.USUAL.groupFloats()).isEqualTo(2 << 20);
        CpuCaches tiny = new CpuCaches(1, 1);
        CpuCaches vast = new CpuCaches(Long.MAX_VALUE, Long.MAX_VALUE);
        assertThat(tiny.tileFloats()).isEqualTo(32 << 10);
        assertThat(vast.tileFloats()).isEqualTo(256 << 10);
        assertThat(tiny.groupFloats()).isEqualTo(256 << 10);
        assertThat(vast.groupFloats()).isEqualTo(2 << 20);
    }
}
