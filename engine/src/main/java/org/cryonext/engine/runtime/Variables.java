package org.cryonext.engine.runtime;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
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
    /** Those in which several variables lie; they go with all variables. */
    private final List<Slab> shared = new ArrayList<>();

    /** @param backend where the tensors live */
    public Variables(Backend backend) {
        this.backend = backend;
    }

    static final class Entry {
        final Slab slab;
        final long offset;
        final Block block;
        long version = 1;

        Entry(Piece piece) {
            this.slab = piece.slab();
            this.offset = piece.offset();
            this.block = piece.block();
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
            entries.put(
                    name,
                    new Entry(Piece.allocate(backend, List.of(type), new ArrayList<>())
                            .getFirst()));
        } else if (!entry.block.type().shape().equals(type.shape())) {
            throw new IllegalArgumentException(name + " is " + entry.block.type() + ", not " + type);
        }
    }

    /** Makes variables of zeros that do not exist yet, in memory that they share and keep until all are closed. */
    void createTogether(Map<String, TensorType> types) {
        List<String> names = types.keySet().stream().filter(name -> !has(name)).toList();
        List<Piece> pieces =
                Piece.allocate(backend, names.stream().map(types::get).toList(), shared);
        for (int i = 0; i < names.size(); i++) {
            entries.put(names.get(i), new Entry(pieces.get(i)));
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

    /** Drops a variable; programs that use it must not run any more. Memory that it shares stays. */
    public void remove(String name) {
        Entry entry = entries.remove(name);
        if (entry != null && !shared.contains(entry.slab)) {
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
        List.copyOf(names()).forEach(this::remove);
        shared.forEach(Slab::close);
        shared.clear();
    }
}
