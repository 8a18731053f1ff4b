package org.cryonext.engine.backend.cuda.driver;

import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.cryonext.engine.backend.cuda.SimulatedGpu;

/** The simulated card in use, with the kernels of {@code seam.cu}. */
final class SimulatedCard implements AutoCloseable {
    private static byte[] image;

    final SimulatedGpu gpu;
    final CudaContext context;
    final CudaStream stream;
    final CudaModule module;

    SimulatedCard(SimulatedGpu gpu) {
        this.gpu = gpu;
        context = new CudaContext(CudaDriver.load().device(0));
        stream = context.stream();
        module = context.load(image(), "seam.cu");
    }

    static synchronized byte[] image() {
        if (image == null) {
            try {
                Path source = Path.of(SimulatedCard.class.getResource("seam.cu").toURI());
                image = SimulatedGpu.compile(source, SimulatedGpu.ARCHITECTURE);
            } catch (URISyntaxException e) {
                throw new IllegalStateException(e);
            }
        }
        return image;
    }

    CudaFunction function(String name) {
        return module.function(name);
    }

    DeviceMemory upload(float... values) {
        DeviceMemory memory = context.allocate(4L * values.length);
        stream.upload(MemorySegment.ofArray(values), 0, memory.address(), memory.bytes());
        return memory;
    }

    float[] download(DeviceMemory memory) {
        float[] values = new float[(int) (memory.bytes() / 4)];
        stream.download(memory.address(), MemorySegment.ofArray(values), 0, memory.bytes());
        return values;
    }

    @Override
    public void close() {
        context.close();
    }
}
