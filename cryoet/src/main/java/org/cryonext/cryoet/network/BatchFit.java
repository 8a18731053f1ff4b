package org.cryonext.cryoet.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;
import org.cryonext.engine.backend.Heap;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.plan.Plan;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;

/** Compiles the program of a batch after checking that it fits in memory; if not, says which batch would. */
public final class BatchFit {
    private final IntFunction<Graph> graphs;
    private final IntToLongFunction hostBytes;
    private final Variables variables;
    private final String relief;

    /** With --memory as the only way to run the same batch. */
    public BatchFit(IntFunction<Graph> graphs, IntToLongFunction hostBytes, Variables variables) {
        this(graphs, hostBytes, variables, "");
    }

    /**
     * @param graphs the graph of a batch of particles
     * @param hostBytes further bytes that a batch takes outside of the program, in Java's heap
     * @param variables the variables that exist already
     * @param relief what else lets the program run in less memory, such as {@code "take less with --recompute"}; or nothing
     */
    public BatchFit(IntFunction<Graph> graphs, IntToLongFunction hostBytes, Variables variables, String relief) {
        this.relief = relief;
        this.graphs = graphs;
        this.hostBytes = hostBytes;
        this.variables = variables;
    }

    /**
     * Bytes of memory.
     *
     * @param device where the program lies
     * @param heap of Java, beside a device that has memory of its own; else 0, since the device's is the heap
     */
    private record Bytes(long device, long heap) {
        boolean isWithin(Bytes free) {
            return device <= free.device && heap <= free.heap;
        }
    }

    /**
     * Compiles the program of a batch.
     *
     * @param batch particles
     * @throws InputException if it does not fit: what it needs, what there is, and the largest batch that fits
     */
    public Program compile(int batch) {
        Plan plan = plan(batch);
        Bytes needed = bytes(plan, batch);
        Bytes free = free();
        if (!needed.isWithin(free)) {
            int fits = largestBelow(batch);
            String ways = ways(needed, free);
            throw new InputException("A batch of " + batch + (batch == 1 ? " particle needs " : " particles needs ")
                    + lacking(needed, free) + "; "
                    + (fits > 0
                            ? "--batch " + fits + " fits" + (ways.isEmpty() ? "" : ", or " + ways)
                            : "not even --batch 1 fits: " + (ways.isEmpty() ? "" : ways + ", or ")
                                    + "take a smaller network or --image-size"));
        }
        return Program.compile(plan, variables);
    }

    private String lacking(Bytes needed, Bytes free) {
        List<String> lacking = new ArrayList<>();
        if (needed.device() > free.device()) {
            lacking.add(gibibytes(needed.device()) + " of memory on "
                    + variables.backend().name() + ", but " + gibibytes(free.device()) + " are free");
        }
        if (needed.heap() > free.heap()) {
            lacking.add(gibibytes(needed.heap()) + " of Java's heap, but " + gibibytes(free.heap()) + " are free");
        }
        return String.join(", and ", lacking);
    }

    /** How the same batch fits: a card's memory is what it is, the heap is as --memory has it. */
    private String ways(Bytes needed, Bytes free) {
        String more = "give more with --memory";
        if (variables.backend().isOnHeap()) {
            return relief.isEmpty() ? more : relief + ", " + more;
        }
        if (needed.heap() <= free.heap()) {
            return relief;
        }
        if (needed.device() <= free.device()) {
            return more;
        }
        return relief.isEmpty() ? "" : relief + " and " + more;
    }

    private Plan plan(int batch) {
        return Plan.of(graphs.apply(batch), variables.backend());
    }

    private Bytes bytes(Plan plan, int batch) {
        long missing = plan.graph().variables().entrySet().stream()
                .filter(entry -> !variables.has(entry.getKey()))
                .mapToLong(entry ->
                        variables.backend().storageBytes(entry.getValue().type()))
                .sum();
        long program = plan.bytes() + missing;
        long host = hostBytes.applyAsLong(batch);
        return variables.backend().isOnHeap() ? new Bytes(program + host, 0) : new Bytes(program, host);
    }

    private Bytes free() {
        return new Bytes(variables.backend().availableBytes(), Heap.availableBytes(0));
    }

    private int largestBelow(int batch) {
        int fits = 0;
        int fails = batch;
        while (fails - fits > 1) {
            int middle = (fits + fails) >>> 1;
            if (bytes(plan(middle), middle).isWithin(free())) {
                fits = middle;
            } else {
                fails = middle;
            }
        }
        return fits;
    }

    /** For instance {@code 17.5 GiB} or {@code 310 MiB}. */
    public static String gibibytes(long bytes) {
        double mebi = bytes / 1024.0 / 1024.0;
        return mebi < 1000
                ? String.format(Locale.ROOT, "%.0f MiB", Math.ceil(mebi))
                : String.format(Locale.ROOT, "%.1f GiB", mebi / 1024);
    }
}
