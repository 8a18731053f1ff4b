package org.cryonext.engine.backend.cuda;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.cuda.driver.CudaContext;
import org.cryonext.engine.backend.cuda.driver.CudaDevice;
import org.cryonext.engine.backend.cuda.driver.CudaFunction;
import org.cryonext.engine.backend.cuda.driver.CudaModule;
import org.cryonext.engine.backend.cuda.driver.CudaStream;
import org.cryonext.engine.backend.cuda.driver.DeviceMemory;
import org.cryonext.engine.backend.cuda.driver.Grid;
import org.cryonext.engine.backend.cuda.driver.Launch;
import org.cryonext.engine.backend.cuda.image.KernelImage;
import org.cryonext.engine.backend.cuda.image.KernelImages;

/** On a card: each file is loaded when something of it is first wanted, and all runs on the context's stream. */
final class CardKernels extends CudaKernels {
    private final CudaContext context;
    private final KernelImages images;
    private final Map<String, CudaModule> modules = new HashMap<>();
    private final Map<String, KernelFunction> functions = new HashMap<>();

    CardKernels(CudaContext context, KernelImages images) {
        this.context = context;
        this.images = images;
    }

    @Override
    KernelFunction function(String source, String name) {
        return functions.computeIfAbsent(
                source + "/" + name,
                key -> new Loaded(modules.computeIfAbsent(source, this::load).function(name), context.stream()));
    }

    private CudaModule load(String source) {
        KernelImage image = images.image(source, context.device().architecture());
        return context.load(image.bytes(), image.origin());
    }

    /** The card in use. */
    CudaContext context() {
        return context;
    }

    /** Where everything runs. */
    CudaStream stream() {
        return context.stream();
    }

    @Override
    CudaDevice device() {
        return context.device();
    }

    @Override
    Kernel.Step fill(long address, byte value, long bytes) {
        CudaStream stream = context.stream();
        return () -> stream.fill(address, value, bytes);
    }

    @Override
    Kernel.Step copy(long from, long to, long bytes) {
        CudaStream stream = context.stream();
        return () -> stream.copy(from, to, bytes);
    }

    @Override
    void upload(MemorySegment from, long address) {
        context.stream().upload(from, 0, address, from.byteSize());
    }

    @Override
    Piece allocate(long bytes) {
        DeviceMemory memory = context.allocate(bytes);
        return new Piece(new CudaSlab(memory), memory.address());
    }

    /** A function in the card's memory. */
    private record Loaded(CudaFunction function, CudaStream stream) implements KernelFunction {
        @Override
        public void sharedBytes(int dynamic) {
            function.sharedBytes(dynamic);
        }

        @Override
        public Kernel.Step launch(Grid grid, Object... arguments) {
            Launch launch = function.launch(grid, arguments);
            return () -> launch.run(stream);
        }
    }
}
