package org.cryonext.bench.gpu;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cuda.CudaBackend;
import org.cryonext.engine.backend.cuda.driver.CudaContext;
import org.cryonext.engine.backend.cuda.driver.CudaDevice;
import org.cryonext.engine.backend.cuda.driver.CudaEvent;
import org.cryonext.engine.backend.cuda.driver.DeviceMemory;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/** Measures what the card's memory delivers, and what this engine's products reach of its arithmetic. */
final class CeilingTimer {
    private static final int COPIES = 10;

    /** Rows that are sent at once. */
    private static final int ROWS = 64;

    private final long copied;
    private final int side;

    /** With a copy far beyond any card's caches, and products that fill any card. */
    CeilingTimer() {
        this(1L << 30, 8192);
    }

    /**
     * @param copied bytes of the copy
     * @param side rows and columns of the products' matrices, a multiple of 64
     */
    CeilingTimer(long copied, int side) {
        this.copied = copied;
        this.side = side;
    }

    /** @param backends opens the backend of a precision; not asked for one that the card has no instructions for */
    Finding.Ceilings measure(CudaDevice device, Function<Precision, Backend> backends) {
        Map<String, Double> products = new LinkedHashMap<>();
        for (Precision precision : Precision.values()) {
            if (CudaBackend.computesIn(precision, device.architecture())) {
                products.put(precision.toString(), product(precision, backends.apply(precision)));
            }
        }
        return new Finding.Ceilings(copy(device), products);
    }

    private double copy(CudaDevice device) {
        try (CudaContext context = new CudaContext(device);
                DeviceMemory from = context.allocate(copied);
                DeviceMemory to = context.allocate(copied);
                CudaEvent start = context.timer();
                CudaEvent end = context.timer()) {
            context.stream().copy(from.address(), to.address(), copied);
            context.stream().record(start);
            for (int i = 0; i < COPIES; i++) {
                context.stream().copy(from.address(), to.address(), copied);
            }
            context.stream().record(end);
            end.synchronize();
            return 2.0 * copied * COPIES / 1e6 / end.millisecondsSince(start);
        }
    }

    /** 1e12 operations a second. */
    private double product(Precision precision, Backend backend) {
        DType dtype = precision.dtype();
        Graph graph = new Graph();
        TensorType square = new TensorType(dtype, Shape.of(side, side));
        graph.output("y", graph.add(new Linear(), graph.input("x", square), graph.input("weight", square)));
        try (Variables variables = new Variables(backend);
                Program program = Program.compile(graph, variables)) {
            // Numbers, since products of zeros take less power and run faster.
            Tensor rows =
                    Tensor.of(new KernelNumbers().take(ROWS * side), ROWS, side).to(dtype);
            for (int row = 0; row < side; row += ROWS) {
                program.setRows("x", row, rows);
                program.setRows("weight", row, rows);
            }
            double seconds = Stopwatch.time(program::run, backend, 0.2).median() / 1e9;
            return 2.0 * side * side * side / seconds / 1e12;
        }
    }
}
