package org.cryonext.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.cryonext.engine.backend.cuda.SimulatedGpu;
import org.cryonext.engine.backend.cuda.driver.Architecture;
import org.cryonext.engine.backend.cuda.image.KernelImages;
import org.junit.jupiter.api.Test;

class CudaCeilingTimerTest {
    private static final Architecture TURING = new Architecture(7, 5);

    /** Else the whole measurement would fail with the first product that the card lacks. */
    @Test
    void theFirstTensorCoresAreMeasuredInWhatTheyHave() {
        SimulatedGpu gpu = SimulatedGpu.load();
        gpu.set("architecture", Integer.toString(TURING.number()));
        System.setProperty(
                KernelImages.PROPERTY,
                SimulatedGpu.images(List.of("linear_f32", "linear_f16"), TURING).toString());
        try (GpuCard card = new GpuCard(0)) {
            Finding.Ceilings found = new CeilingTimer(1 << 20, 64).measure(card.device(), card::backend);
            assertThat(found.copyGigabytes()).isPositive();
            assertThat(found.productTeraflops()).containsOnlyKeys("f32", "f16");
            assertThat(found.productTeraflops().values()).allMatch(teraflops -> teraflops > 0);
        }
    }
}
