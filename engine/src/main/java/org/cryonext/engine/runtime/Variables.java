package org.cryonext.engine.runtime;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Block;
import org.cryonext.engine.backend.Slab;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/** Named tensors on a backend that outlive a run and may be shared by several programs: parameters, moments, averages. */
public final class Variables implements AutoCloseable {
    private final Backend backend;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /** @param backend where the tensors live */
    public Variables(Backend backend) {
        this.backend = backend;
    }

    static final class Entry {
        final Slab slab;
        final Block block;
        long version = 1;

        Entry(Slab slab, Block block) {
            this.slab = slab;
            this.block = block;
        }
    }

    /** Where the tensors live. */
    public Backend backend() {
        return backend;
    }

    /** Makes a variable of zeros unless it exists. */
    public void create(String name, TensorType type) {
        Entry entry = entries.get(name);
        if (entry == null) {
            Slab slab = backend.allocate(backend.storageBytes(type));
            entries.put(name, new Entry(slab, backend.block(slab, 0, type)));
        } else if (!entry.block.type().shape().equals(type.shape())) {
            throw new IllegalArgumentException(name + " is " + entry.block.type() + ", not " + type);
        }
    }

    /** Sets a variable; one that does not exist is made, with the value's element type. */
    public void set(String name, Tensor value) {
        create(name, value.type());
        Entry entry = entry(name);
        backend.upload(value, entry.block, 0);
        entry.version++;
    }

    /** A copy of a variable's value. */
    public Tensor get(String name) {
        Block block = entry(name).block;
        Tensor result = Tensor.zeros(block.type());
        backend.download(block, result);
        return result;
    }

    /** Type of a variable. */
    public TensorType type(String name) {
        return entry(name).block.type();
    }

    /** Whether the variable exists. */
    public boolean has(String name) {
        return entries.containsKey(name);
    }

    /** All names, in the order of creation. */
    public Set<String> names() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    /** Drops a variable; programs that use it must not run any more. */
    public void remove(String name) {
        Entry entry = entries.remove(name);
        if (entry != null) {
            entry.slab.close();
        }
    }

    Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("no variable " + name);
        }
        return entry;
    }

    @Override
    public void close() {
        entries.values().forEach(e -> e.slab.close());
        entries.clear();
    }
}
