package org.cryonext.engine.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.cryonext.engine.cases.CaseInput.normal;
import static org.cryonext.engine.cases.CaseInput.of;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cuda.driver.Architecture;
import org.cryonext.engine.backend.cuda.driver.CudaDriver;
import org.cryonext.engine.backend.cuda.image.KernelImages;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.cases.CaseInput;
import org.cryonext.engine.cases.CaseInput.Kind;
import org.cryonext.engine.cases.CaseRunner;
import org.cryonext.engine.cases.CaseTolerance;
import org.cryonext.engine.cases.OpCase;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.LinearInputGradient;
import org.cryonext.engine.op.LinearWeightGradient;
import org.cryonext.engine.op.PatchConv;
import org.cryonext.engine.op.PatchConvInputGradient;
import org.cryonext.engine.op.PatchConvWeightGradient;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every tile shape of every product against the reference, at shapes whose rows are read by vectors and at odd ones, larger
 * and smaller than a tile, with blocks and lanes in any order.
 */
class GemmKernelsTest {
    /** Each factor is rounded to 10 bits after the point, by 2^-11 of it at most. */
    private static final double TF32_TOLERANCE = 3e-7;

    private static final Architecture TURING = new Architecture(7, 5);

    private static List<OpCase> cases() {
        List<OpCase> cases = new ArrayList<>();
        // Rows, depth, columns: vectors of 8, of 4, odd; one tile and several, a whole one and parts.
        long[][] sizes = {{5, 8, 8}, {140, 104, 200}, {33, 40, 136}, {64, 32, 64}, {7, 5, 3}, {70, 37, 65}};
        for (long[] s : sizes) {
            CaseInput x = normal(s[0], s[1]);
            CaseInput weight = normal(1 / Math.sqrt(s[1]), s[2], s[1]);
            CaseInput residual = normal(s[0], s[2]);
            cases.add(OpCase.of(new Linear(Activation.GELU), x, weight, normal(s[2])));
            cases.add(OpCase.of(new Linear(), x, weight, normal(s[2]), residual, normal(s[2]), of(Kind.KEEP, s[0])));
            cases.add(OpCase.of(new LinearInputGradient(), normal(s[0], s[2]), weight));
            cases.add(OpCase.of(new LinearInputGradient(Activation.GELU), normal(s[0], s[2]), weight, x));
            cases.add(OpCase.of(new LinearWeightGradient(), residual, x));
        }
        cases.add(OpCase.of(new LinearWeightGradient(), normal(2100, 24), normal(2100, 40)));
        cases.add(OpCase.of(new LinearWeightGradient(), normal(1100, 13), normal(1100, 9)));
        cases.addAll(patches(2, 2, 9, 6, 8, 24));
        cases.addAll(patches(2, 1, 30, 22, 16, 104));
        cases.addAll(patches(4, 3, 9, 12, 3, 16));
        cases.addAll(patches(3, 2, 7, 8, 5, 6));
        return cases;
    }

    private static List<OpCase> patches(int k, long images, long height, long width, long channels, long filters) {
        CaseInput x = normal(images, height, width, channels);
        CaseInput weight = normal(1.0 / k, filters, k, k, channels);
        CaseInput dy = normal(images, height / k, width / k, filters);
        return List.of(
                OpCase.of(new PatchConv(k), x, weight, normal(filters)),
                OpCase.of(new PatchConvInputGradient(k, height, width), dy, weight),
                OpCase.of(new PatchConvWeightGradient(k), dy, x));
    }

    @ParameterizedTest
    @EnumSource
    void everyTileAgreesWithTheReference(GemmArithmetic arithmetic) {
        run(load(arithmetic, SimulatedGpu.ARCHITECTURE), arithmetic, cases());
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16"})
    void theFirstTensorCoresAgreeToo(GemmArithmetic arithmetic) {
        run(load(arithmetic, TURING), arithmetic, cases());
    }

    private static SimulatedGpu load(GemmArithmetic arithmetic, Architecture architecture) {
        SimulatedGpu gpu = SimulatedGpu.load();
        gpu.set("architecture", Integer.toString(architecture.number()));
        List<String> files = Stream.of("linear_", "linear_gradient_", "patch_conv_")
                .map(file -> file + arithmetic.suffix())
                .toList();
        List<String> all = new ArrayList<>(files);
        all.add("column_sums");
        System.setProperty(
                KernelImages.PROPERTY, SimulatedGpu.images(all, architecture).toString());
        return gpu;
    }

    /** A case with each tile that it is offered; the tiles take turns with the orders. */
    private static void run(SimulatedGpu gpu, GemmArithmetic arithmetic, List<OpCase> cases) {
        List<String> orders = List.of("forward", "backward", "shuffled");
        Set<Integer> used = new HashSet<>();
        Map<OpCase, List<Tensor>> expected = new HashMap<>();
        int most = 0;
        for (int round = 0; round <= most; round++) {
            int index = round;
            int[] offers = {0};
            CudaDriver driver = CudaDriver.load();
            GemmChoice choice = (shape, a, offered) -> {
                offers[0] = Math.max(offers[0], offered.size());
                used.add(index);
                return offered.get(index % offered.size());
            };
            try (CudaBackend backend = new CudaBackend(
                    driver.device(0),
                    KernelImages.of(driver, Optional.empty()),
                    0,
                    arithmetic == GemmArithmetic.TF32 ? Precision.TF32 : Precision.F32,
                    choice)) {
                for (OpCase c : cases) {
                    gpu.set("order", orders.get(index % orders.size()));
                    List<Tensor> wanted = expected.computeIfAbsent(c, k -> reference(k, arithmetic.dtype()));
                    List<Tensor> actual = CaseRunner.run(c, backend, arithmetic.dtype());
                    for (int i = 0; i < wanted.size(); i++) {
                        assertThat(CaseRunner.normalisedSquareError(actual.get(i), wanted.get(i)))
                                .as("%s, output %d, tile %d in %s", c, i, index, arithmetic)
                                .isLessThanOrEqualTo(tolerance(arithmetic));
                    }
                }
            }
            most = offers[0] - 1;
        }
        assertThat(used).hasSizeGreaterThanOrEqualTo(5);
    }

    private static double tolerance(GemmArithmetic arithmetic) {
        return arithmetic == GemmArithmetic.TF32 ? TF32_TOLERANCE : CaseTolerance.of(arithmetic.dtype());
    }

    private static List<Tensor> reference(OpCase c, DType dtype) {
        try (ReferenceBackend reference = new ReferenceBackend()) {
            return CaseRunner.run(c, reference, CaseTolerance.expected(dtype));
        }
    }
}
