package org.cryonext.engine.backend.cuda.simulated;

import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.cryonext.engine.backend.cuda.SimulatedGpu;
import org.cryonext.engine.backend.cuda.driver.CudaContext;
import org.cryonext.engine.backend.cuda.driver.CudaDriver;
import org.cryonext.engine.backend.cuda.driver.CudaFunction;
import org.cryonext.engine.backend.cuda.driver.CudaModule;
import org.cryonext.engine.backend.cuda.driver.DeviceMemory;

/** The simulated device with one of the tests' kernel files loaded. */
final class Bench implements AutoCloseable {
    private final SimulatedGpu gpu = SimulatedGpu.load();
    private final CudaContext context;
    private final CudaModule module;

    Bench(String file) {
        this(file, SimulatedGpu.Check.BOUNDS);
    }

    Bench(String file, SimulatedGpu.Check check) {
        context = new CudaContext(CudaDriver.load().device(0));
        module = context.load(SimulatedGpu.compile(source(file), SimulatedGpu.ARCHITECTURE, check), file);
    }

    static Path source(String file) {
        try {
            return Path.of(Bench.class.getResource(file).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    SimulatedGpu gpu() {
        return gpu;
    }

    CudaContext context() {
        return context;
    }

    CudaFunction function(String name) {
        return module.function(name);
    }

    DeviceMemory upload(float... values) {
        DeviceMemory memory = context.allocate((long) values.length * Float.BYTES);
        context.stream().upload(MemorySegment.ofArray(values), 0, memory.address(), memory.bytes());
        return memory;
    }

    DeviceMemory uploadAddresses(long... values) {
        DeviceMemory memory = context.allocate((long) values.length * Long.BYTES);
        context.stream().upload(MemorySegment.ofArray(values), 0, memory.address(), memory.bytes());
        return memory;
    }

    float[] download(DeviceMemory memory) {
        float[] values = new float[Math.toIntExact(memory.bytes() / Float.BYTES)];
        context.stream().download(memory.address(), MemorySegment.ofArray(values), 0, memory.bytes());
        return values;
    }

    @Override
    public void close() {
        context.close();
        gpu.reset();
    }
}
