package org.cryonext.engine.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cuda.driver.CudaDevice;
import org.cryonext.engine.backend.cuda.driver.CudaDriver;
import org.cryonext.engine.backend.cuda.image.KernelImages;
import org.cryonext.engine.cases.CaseRunner;
import org.cryonext.engine.cases.OpCase;
import org.cryonext.engine.cases.OpCases;
import org.cryonext.engine.op.AdamW;
import org.cryonext.engine.op.DepthwiseConv;
import org.cryonext.engine.op.DepthwiseConvInputGradient;
import org.cryonext.engine.op.Mlp;
import org.cryonext.engine.op.PatchConv;
import org.cryonext.engine.op.PatchConvInputGradient;
import org.cryonext.engine.op.PatchConvWeightGradient;
import org.cryonext.engine.op.Primitive;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is planned on paper beside what the simulated card counts, for every case of every operator: the same launches of the
 * same shapes, the same operations of tensor cores, and the bytes that a perfect cache would move, up to the sectors of 32
 * bytes in which a card moves them.
 */
class PaperBackendTest {
    private static final long SECTOR = 32;

    /** Tensors that a launch reads or writes at most. */
    private static final long MOST_TENSORS = 12;

    /** Kernels that read what they wrote, which the simulated card counts and a cache does not move. */
    private static final Set<String> READ_BACK = Set.of("grn_ratio", "grn_gradient_factors");

    private static SimulatedGpu gpu;

    @BeforeAll
    static void open() {
        gpu = SimulatedGpu.loadWithKernels(SimulatedGpu.Check.ACCESSES);
    }

    static Stream<OpCase> cases() {
        return OpCases.tests().filter(c -> !(c.op() instanceof Primitive) && touchesAll(c));
    }

    /**
     * Whether all of each tensor is read or written: not of images that are no whole patches, nor of filters that reach beyond
     * an image from everywhere, nor where a step is left out; and a fused MLP keeps nothing for gradients.
     */
    private static boolean touchesAll(OpCase c) {
        return switch (c.op()) {
            case PatchConv op -> isWhole(c, 0, op.k());
            case PatchConvWeightGradient op -> isWhole(c, 1, op.k());
            case PatchConvInputGradient op -> op.height() % op.k() == 0 && op.width() % op.k() == 0;
            case DepthwiseConv op -> op.k() == 7 || isLarger(c, op.k() / 2);
            case DepthwiseConvInputGradient op -> op.k() == 7 || isLarger(c, op.k() / 2);
            case Mlp op -> !op.givesAffine();
            case AdamW op ->
                c.values().getLast() == null || c.values().getLast().get(0) != 0;
            default -> true;
        };
    }

    private static boolean isWhole(OpCase c, int input, int k) {
        Shape image = c.inputs().get(input).type().shape();
        return image.dim(1) % k == 0 && image.dim(2) % k == 0;
    }

    private static boolean isLarger(OpCase c, int reach) {
        Shape image = c.inputs().getFirst().type().shape();
        return image.dim(1) > reach && image.dim(2) > reach;
    }

    static Stream<OpCase> casesInF32() {
        return cases().filter(c -> !(c.op() instanceof Mlp));
    }

    @ParameterizedTest
    @MethodSource("casesInF32")
    void countsAsTheSimulatedCardInTf32(OpCase c) {
        compare(c, DType.F32, Precision.TF32);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void countsAsTheSimulatedCardInF16(OpCase c) {
        compare(c, DType.F16, Precision.F16);
    }

    private static void compare(OpCase c, DType dtype, Precision precision) {
        gpu.reset();
        CudaDriver driver = CudaDriver.load();
        CudaDevice device = driver.device(0);
        Map<String, Planned> planned = plan(c, dtype, new PaperBackend(device, precision));
        try (CudaBackend backend = new CudaBackend(
                device,
                KernelImages.of(driver, Optional.empty()),
                0,
                precision,
                GemmChoice.bySize(device.multiprocessors()))) {
            CaseRunner.run(c, backend, dtype);
        }
        Map<String, SimulatedGpu.Counters> counted = gpu.counters();
        assertThat(planned.keySet()).as("kernels").isEqualTo(counted.keySet());
        planned.forEach((kernel, plan) -> {
            SimulatedGpu.Counters is = counted.get(kernel);
            assertThat(plan.launches).as("launches of " + kernel).isEqualTo(is.launches());
            assertThat(plan.blocks).as("blocks of " + kernel).isEqualTo(is.blocks());
            if (c.op() instanceof Mlp) {
                assertThat(is.flops()).as("operations of " + kernel).isGreaterThanOrEqualTo(plan.work.tensorFlops());
            } else {
                assertThat(plan.work.tensorFlops())
                        .as("operations of " + kernel)
                        .isEqualTo(is.flops());
            }
            long slack = plan.launches * MOST_TENSORS * SECTOR;
            long again = READ_BACK.contains(kernel) ? plan.work.written() : 0;
            assertThat(plan.work.read() + again)
                    .as("bytes read by " + kernel)
                    .isCloseTo(is.sectorsRead(), within(slack + again));
            assertThat(plan.work.written())
                    .as("bytes written by " + kernel)
                    .isCloseTo(is.sectorsWritten(), within(slack));
        });
    }

    /** All launches of a kernel together. */
    private record Planned(long launches, long blocks, LaunchWork work) {
        Planned plus(Planned other) {
            return new Planned(launches + other.launches, blocks + other.blocks, work.plus(other.work));
        }
    }

    private static Map<String, Planned> plan(OpCase c, DType dtype, PaperBackend paper) {
        try (Variables variables = new Variables(paper);
                Program program = Program.compile(c.graph(dtype), variables)) {
            program.run();
        }
        Map<String, Planned> all = new TreeMap<>();
        for (PlannedLaunch launch : paper.take()) {
            long blocks =
                    (long) launch.grid().x() * launch.grid().y() * launch.grid().z();
            if (!launch.kernel().startsWith("mem")) {
                all.merge(launch.kernel(), new Planned(1, blocks, launch.work()), Planned::plus);
            }
        }
        return all;
    }

    @Test
    void hasNoResults() {
        gpu.reset();
        PaperBackend paper = new PaperBackend(CudaDriver.load().device(0), Precision.F32);
        OpCase c = List.copyOf(cases().toList()).getFirst();
        try (Variables variables = new Variables(paper);
                Program program = Program.compile(c.graph(DType.F32), variables)) {
            program.run();
            assertThatThrownBy(() -> program.get("y0")).hasMessageContaining("no results");
        }
    }
}
