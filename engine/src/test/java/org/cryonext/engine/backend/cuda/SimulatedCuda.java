package org.cryonext.engine.backend.cuda;

import java.util.Locale;
import java.util.Optional;
import org.cryonext.engine.backend.cuda.driver.CudaDriver;
import org.cryonext.engine.backend.cuda.image.KernelImages;

/** The backend on a simulated card. */
final class SimulatedCuda {
    /** In which order blocks and threads run where a card leaves it open. */
    enum Order {
        FORWARD,
        BACKWARD,
        SHUFFLED
    }

    private static SimulatedGpu gpu;

    private SimulatedCuda() {}

    /** Every value in a piece of memory of its own, between guards, so that no access beyond it goes unseen. */
    static CudaBackend open(Order order) {
        gpu = SimulatedGpu.loadWithKernels();
        order(order);
        CudaDriver driver = CudaDriver.load();
        return new CudaBackend(driver.device(0), KernelImages.of(driver, Optional.empty()), 0);
    }

    static void order(Order order) {
        gpu.set("order", order.name().toLowerCase(Locale.ROOT));
    }
}
