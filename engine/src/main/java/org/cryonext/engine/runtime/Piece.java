package org.cryonext.engine.runtime;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Block;
import org.cryonext.engine.backend.Slab;
import org.cryonext.engine.tensor.TensorType;

/**
 * A tensor's place in memory that it shares with others.
 *
 * @param slab the memory
 * @param offset in bytes
 * @param block the tensor there
 */
record Piece(Slab slab, long offset, Block block) {
    /**
     * Allocates tensors in as few slabs as the backend likes: Java's collector copies small arrays that stay, at the cost
     * of making them twice, and leaves large ones where they are.
     *
     * @param slabs is given what was allocated, also where an allocation fails
     * @return in the order of the types
     */
    static List<Piece> allocate(Backend backend, List<TensorType> types, List<Slab> slabs) {
        List<Piece> pieces = new ArrayList<>();
        while (pieces.size() < types.size()) {
            int first = pieces.size();
            int end = first;
            long bytes = 0;
            do {
                bytes += backend.storageBytes(types.get(end++));
            } while (end < types.size()
                    && bytes + backend.storageBytes(types.get(end)) <= backend.preferredSlabBytes());
            Slab slab = backend.allocate(bytes);
            slabs.add(slab);
            long offset = 0;
            for (TensorType type : types.subList(first, end)) {
                pieces.add(new Piece(slab, offset, backend.block(slab, offset, type)));
                offset += backend.storageBytes(type);
            }
        }
        return pieces;
    }
}
