package org.cryonext.engine.backend.cuda.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.cryonext.engine.backend.cuda.driver.Architecture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every kernel compiles for every architecture, and no thread keeps registers in memory. Needs NVIDIA's compiler, no card:
 * without it the test is skipped on a developer's machine and fails where CI is set.
 */
@Execution(ExecutionMode.CONCURRENT)
final class KernelCompilationTest {
    private static final List<String> ARCHITECTURES =
            List.of("sm_75", "sm_80", "sm_86", "sm_89", "sm_90", "sm_100", "sm_120");

    private static final Pattern PROPERTIES =
            Pattern.compile("Function properties for (\\w+)\\R.* (\\d+) bytes spill stores, (\\d+) bytes spill loads");

    /** What passed before needs no second look: images are named by all that they depend on. */
    private static final KernelCache PASSED = new KernelCache(Path.of("target/kernel-compilation"));

    private static Nvrtc compiler;

    static Stream<Arguments> everyKernel() {
        return KernelSource.names().stream()
                .flatMap(name -> ARCHITECTURES.stream().map(architecture -> Arguments.of(name, architecture)));
    }

    @BeforeAll
    static void findCompiler() {
        compiler = NvrtcFinder.find().stream()
                .filter(nvrtc ->
                        ARCHITECTURES.stream().map(Architecture::parse).allMatch(nvrtc.architectures()::contains))
                .findFirst()
                .orElse(null);
        if (compiler == null) {
            String sentence = "NVIDIA's compiler is not on this machine; fetch it by: ./cryonext fetch cuda";
            if (System.getenv("CI") != null) {
                fail(sentence);
            }
            abort(sentence);
        }
    }

    @ParameterizedTest
    @MethodSource("everyKernel")
    void compilesWithoutSpills(String name, String architecture) {
        KernelSource source = KernelSource.of(name);
        Target target = new Target.Cubin(Architecture.parse(architecture));
        if (PASSED.get(source, compiler, target).isPresent()) {
            return;
        }
        Nvrtc.Compiled compiled = compiler.compile(source, target, "--ptxas-options=-v");
        assertThat(compiled.image()).startsWith(0x7f, 'E', 'L', 'F');
        List<MatchResult> kernels = PROPERTIES.matcher(compiled.log()).results().toList();
        // The first tensor cores take neither BF16 nor TF32, so the files of their products are empty there.
        boolean empty = architecture.equals("sm_75") && (name.endsWith("_bf16") || name.endsWith("_tf32"));
        assertThat(kernels.isEmpty())
                .as("nothing in what ptxas says of each kernel: %s", compiled.log())
                .isEqualTo(empty);
        assertThat(kernels.stream()
                        .filter(kernel ->
                                !kernel.group(2).equals("0") || !kernel.group(3).equals("0"))
                        .map(kernel -> kernel.group(1) + " spills " + kernel.group(2) + " bytes"))
                .isEmpty();
        assertThat(compiled.log()).doesNotContain("warning");
        PASSED.put(source, compiler, target, compiled.image());
    }
}
