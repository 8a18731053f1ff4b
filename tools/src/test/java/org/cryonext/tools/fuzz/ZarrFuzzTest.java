package org.cryonext.tools.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.cryonext.cryoet.volume.OmeZarrVolume;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * OME-Zarr images in which one file is any bytes: the first of them says in which image and which file, by its place in
 * {@link #FILES}.
 */
class ZarrFuzzTest {
    private static final Path IMAGES = Path.of("../cryoet/src/test/resources/org/cryonext/cryoet/zarr");

    /** Metadata of both versions, and a chunk for each codec. */
    private static final List<String> FILES = List.of(
            "v2-plain.zarr/.zattrs",
            "v2-plain.zarr/0/.zarray",
            "v3-half.zarr/zarr.json",
            "v3-shards.zarr/0/zarr.json",
            "v2-plain.zarr/0/0.0.0",
            "v2-zlib.zarr/0/0/0/0/0/0",
            "v2-gzip.zarr/0/0.0.0",
            "v3-zstd.zarr/0/0.0.0",
            "v2-zstd.zarr/full/0/0.0.0",
            "v2-blosc-lz4.zarr/0/0.0.0",
            "v2-blosc-zstd.zarr/0/0.0.0",
            "v2-blosc-zlib.zarr/0/0.0.0",
            "v2-blosc-bits.zarr/0/0.0.0",
            "v2-blosc-noise.zarr/0/0.0.0",
            "v3-shards.zarr/0/c/0/0/0",
            "v3-shards-start.zarr/0/c/0/0/0");

    @TempDir
    private Path folder;

    private Consumer<byte[]> reader;

    @BeforeEach
    void open() throws IOException {
        reader = reader(folder);
    }

    @FuzzTest
    @DictionaryEntries({
        "\\\"multiscales\\\"",
        "\\\"coordinateTransformations\\\"",
        "\\\"sharding_indexed\\\"",
        "\\\"chunk_shape\\\"",
        "\\\"fill_value\\\"",
        "\\\"../../3\\\"",
        "1e308"
    })
    void anyBytes(byte[] bytes) {
        reader.accept(bytes);
    }

    static Consumer<byte[]> reader(Path folder) throws IOException {
        List<Consumer<byte[]>> readers = new ArrayList<>();
        for (int i = 0; i < FILES.size(); i++) {
            Path place = folder.resolve(Integer.toString(i));
            String image = FILES.get(i).substring(0, FILES.get(i).indexOf('/'));
            copy(image, place);
            // Its own copy, for others to stay whole.
            readers.add(new ReaderContract<>(
                    place.resolve(FILES.get(i)),
                    place.toString(),
                    any -> OmeZarrVolume.open(place.resolve(image)),
                    ZarrFuzzTest::look));
        }
        OpenedFiles.allow(folder);
        return bytes -> {
            if (bytes.length > 0) {
                readers.get((bytes[0] & 0xFF) % readers.size()).accept(Arrays.copyOfRange(bytes, 1, bytes.length));
            }
        };
    }

    private static void copy(String image, Path to) throws IOException {
        try (Stream<Path> entries = Files.walk(IMAGES.resolve(image))) {
            entries.forEach(entry -> {
                try {
                    Path copy = to.resolve(IMAGES.relativize(entry).toString());
                    Files.createDirectories(copy.getParent());
                    Files.copy(entry, copy);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    private static void look(OmeZarrVolume volume) {
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
