package org.cryonext.bench.gpu;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cuda.CudaBackend;
import org.cryonext.engine.backend.cuda.driver.CudaDevice;
import org.cryonext.engine.backend.cuda.driver.CudaDriver;
import org.cryonext.engine.backend.cuda.image.KernelImages;

/** A card and its backends, one for each precision, opened when they are first wanted. */
final class GpuCard implements AutoCloseable {
    private final CudaDevice device;
    private final KernelImages images;
    private final Map<Precision, Backend> open = new EnumMap<>(Precision.class);
    private final Map<Precision, Map<String, Backend>> tiles = new EnumMap<>(Precision.class);

    GpuCard(int ordinal) {
        CudaDriver driver = CudaDriver.load();
        device = driver.device(ordinal);
        images = KernelImages.of(driver, Optional.empty());
    }

    CudaDevice device() {
        return device;
    }

    /** What makes models' graphs of this precision; operators alone have the types of their cases whatever it is. */
    Backend backend(Precision precision) {
        return open.computeIfAbsent(precision, p -> new CudaBackend(device, images, p));
    }

    /** A backend that chooses tiles by itself, called "own", and one that prefers each tile, by the tile's name. */
    Map<String, Backend> tiles(Precision precision) {
        return tiles.computeIfAbsent(precision, p -> {
            Map<String, Backend> backends = new LinkedHashMap<>();
            backends.put("own", backend(p));
            CudaBackend.tiles().forEach(tile -> backends.put(tile, CudaBackend.preferring(tile, device, images, p)));
            return backends;
        });
    }

    @Override
    public void close() {
        tiles.values().forEach(backends -> backends.values().forEach(Backend::close));
        open.values().forEach(Backend::close);
        open.clear();
    }
}
