package org.cryonext.cryoet.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TomogramFolderTest {
    @TempDir
    private Path folder;

    private void create(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "");
    }

    @ParameterizedTest
    @CsvSource({
        "TS_01, TS_01.mrc",
        "TS_01, TS_01.rec",
        "TS_01, TS_01.map.gz",
        "TS_01.mrc, TS_01.mrc",
        "TS_01.tomostar, TS_01_10.00Apx.mrc",
        "TS_01, rec_TS_01.mrc",
        "sub/TS_01.mrc, sub/TS_01.mrc",
        "elsewhere/TS_01.mrc, TS_01.mrc",
        "model_9, model_9/reconstruction.mrc",
        "TS_01, TS_01.zarr/.zattrs",
        "TS_01.ome.zarr, TS_01.ome.zarr/zarr.json",
        "TS_01, rec_TS_01.zarr/.zgroup",
        "sub/TS_01, TS_01.ome.zarr/.zattrs"
    })
    void isFound(String tomogram, String file) throws IOException {
        create(file);
        create("TS_010.mrc");
        create("TS_01_picks.star");
        Path expected = folder.resolve(file);
        assertThat(new TomogramFolder(folder).find(tomogram))
                .isEqualTo(file.contains("/.z") || file.endsWith("zarr.json") ? expected.getParent() : expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../TS_01.mrc", "in/../../TS_01.mrc", "..", "/", "", ".", "../other/TS_01.mrc"})
    void nothingOutsideTheFolderIsFound(String tomogram) throws IOException {
        create("TS_01.mrc");
        create("reconstruction.mrc");
        create("other/TS_01.mrc");
        Path inner = Files.createDirectory(folder.resolve("inner"));
        TomogramFolder tomograms = new TomogramFolder(inner);
        assertThatThrownBy(() -> tomograms.find(tomogram)).isInstanceOf(InputException.class);
        String absolute = folder.resolve("TS_01.mrc").toString();
        assertThatThrownBy(() -> tomograms.find(absolute))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(inner + ": no file for the tomogram \"" + absolute + "\" of the list");
    }

    @Test
    void anAbsolutePathIntoTheFolderIsFoundAndSoIsALink() throws IOException {
        create("elsewhere/TS_01.mrc");
        Path inner = Files.createDirectory(folder.resolve("inner"));
        Path link = Files.createSymbolicLink(inner.resolve("TS_01.mrc"), folder.resolve("elsewhere/TS_01.mrc"));
        assertThat(new TomogramFolder(inner).find(link.toString())).isEqualTo(link);
        assertThat(new TomogramFolder(inner).find("TS_01")).isEqualTo(link);
    }

    @Test
    void aNameThatNoFileCanHaveIsNamed() {
        assertThatThrownBy(() -> new TomogramFolder(folder).find("TS\u0000_01"))
                .isInstanceOf(InputException.class)
                .hasMessage(folder + ": the tomogram \"TS\\u0000_01\" of the list cannot be the name of a file; correct"
                        + " the list");
    }

    @Test
    void severalAreNamed() throws IOException {
        create("TS_01_10.00Apx.mrc");
        create("TS_01_5.00Apx.mrc");
        assertThatThrownBy(() -> new TomogramFolder(folder).find("TS_01"))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        folder + ": several files could be the tomogram \"TS_01\": TS_01_10.00Apx.mrc,"
                                + " TS_01_5.00Apx.mrc; keep one of them in the folder or write the whole file name into the list");
    }

    @Test
    void noneIsNamed() {
        assertThatThrownBy(() -> new TomogramFolder(folder).find("TS_01"))
                .isInstanceOf(InputException.class)
                .hasMessage(folder
                        + ": no file for the tomogram \"TS_01\" of the list; expected was TS_01.mrc, .rec, .map or .zarr"
                        + " (also rec_TS_01.mrc, TS_01_10.00Apx.mrc or TS_01/reconstruction.mrc)");
    }
}
