package org.cryonext.cryoet.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.cryonext.engine.grad.FrozenPrefix;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.tensor.Tensor;

/**
 * The frozen prefix's results for some samples: computed once, read in every epoch. The values are those that the prefix
 * computed, bit by bit, or rounded to half precision where that was asked for.
 */
final class PrefixCache implements AutoCloseable {
    private final List<String> names;
    private final long[] rows;
    private final int[] floats;
    private final int[] places;
    private final FrozenFormat format;
    private final FrozenStore store;

    /**
     * @param part whose results are kept
     * @param all number of all samples
     * @param store where they are, or will be; closed with this
     */
    PrefixCache(FrozenPart part, int all, FrozenStore store) {
        FrozenPrefix split = part.split();
        names = split.cut();
        rows = new long[names.size()];
        floats = new int[names.size()];
        for (int i = 0; i < rows.length; i++) {
            Value value = split.prefix().output(names.get(i));
            rows[i] = value.shape().dim(0) / part.batch();
            floats[i] = Math.toIntExact(value.shape().size() / part.batch());
        }
        places = new int[all];
        Arrays.fill(places, -1);
        for (int i = 0; i < part.samples().length; i++) {
            places[part.samples()[i]] = i;
        }
        format = part.format();
        this.store = store;
    }

    /**
     * Takes the results of a batch from the prefix's program.
     *
     * @param samples the samples that the batch holds
     */
    void store(Program prefix, int[] samples) {
        List<Tensor> results = new ArrayList<>();
        names.forEach(name -> results.add(prefix.get(name)));
        for (int i = 0; i < samples.length; i++) {
            float[] own = new float[Arrays.stream(floats).sum()];
            int at = 0;
            for (int c = 0; c < floats.length; c++) {
                results.get(c).copyTo((long) i * floats[c], own, at, floats[c]);
                at += floats[c];
            }
            store.put(places[samples[i]], format.pack(own));
        }
    }

    /** To be called when all results are stored. */
    void complete() {
        store.complete();
    }

    /**
     * Sets a particle's part of the inputs that stand for the prefix.
     *
     * @param slot which particle of the program's batch
     */
    void upload(Program program, int slot, int sample) {
        Tensor values = store.get(places[sample]);
        int at = 0;
        for (int c = 0; c < floats.length; c++) {
            program.setRows(names.get(c), slot * rows[c], values.slice(at, at + floats[c]));
            at += floats[c];
        }
    }

    @Override
    public void close() {
        store.close();
    }
}
