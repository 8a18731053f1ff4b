package org.cryonext.engine.backend.cuda.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.cryonext.engine.backend.cuda.driver.Architecture;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiling at first use, by NVIDIA's compiler where this machine has it. */
final class KernelCacheTest {
    private static final String NAME = "layer_norm";

    private static List<Nvrtc> compilers;

    @TempDir
    Path folder;

    private final AtomicInteger searches = new AtomicInteger();

    @BeforeAll
    static void find() {
        compilers = NvrtcFinder.find();
        assumeFalse(
                compilers.isEmpty() && System.getenv("CI") == null,
                "NVIDIA's compiler is not on this machine; fetch it by: ./cryonext fetch cuda");
        assertThat(compilers).isNotEmpty();
    }

    private KernelImages images(int cuda) {
        return new KernelImages(
                List.of(KernelShelf.ofProgram()),
                cuda,
                () -> {
                    searches.incrementAndGet();
                    return compilers;
                },
                new KernelCache(folder.resolve("kernels")));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("kernels"))) {
            return files.toList();
        }
    }

    @Test
    void aKernelIsCompiledOnceForACardAndFoundAgain() throws IOException {
        Architecture card = new Architecture(8, 9);
        KernelImages images = images(99);
        assertThat(images.plan(NAME, card)).startsWith("compiled for sm_89 at first use by NVRTC ");
        KernelImage first = images.image(NAME, card);
        assertThat(first.bytes()).startsWith(0x7f, 'E', 'L', 'F');
        assertThat(first.origin()).startsWith(NAME + ".cu, compiled for sm_89 by NVRTC ");
        assertThat(files()).hasSize(1);
        // Whatever lies there under this name is taken: it is not compiled again.
        Files.writeString(files().getFirst(), "kept");
        assertThat(images(99).image(NAME, card).bytes()).asString().isEqualTo("kept");
        assertThat(searches).hasValue(2);
    }

    @Test
    void aCardThatTheCompilerDoesNotKnowGetsTheNewestOfItsFamilyOrAssembly() {
        Architecture newest = compilers.getFirst().architectures().getLast();
        KernelImages images = images(99);
        assertThat(images.choose(new Architecture(newest.major(), 9))
                        .orElseThrow()
                        .target())
                .isEqualTo(new Target.Cubin(newest));
        assertThat(images.choose(new Architecture(newest.major() + 1, 0))
                        .orElseThrow()
                        .target())
                .isEqualTo(new Target.Ptx(newest));
        String ptx = new String(
                images.image(NAME, new Architecture(newest.major() + 1, 0)).bytes());
        assertThat(ptx).contains(".target " + newest.sm());
    }

    @Test
    void aCompilerThatIsNewerThanTheDriverIsNotUsed() {
        assertThatThrownBy(() -> images(11).image(NAME, new Architecture(9, 0)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("the compilers that were found are of no use here (NVRTC ")
                .hasMessageContaining("; the driver goes with CUDA 11)")
                .hasMessageContaining("this program holds no compiled kernels");
    }

    @Test
    void whatElseLiesBesideACompilerDoesNotMatter() throws IOException {
        Path library = Path.of(compilers.getFirst().path());
        assumeFalse(library.getParent() == null, "NVIDIA's compiler is known by its name alone");
        Files.createSymbolicLink(folder.resolve(library.getFileName()), library.toRealPath());
        Files.writeString(folder.resolve("libnvrtc-builtins_static.a"), "an archive, as CUDA 13 has it");
        assertThat(Nvrtc.open(folder.resolve(library.getFileName()).toString()))
                .hasValueSatisfying(nvrtc -> assertThat(nvrtc.version())
                        .isEqualTo(compilers.getFirst().version()));
    }

    @Test
    void aSourceThatCannotBeCompiledIsNamedWithTheFirstComplaint() {
        KernelSource source =
                new KernelSource("broken", "extern \"C\" __global__ void f() { no such thing; }", new TreeMap<>());
        Target target = new Target.Cubin(new Architecture(9, 0));
        assertThatThrownBy(() -> compilers.getFirst().compile(source, target))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("cannot compile broken.cu for sm_90: broken.cu(1): error: ");
    }

    @Test
    void aCacheThatCannotBeWrittenCostsNothingButTime() throws IOException {
        Files.writeString(folder.resolve("kernels"), "a file where the folder should be");
        assertThat(images(99).image(NAME, new Architecture(9, 0)).bytes()).startsWith(0x7f, 'E', 'L', 'F');
        assertThat(folder.resolve("kernels")).hasContent("a file where the folder should be");
    }

    @Test
    void severalProcessesMayWriteAtOnce() throws IOException, InterruptedException {
        KernelSource source = KernelSource.of(NAME);
        Target target = new Target.Cubin(new Architecture(9, 0));
        KernelCache cache = new KernelCache(folder.resolve("kernels"));
        byte[] image = new byte[100_000];
        List<Thread> threads = Stream.generate(() ->
                        Thread.ofPlatform().unstarted(() -> cache.put(source, compilers.getFirst(), target, image)))
                .limit(8)
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(cache.get(source, compilers.getFirst(), target)).contains(image);
        assertThat(files()).hasSize(1);
    }
}
