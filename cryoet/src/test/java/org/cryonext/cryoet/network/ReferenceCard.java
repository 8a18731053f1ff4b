package org.cryonext.cryoet.network;

import java.util.Optional;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Block;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.MemoryException;
import org.cryonext.engine.backend.Slab;
import org.cryonext.engine.backend.Usage;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/** Computes as the reference does, and says that its memory is its own, as that of a card, and so much. */
public final class ReferenceCard implements Backend {
    private final ReferenceBackend backend = new ReferenceBackend();
    private final long atFirst = backend.availableBytes();
    private final long bytes;
    private long most;

    /** @param bytes of its memory */
    public ReferenceCard(long bytes) {
        this.bytes = bytes;
    }

    @Override
    public boolean isOnHeap() {
        return false;
    }

    @Override
    public long availableBytes() {
        return bytes - (atFirst - backend.availableBytes());
    }

    @Override
    public Slab allocate(long bytes) {
        if (bytes > availableBytes()) {
            throw new MemoryException("a tensor", bytes, availableBytes());
        }
        Slab slab = backend.allocate(bytes);
        most = Math.max(most, this.bytes - availableBytes());
        return slab;
    }

    /** Bytes that were taken at most so far. */
    public long most() {
        return most;
    }

    @Override
    public Kernel kernel(Node node, Usage usage) {
        return backend.kernel(node, usage);
    }

    @Override
    public String name() {
        return "card";
    }

    @Override
    public String description() {
        return backend.description();
    }

    @Override
    public Optional<String> refuses(Node node) {
        return backend.refuses(node);
    }

    @Override
    public long storageBytes(TensorType type) {
        return backend.storageBytes(type);
    }

    @Override
    public long preferredSlabBytes() {
        return backend.preferredSlabBytes();
    }

    @Override
    public Block block(Slab slab, long offset, TensorType type) {
        return backend.block(slab, offset, type);
    }

    @Override
    public void upload(Tensor source, Block target, long at) {
        backend.upload(source, target, at);
    }

    @Override
    public void download(Block source, Tensor target) {
        backend.download(source, target);
    }

    @Override
    public void close() {
        backend.close();
    }
}
