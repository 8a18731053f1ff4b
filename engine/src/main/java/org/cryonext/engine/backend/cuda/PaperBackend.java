package org.cryonext.engine.backend.cuda;

import java.util.List;
import java.util.Optional;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Block;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.Sequence;
import org.cryonext.engine.backend.Slab;
import org.cryonext.engine.backend.Usage;
import org.cryonext.engine.backend.cuda.driver.CudaDevice;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/**
 * Plans graphs as {@link CudaBackend} would run them, without a card or a driver: a run only notes what would be launched.
 * Memory is addresses with nothing behind them, a piece for each value.
 */
public final class PaperBackend implements Backend {
    private final CudaDevice device;
    private final Precision precision;
    private final PaperMemory memory = new PaperMemory();
    private final PaperKernels kernels;
    private final CudaOperators operators;
    private final long slabBytes;

    /**
     * Plans for a card.
     *
     * @param device what a driver would say of it
     * @param precision what networks compute in
     */
    public PaperBackend(CudaDevice device, Precision precision) {
        this(device, precision, 0);
    }

    /** One whose plans need the memory that they would need on the card; they cannot be run. */
    public static PaperBackend sharingMemory(CudaDevice device, Precision precision) {
        return new PaperBackend(device, precision, device.totalBytes());
    }

    /** @param slabBytes largest piece that several values share; two values at one address could not be told apart */
    private PaperBackend(CudaDevice device, Precision precision, long slabBytes) {
        this.slabBytes = slabBytes;
        this.device = device;
        this.precision = precision;
        kernels = new PaperKernels(device, memory);
        GemmChoice choice = GemmChoice.bySize(device.multiprocessors());
        GemmKernels gemms = new GemmKernels(kernels, choice, precision == Precision.TF32);
        // Nothing was measured, so it is this program's usual kernel.
        operators = new CudaOperators(
                kernels, choice, gemms, (node, usage, ours) -> ours.getFirst().kernel());
    }

    /** What would have been launched since the last call. */
    public List<PlannedLaunch> take() {
        return kernels.take();
    }

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public String description() {
        return "on paper: " + device.name() + ", " + device.architecture().sm() + ", " + precision;
    }

    @Override
    public Precision precision() {
        return precision;
    }

    @Override
    public Optional<String> refuses(Node node) {
        return operators.refuses(node);
    }

    @Override
    public boolean prefers(Node node) {
        return operators.prefers(node);
    }

    @Override
    public Kernel kernel(Node node, Usage usage) {
        return operators.kernel(node, usage);
    }

    @Override
    public Sequence sequence(List<Kernel.Step> steps) {
        List<Kernel.Step> joined = TableStep.join(steps, kernels).steps();
        return () -> joined.forEach(Kernel.Step::run);
    }

    @Override
    public long storageBytes(TensorType type) {
        return Math.ceilDiv(type.bytes(), CudaBackend.ALIGNMENT) * CudaBackend.ALIGNMENT;
    }

    @Override
    public long preferredSlabBytes() {
        return slabBytes;
    }

    @Override
    public boolean isOnHeap() {
        return false;
    }

    @Override
    public long availableBytes() {
        return Long.MAX_VALUE;
    }

    @Override
    public Slab allocate(long bytes) {
        return new PaperSlab(memory.allocate(bytes), bytes);
    }

    @Override
    public Block block(Slab slab, long offset, TensorType type) {
        long address = ((PaperSlab) slab).address() + offset;
        memory.place(address, type.bytes());
        return new CudaBlock(address, type);
    }

    @Override
    public long inletBytes(TensorType type) {
        return storageBytes(type);
    }

    @Override
    public void upload(Tensor source, Block target, long at) {}

    /** @throws IllegalStateException always: nothing was computed */
    @Override
    public void download(Block source, Tensor target) {
        throw new IllegalStateException("What was planned on paper has no results");
    }

    @Override
    public void close() {}
}
