package org.cryonext.cryoet.network;

import java.util.Optional;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Block;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.Slab;
import org.cryonext.engine.backend.Usage;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/** Computes as the reference does: what else a backend says of itself is for tests to say otherwise. */
public abstract class LikeReference implements Backend {
    private final ReferenceBackend reference = new ReferenceBackend();

    @Override
    public String name() {
        return reference.name();
    }

    @Override
    public String description() {
        return reference.description();
    }

    @Override
    public Optional<String> refuses(Node node) {
        return reference.refuses(node);
    }

    @Override
    public Kernel kernel(Node node, Usage usage) {
        return reference.kernel(node, usage);
    }

    @Override
    public long storageBytes(TensorType type) {
        return reference.storageBytes(type);
    }

    @Override
    public long preferredSlabBytes() {
        return reference.preferredSlabBytes();
    }

    @Override
    public long availableBytes() {
        return reference.availableBytes();
    }

    @Override
    public Slab allocate(long bytes) {
        return reference.allocate(bytes);
    }

    @Override
    public Block block(Slab slab, long offset, TensorType type) {
        return reference.block(slab, offset, type);
    }

    @Override
    public void upload(Tensor source, Block target, long at) {
        reference.upload(source, target, at);
    }

    @Override
    public void download(Block source, Tensor target) {
        reference.download(source, target);
    }

    @Override
    public void close() {
        reference.close();
    }
}
