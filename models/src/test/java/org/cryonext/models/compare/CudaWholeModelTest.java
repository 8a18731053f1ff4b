package org.cryonext.models.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.cryonext.engine.backend.cuda.CudaBackend;
import org.cryonext.engine.backend.cuda.SimulatedGpu;
import org.cryonext.engine.backend.cuda.driver.CudaDriver;
import org.cryonext.engine.backend.cuda.image.KernelImages;
import org.cryonext.engine.backend.cuda.tune.Libraries;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.Fixtures;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Whole models on a simulated card against PyTorch: outputs, every gradient, and parameters after steps of AdamW. */
class CudaWholeModelTest {
    private static final List<String> MODELS = List.of("v1", "v2", "v1-tanh", "v2-tiny-activations");

    @ParameterizedTest
    @FieldSource("MODELS")
    void agreesWithPyTorch(String model) {
        SimulatedGpu.loadWithKernels();
        agrees(model);
    }

    @ParameterizedTest
    @EnumSource(names = {"CUBLAS", "CUDNN"})
    void agreesWithPyTorchWhereALibraryComputes(Libraries library) {
        SimulatedGpu.loadWithKernels();
        SimulatedGpu.useLibraries();
        System.setProperty(Libraries.PROPERTY, library.toString());
        try {
            agrees("v2");
        } finally {
            System.clearProperty(Libraries.PROPERTY);
        }
    }

    private static void agrees(String model) {
        CudaDriver driver = CudaDriver.load();
        try (CudaBackend backend = new CudaBackend(driver.device(0), KernelImages.of(driver, Optional.empty()))) {
            Comparison comparison = Compare.run(
                    Fixtures.model(model), Fixtures.reference(model), backend, Gates.DEFAULT, Progress.none());
            assertThat(comparison.rows()).isNotEmpty().allMatch(Row::passed);
            assertThat(comparison.notCompared()).isEmpty();
        }
    }
}
