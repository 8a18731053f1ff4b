package org.cryonext.engine.backend.cuda.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.cryonext.engine.backend.cuda.driver.Architecture;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which image a card gets. */
final class KernelImagesTest {
    private static final String NAME = KernelSource.names().getFirst();
    private static final KernelSource SOURCE = KernelSource.of(NAME);

    @TempDir
    Path folder;

    private static Architecture sm(String text) {
        return Architecture.parse(text);
    }

    private void cubin(String architecture) {
        KernelShelf.write(folder, SOURCE, new Target.Cubin(sm(architecture)), ("cubin " + architecture).getBytes());
    }

    private KernelImages images() {
        return new KernelImages(
                List.of(KernelShelf.of(folder)), 12, List::of, new KernelCache(folder.resolve("cache")));
    }

    private String image(String card) {
        return new String(images().image(NAME, sm(card)).bytes());
    }

    @ParameterizedTest
    @CsvSource({
        "sm_75, sm_75",
        "sm_80, sm_80",
        "sm_86, sm_86",
        "sm_89, sm_86",
        "sm_90, sm_90",
    })
    void ofTheCardsFamilyTheNewestThatIsNotNewer(String card, String expected) {
        List.of("sm_75", "sm_80", "sm_86", "sm_90").forEach(this::cubin);
        assertThat(image(card)).isEqualTo("cubin " + expected);
    }

    @Test
    void aCardThatIsNewerThanAllGetsAssembly() {
        List.of("sm_75", "sm_90").forEach(this::cubin);
        KernelShelf.write(folder, SOURCE, new Target.Ptx(sm("sm_90")), "ptx".getBytes());
        assertThat(image("sm_120")).isEqualTo("ptx");
        assertThat(image("sm_90")).isEqualTo("cubin sm_90");
        // Assembly for an older card than those that have binaries could lack what the host relies on.
        KernelShelf.write(folder, SOURCE, new Target.Ptx(sm("sm_75")), "old".getBytes());
        assertThatThrownBy(() -> image("sm_80")).isInstanceOf(InputException.class);
    }

    @Test
    void withoutAnythingItSaysWhatIsMissingAndWhatToDo() {
        cubin("sm_75");
        assertThatThrownBy(() -> image("sm_90"))
                .isInstanceOf(InputException.class)
                .hasMessage("There is no " + NAME + " kernel for a card of architecture sm_90: " + folder
                        + " holds none for it, and no compiler (NVRTC of CUDA 12 or 13) was found; get one by: cryonext"
                        + " fetch cuda, or make kernels on a machine that has one (cryonext kernels --arch sm_90 --out"
                        + " DIR) and give them by --kernels DIR");
    }

    @Test
    void imagesOfOtherSourcesAreRefused() {
        KernelSource other = new KernelSource(NAME, SOURCE.text() + "\n", SOURCE.headers());
        KernelShelf.write(folder, other, new Target.Cubin(sm("sm_75")), "cubin".getBytes());
        assertThatThrownBy(() -> image("sm_75"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("was compiled from another version of this program");
    }

    @Test
    void aFolderWithoutItsListIsNone() throws IOException {
        Files.createDirectories(folder.resolve("sm_75"));
        assertThatThrownBy(this::images)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("lacks sources.sha256");
        assertThatThrownBy(() -> KernelShelf.of(folder.resolve("no")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no such folder of kernels");
        Files.writeString(folder.resolve("sources.sha256"), "what is this\n");
        assertThatThrownBy(this::images)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("has the line \"what is this\"");
    }

    @Test
    void aDigestChangesWithAHeader() {
        TreeMap<String, String> headers = new TreeMap<>(SOURCE.headers());
        headers.replaceAll((name, text) -> text + " ");
        assertThat(SOURCE.headers()).containsKey("types.cuh");
        assertThat(new KernelSource(NAME, SOURCE.text(), headers).digest()).isNotEqualTo(SOURCE.digest());
        assertThat(KernelSource.of(NAME).digest()).isEqualTo(SOURCE.digest());
    }
}
