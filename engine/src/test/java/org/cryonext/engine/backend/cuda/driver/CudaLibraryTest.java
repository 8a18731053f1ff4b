package org.cryonext.engine.backend.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaLibraryTest {
    @TempDir
    private Path folder;

    /** The file is empty: nothing could be loaded from it. */
    @Test
    void anotherVersionIsNamedByItsFileAlone() throws IOException {
        List<Path> folders = List.of(folder.resolve("none"), folder);
        assertThat(CudaLibrary.CUBLAS.another(folders)).isEmpty();
        Path other = Files.createFile(folder.resolve("libcublas.so.13"));
        assertThat(CudaLibrary.CUBLAS.another(folders).orElseThrow().missing())
                .isEqualTo(other + " is not used: JCuda takes version 12 alone, so install "
                        + (System.getProperty("os.name").startsWith("Windows") ? "cublas64_12.dll" : "libcublas.so.12")
                        + " as well");
        assertThat(CudaLibrary.CUDNN.another(folders)).isEmpty();
    }
}
