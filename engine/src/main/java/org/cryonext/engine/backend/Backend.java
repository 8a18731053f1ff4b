package org.cryonext.engine.backend;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/**
 * A device that runs graphs. All memory is allocated by the caller before the first run; kernels allocate nothing. Not
 * thread-safe: one program runs at a time.
 */
public interface Backend extends AutoCloseable {
    /** Short name as given to {@code --device}, for instance {@code cpu}. */
    String name();

    /** What it runs on, one line for a person. */
    String description();

    /**
     * What the bits of results depend on besides the graph, its inputs and {@link #choice}: the same text on two machines
     * means the same bits.
     */
    default String arithmetic() {
        return description();
    }

    /**
     * What networks compute in here; F32 unless it was opened for less. {@link org.cryonext.engine.pass.MixedPrecision}
     * makes their graphs so.
     */
    default Precision precision() {
        return Precision.F32;
    }

    /** Why this node cannot be run here; empty if it can. */
    Optional<String> refuses(Node node);

    /**
     * Whether a node that is several operators in one is faster here than its parts; never one that is refused.
     */
    default boolean prefers(Node node) {
        return false;
    }

    /**
     * The kernel of a node that is neither an input, a variable nor a reshape.
     *
     * @param usage what of the node matters in its graph
     */
    Kernel kernel(Node node, Usage usage);

    /**
     * Prepares all steps of a graph to be run in order, again and again. What a device records here, it replays: there a
     * step gives it the same work in every run.
     */
    default Sequence sequence(List<Kernel.Step> steps) {
        Kernel.Step[] ordered = steps.toArray(new Kernel.Step[0]);
        return () -> {
            for (Kernel.Step step : ordered) {
                step.run();
            }
        };
    }

    /**
     * Which of several kernels that compute the same, though not to the same bits, was chosen for what, for all graphs so
     * far; empty where there is nothing to choose.
     */
    default SortedMap<String, String> choices() {
        return Collections.emptySortedMap();
    }

    /** Which of several kernels was chosen for a node that was planned; empty where there is nothing to choose. */
    default Optional<String> choice(Node node, Usage usage) {
        return Optional.empty();
    }

    /**
     * From now on chooses as another process did, so that results have the same bits.
     *
     * @param choices its {@link #choices}
     * @param say told in a sentence where that cannot be done
     */
    default void repeat(Map<String, String> choices, Consumer<String> say) {}

    /** Waits until the device has done all that it was given to do. */
    default void synchronize() {}

    /** Bytes a tensor takes here, padding to the next block included. */
    long storageBytes(TensorType type);

    /** Largest slab that should be asked for; a single larger tensor gets a slab of its own if the device can. */
    long preferredSlabBytes();

    /** Bytes that can still be allocated. */
    long availableBytes();

    /** Whether its memory is part of Java's heap, so that a larger heap gives it more. */
    default boolean isOnHeap() {
        return true;
    }

    /**
     * Allocates zeroed memory.
     *
     * @throws MemoryException if there is not enough
     */
    Slab allocate(long bytes);

    /** A tensor at a byte offset of a slab; offsets are sums of {@link #storageBytes}. */
    Block block(Slab slab, long offset, TensorType type);

    /**
     * Copies a host tensor into a block, from its element {@code at} on; element types are converted.
     *
     * @param at first element to be set
     */
    void upload(Tensor source, Block target, long at);

    /** Copies a block's first elements into a host tensor, which it fills; element types are converted. */
    void download(Block source, Tensor target);

    /** A way to set an input's block while a run is under way. */
    default Inlet inlet(Block target) {
        return (source, at) -> upload(source, target, at);
    }

    /** Bytes of the device's memory that the inlet of such a tensor takes. */
    default long inletBytes(TensorType type) {
        return 0;
    }

    /**
     * Makes images of slices of a volume in an input's block, on the device; empty where the host does it as well.
     *
     * @param target [positions * images, height, width, channels] as the recipe makes them
     */
    default Optional<SliceImages> sliceImages(Block target, SliceImages.Recipe recipe) {
        return Optional.empty();
    }

    /** A way to get blocks without a wait for each. */
    default Outlet outlet(List<Block> sources) {
        List<Tensor> results = new ArrayList<>();
        return new Outlet() {
            @Override
            public void begin() {
                results.clear();
                for (Block source : sources) {
                    Tensor result = Tensor.zeros(source.type());
                    download(source, result);
                    results.add(result);
                }
            }

            @Override
            public List<Tensor> await() {
                return List.copyOf(results);
            }
        };
    }

    @Override
    void close();
}
