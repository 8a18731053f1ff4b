package org.cryonext.cryoet.volume;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every way in which an OME-Zarr image can be bad, with the sentence that the user reads. */
class OmeZarrErrorsTest {
    private static final String DAMAGED = ": this chunk of the volume is damaged: ";
    private static final String AGAIN = "; copy or download it again";

    @TempDir
    private Path folder;

    private static void refused(Path path, String message) {
        assertThatThrownBy(() -> {
                    try (Volume volume = VolumeFile.open(path)) {
                        volume.read(0, 0, 0, volume.nx(), volume.ny(), volume.nz(), new float[2000], 0);
                    }
                })
                .isInstanceOf(InputException.class)
                .hasMessage(message);
    }

    /** An image in whose file a text was replaced. */
    private void refused(String name, String file, String old, String text, String message) throws IOException {
        Path image = OmeZarrImages.copy(name, folder);
        OmeZarrImages.replace(image.resolve(file), old, text);
        refused(image, image.resolve(file) + message);
    }

    @Test
    void noImage() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("a.zarr"));
        refused(
                empty,
                empty
                        + " is not an OME-Zarr image: neither .zattrs nor zarr.json is in it; give the folder that has one of"
                        + " them, or copy it again");
        refused(folder, folder + " is a folder, an MRC file was expected; give the file in it");
        Path array = OmeZarrImages.image("v2-plain").resolve("0");
        refused(array, array + " is a Zarr array, an OME-Zarr image was expected; give the folder above it");
        Path newer = OmeZarrImages.image("v3-plain").resolve("0");
        refused(newer, newer + " is a Zarr array, an OME-Zarr image was expected; give the folder above it");
        Files.writeString(empty.resolve(".zattrs"), "{\"bioformats2raw.layout\": 3}");
        refused(
                empty,
                empty.resolve(".zattrs")
                        + ": no multiscales stand in it, the metadata of an OME-Zarr image (0.4 or 0.5);"
                        + " give the folder whose .zattrs has them, which lies beside or in this one (bioformats2raw puts it"
                        + " into " + empty.resolve("0") + ")");
    }

    @Test
    void metadataThatAreNoJson() throws IOException {
        Path image = OmeZarrImages.copy("v2-plain", folder);
        Files.writeString(image.resolve(".zattrs"), "{\"multiscales\": [");
        refused(image, image.resolve(".zattrs") + ": it is no longer JSON at line 1, column 18" + AGAIN);
        Files.writeString(image.resolve(".zattrs"), "[]");
        refused(image, image.resolve(".zattrs") + " is not a JSON object" + AGAIN);
    }

    @Test
    void imagesThatAreNoVolume() throws IOException {
        refused(
                "v2-plain",
                ".zattrs",
                "\"name\": \"z\"",
                "\"name\": \"s\"",
                ": the axes are [s, y, x], x, y and z were expected, each once; give an image that is a volume");
    }

    @Test
    void severalChannels() throws IOException {
        Path image = OmeZarrImages.copy("v3-plain", folder);
        OmeZarrImages.replace(image.resolve("0/zarr.json"), "\"shape\":[1,9,", "\"shape\":[2,9,");
        refused(
                image,
                image.resolve("0")
                        + ": the axis c has 2 elements, 1 was expected; write the one that is wanted as an image"
                        + " of its own");
    }

    @Test
    void anArrayOfOtherAxes() throws IOException {
        Path image = OmeZarrImages.copy("v2-plain", folder);
        OmeZarrImages.replace(image.resolve("0/.zarray"), "[9,10,13]", "[9,10,13,1]");
        OmeZarrImages.replace(image.resolve("0/.zarray"), "[4,5,7]", "[4,5,7,1]");
        refused(
                image,
                image.resolve("0") + ": the array has 4 axes (9 x 10 x 13 x 1), 3 by the image's metadata; the image is"
                        + " damaged");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"path\": \"0\" | \"path\": \"1\" | and no such folder is in the image; copy or download it again",
                "\"path\": \"0\" | \"path\": \"..\" | which lies outside of the image; a folder in it was expected",
                "\"path\": \"0\" | \"path\": \"a\\u0000\" | the name of a folder in the image was expected; the file is damaged",
            })
    void datasetsElsewhere(String old, String text, String message) throws IOException {
        String found = text.substring(text.indexOf(": ") + 2);
        refused("v2-plain", ".zattrs", old, text, ": multiscales[0].datasets[0].path is " + found + ", " + message);
    }

    @Test
    void scales() throws IOException {
        refused(
                "v2-hole",
                ".zattrs",
                "13.48",
                "0",
                ": multiscales[0].datasets[0].coordinateTransformations[0].scale is [0,0,0], 3 numbers above 0 were"
                        + " expected, one an axis; the file is damaged");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "v2-zlib | \"id\":\"zlib\" | \"id\":\"bz2\" | compressor.id is \"bz2\", which cannot be read (zlib, gzip, zstd and"
                        + " blosc can, and none): write the volume again with one of these",
                "v2-blosc-lz4 | \"cname\":\"lz4\" | \"cname\":\"blosclz\" | compressor.cname is \"blosclz\", which cannot be read"
                        + " (of blosc's lz4, lz4hc, zlib, zstd can): write the volume again with one of these",
                "v2-plain | \"order\":\"C\" | \"order\":\"F\" | order is \"F\", C was expected: write the volume again in C order",
                "v2-plain | \"filters\":null | \"filters\":[{\"id\":\"delta\"}] | filters is [{\"id\":\"delta\"}], none was"
                        + " expected: write the volume again without filters",
                "v2-plain | \"<f4\" | \"<f8\" | dtype is \"<f8\", which cannot be read (int8, uint8, int16, uint16, float16,"
                        + " float32 can): write the volume again as float32",
                "v2-plain | \"<f4\" | [[\"a\",\"<f4\"]] | dtype is [[\"a\",\"<f4\"]], a text was expected",
                "v2-plain | \"chunks\":[4,5,7] | \"chunks\":[4,5] | the array has 3 axes and a chunk 2, as many were expected;"
                        + " the file is damaged",
                "v2-plain | \"chunks\":[4,5,7] | \"chunks\":[4,0,7] | chunks[1] is 0, a whole number from 1 to 2147483647 was"
                        + " expected",
                "v2-plain | \"shape\": | \"size\": | the key shape is missing; the file is damaged or not the metadata of an"
                        + " OME-Zarr image",
                "v2-plain | [9,10,13] | [2147483647,2147483647,2147483647] | an array of 2147483647 x 2147483647 x 2147483647 is"
                        + " more than any file can hold; the file is damaged",
                "v2-plain | \"fill_value\":0.0 | \"fill_value\":\"none\" | fill_value is \"none\", a number was expected; the file"
                        + " is damaged",
            })
    void arraysOfZarr2(String name, String old, String text, String message) throws IOException {
        refused(name, "0/.zarray", old, text, ": " + message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "v3-zstd | \"name\":\"zstd\" | \"name\":\"bz2\" | codecs[1].name is \"bz2\", which cannot be read (gzip, zlib,"
                        + " zstd, blosc and crc32c can, and shards): write the volume again with one of these",
                "v3-half | \"data_type\":\"float16\" | \"data_type\":\"complex64\" | data_type is \"complex64\", which cannot be"
                        + " read (int8, uint8, int16, uint16, float16, float32 can): write the volume again as float32",
                "v3-half | \"name\":\"regular\" | \"name\":\"rectangular\" | chunk_grid.name is \"rectangular\", regular was"
                        + " expected: write the volume again so",
                "v3-shards | [4,5,4] | [4,4,4] | a shard of 8 x 10 x 8 is no whole number of chunks of 4 x 4 x 4; the file is"
                        + " damaged",
                "v3-half | \"node_type\":\"array\" | \"node_type\":\"group\" | node_type is \"group\", array was expected; copy or"
                        + " download the volume again",
            })
    void arraysOfZarr3(String name, String old, String text, String message) throws IOException {
        refused(name, "0/zarr.json", old, text, ": " + message);
    }

    @Test
    void aChunkThatIsMoreThanMemory() throws IOException {
        Path image = OmeZarrImages.copy("v2-plain", folder);
        OmeZarrImages.replace(image.resolve("0/.zarray"), "[4,5,7]", "[100000,100000,100000]");
        assertThatThrownBy(() -> VolumeFile.open(image))
                .isInstanceOf(InputException.class)
                .hasMessageMatching("\\Q" + image.resolve("0/.zarray")
                        + ": a chunk of 100000 x 100000 x 100000 elements of 4 bytes is more than the \\E[0-9]+\\Q MiB that are"
                        + " unpacked at once; write the volume again in chunks of 64 to 128 voxels an axis\\E");
    }

    @Test
    void anArrayWithoutChunks() throws IOException {
        Path image = OmeZarrImages.copy("v2-blosc-lz4", folder);
        Files.delete(image.resolve("0/0.0.0"));
        refused(
                image,
                image.resolve("0")
                        + ": no chunk is in it, so that every voxel would be 0.0; copy or download the volume again");
    }

    @Test
    void anArrayWithoutMetadata() throws IOException {
        Path image = OmeZarrImages.copy("v2-plain", folder);
        Files.delete(image.resolve("0/.zarray"));
        refused(
                image,
                image.resolve("0")
                        + ": neither .zarray nor zarr.json is in it, one of which every Zarr array has; copy or"
                        + " download the volume again");
    }

    /** The first chunk of each, cut in half. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "v2-plain | 0/0.0.0 | it has 280 bytes, 560 were expected",
                "v2-zlib | 0/0/0/0/0/0 | its zlib data end early or are damaged",
                "v2-gzip | 0/0.0.0 | its gzip data end early or are damaged",
                "v2-zstd | full/0/0.0.0 | its zstd data end early or are damaged",
                "v3-plain | 0/c/0/0/0/0 | it has 480 bytes, 960 were expected",
                "v3-zstd | 0/0.0.0 | its checksum (CRC32C) does not fit its bytes",
            })
    void aTruncatedChunk(String name, String file, String message) throws IOException {
        Path image = OmeZarrImages.copy(name, folder);
        cut(image.resolve(file), 2);
        refused(image, image.resolve(file) + DAMAGED + message + AGAIN);
    }

    private static void cut(Path file, int part) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / part));
    }

    @ParameterizedTest
    @CsvSource({"v2-blosc-lz4", "v2-blosc-zstd", "v2-blosc-zlib", "v2-blosc-noise"})
    void aTruncatedChunkOfBlosc(String name) throws IOException {
        Path image = OmeZarrImages.copy(name, folder);
        Path chunk = image.resolve("0/0.0.0");
        long bytes = Files.size(chunk);
        cut(chunk, 2);
        refused(
                image,
                chunk + DAMAGED + "it has " + bytes / 2 + " bytes, " + bytes
                        + " by its blosc header: it ends early or is" + " damaged" + AGAIN);
    }

    @Test
    void aChunkOfAnotherSize() throws IOException {
        Path image = OmeZarrImages.copy("v2-zstd", folder);
        OmeZarrImages.replace(image.resolve("full/0/.zarray"), "[6,10,8]", "[6,10,9]");
        refused(image, image.resolve("full/0/0.0.0") + DAMAGED + "it unpacks to 960 bytes, 1080 were expected" + AGAIN);
    }

    @Test
    void aShardWhoseIndexIsDamaged() throws IOException {
        Path image = OmeZarrImages.copy("v3-shards", folder);
        Path shard = image.resolve("0/c/0/0/0");
        byte[] bytes = Files.readAllBytes(shard);
        cut(shard, 2);
        refused(image, shard + DAMAGED + "its checksum (CRC32C) does not fit its bytes" + AGAIN);
        Files.write(shard, Arrays.copyOf(bytes, 100));
        refused(image, shard + DAMAGED + "it has 100 bytes, its index alone has 132" + AGAIN);

        Path second = OmeZarrImages.copy("v3-shards-start", folder);
        Path plain = second.resolve("0/c/0/0/0");
        byte[] index = Files.readAllBytes(plain);
        // The sign of the first offset.
        index[7] = (byte) 0x80;
        Files.write(plain, index);
        refused(
                second,
                plain + DAMAGED + "its index says that a chunk of 80 bytes stands at 9223372036854776064 of its "
                        + index.length + AGAIN);
    }

    @Test
    void aVoxelThatIsNoNumber() throws IOException {
        Path image = OmeZarrImages.copy("v2-hole", folder);
        OmeZarrImages.replace(image.resolve("0/.zarray"), "\"fill_value\":0.0", "\"fill_value\":\"NaN\"");
        refused(
                image,
                image
                        + ": voxel (7, 5, 8) is NaN, a number was expected; the tomogram is damaged or was masked with NaN,"
                        + " write it again with finite values");
    }
}
