package org.cryonext.tools.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What fuzzing begins with and what it found, without the fuzzer: each file as it is, cut off at a hundred places, and with
 * a byte, or four, set there to what is often a surprise.
 */
class SeedMutationsTest {
    private static final List<byte[]> WORDS = Stream.of(
                    "ffffffff", "ffffff7f", "7fffffff", "80000000", "00000080", "00000000")
            .map(HexFormat.of()::parseHex)
            .toList();

    @TempDir
    private Path folder;

    private interface Opener {
        Consumer<byte[]> open(Path folder) throws IOException;
    }

    private enum Reader {
        SAFETENSORS("Safetensors", SafetensorsFuzzTest::reader),
        MRC("Mrc", MrcFuzzTest::reader),
        ZARR("Zarr", ZarrFuzzTest::reader),
        STAR("Star", StarFuzzTest::reader),
        PARTICLE_LIST("ParticleList", ParticleListFuzzTest::reader),
        ONNX("Onnx", OnnxFuzzTest::reader),
        TORCH("Torch", TorchFuzzTest::reader),
        INDEX("Index", IndexFuzzTest::reader),
        CONFIG("Config", ConfigFuzzTest::reader);

        private final Path seeds;
        private final Opener opener;

        Reader(String name, Opener opener) {
            this.seeds = Path.of("src/test/resources/org/cryonext/tools/fuzz", name + "FuzzTestInputs/anyBytes");
            this.opener = opener;
        }
    }

    @ParameterizedTest
    @EnumSource(Reader.class)
    void cutOffAndChanged(Reader kind) throws IOException {
        Consumer<byte[]> reader = kind.opener.open(folder);
        List<Path> seeds;
        try (Stream<Path> files = Files.list(kind.seeds)) {
            seeds = files.sorted().toList();
        }
        assertThat(seeds).isNotEmpty();
        for (Path seed : seeds) {
            byte[] bytes = Files.readAllBytes(seed);
            require(reader, seed, "as it is", bytes);
            // About a hundred places; an odd step meets fields of two, four and eight bytes at every one of their
            // bytes.
            int step = Math.ceilDiv(bytes.length, 100) | 1;
            for (int i = 0; i < bytes.length; i += step) {
                require(reader, seed, "cut off after " + i + " bytes", Arrays.copyOf(bytes, i));
                byte[] changed = bytes.clone();
                // Sign, last bit, a digit's neighbour, an end of line: one of them for each byte, by its place.
                changed[i] = (byte)
                        (i % 4 == 3
                                ? '\n'
                                : bytes[i] ^ List.of(0x80, 0x01, 0x02).get(i % 4));
                require(reader, seed, "with byte " + i + " changed", changed);
                if (i % 4 == 0 && i + 4 <= bytes.length) {
                    byte[] word = WORDS.get(i / 4 % WORDS.size());
                    byte[] replaced = bytes.clone();
                    System.arraycopy(word, 0, replaced, i, word.length);
                    require(reader, seed, "with bytes from " + i + " on changed", replaced);
                }
            }
        }
    }

    private static void require(Consumer<byte[]> reader, Path seed, String how, byte[] bytes) {
        try {
            reader.accept(bytes);
        } catch (RuntimeException | Error e) {
            throw new AssertionError(seed.getFileName() + " " + how, e);
        }
    }
}
