package org.cryonext.tools.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.cryonext.cryoet.volume.MrcVolume;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** MRC files: plain, or gzipped where the bytes begin as gzip's do. */
class MrcFuzzTest {
    @TempDir
    private Path folder;

    private Consumer<byte[]> reader;

    @BeforeEach
    void open() {
        reader = reader(folder);
    }

    @FuzzTest
    void anyBytes(byte[] bytes) {
        reader.accept(bytes);
    }

    static Consumer<byte[]> reader(Path folder) {
        var plain = new ReaderContract<>(folder.resolve("a.mrc"), MrcVolume::open, MrcFuzzTest::look);
        var packed = new ReaderContract<>(folder.resolve("a.mrc.gz"), MrcVolume::open, MrcFuzzTest::look);
        return bytes -> (isGzip(bytes) ? packed : plain).accept(bytes);
    }

    private static boolean isGzip(byte[] bytes) {
        return bytes.length > 1 && bytes[0] == 0x1F && bytes[1] == (byte) 0x8B;
    }

    private static void look(MrcVolume volume) {
        try (volume) {
            volume.get(volume.nx() - 1, volume.ny() - 1, volume.nz() - 1);
            if (volume.voxels() <= 1 << 16) {
                float[] slice = new float[volume.nx() * volume.ny()];
                for (int z = 0; z < volume.nz(); z++) {
                    volume.readSlice(z, slice);
                }
            }
        }
    }
}
