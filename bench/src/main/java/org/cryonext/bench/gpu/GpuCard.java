package org.cryonext.bench.gpu;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cuda.CudaBackend;
import org.cryonext.engine.backend.cuda.driver.CudaDevice;
import org.cryonext.engine.backend.cuda.driver.CudaDriver;
import org.cryonext.engine.backend.cuda.image.KernelImages;

/** A card and its backends, one for each way of multiplying, opened when they are first wanted. */
final class GpuCard implements AutoCloseable {
    private final CudaDevice device;
    private final KernelImages images;
    private final Map<Precision, Backend> open = new EnumMap<>(Precision.class);

    GpuCard(int ordinal) {
        CudaDriver driver = CudaDriver.load();
        device = driver.device(ordinal);
        images = KernelImages.of(driver, Optional.empty());
    }

    CudaDevice device() {
        return device;
    }

    Backend backend(Precision precision) {
        boolean tf32 = precision == Precision.TF32;
        return open.computeIfAbsent(
                tf32 ? Precision.TF32 : Precision.F32, p -> new CudaBackend(device, images, tf32));
    }

    @Override
    public void close() {
        open.values().forEach(Backend::close);
        open.clear();
    }
}
