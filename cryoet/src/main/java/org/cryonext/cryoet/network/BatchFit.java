package org.cryonext.cryoet.network;

import java.util.Locale;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;
import org.cryonext.engine.backend.Backend;
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
     * @param hostBytes further bytes that a batch takes outside of the program
     * @param variables the variables that exist already
     * @param relief what else lets the batch run in less memory, such as {@code "take less with --recompute, "}; or
     *     nothing
     */
    public BatchFit(IntFunction<Graph> graphs, IntToLongFunction hostBytes, Variables variables, String relief) {
        this.relief = relief;
        this.graphs = graphs;
        this.hostBytes = hostBytes;
        this.variables = variables;
    }

    /**
     * Compiles the program of a batch.
     *
     * @param batch particles
     * @throws InputException if it does not fit: what it needs, what there is, and the largest batch that fits
     */
    public Program compile(int batch) {
        Plan plan = plan(batch);
        Backend backend = variables.backend();
        long needed = bytes(plan, batch);
        if (needed > backend.availableBytes()) {
            int fits = largestBelow(batch);
            // A card's memory is what it is.
            String ways = (relief + (backend.isOnHeap() ? "give more with --memory" : "")).replaceFirst(", $", "");
            throw new InputException("A batch of " + batch + (batch == 1 ? " particle needs " : " particles needs ")
                    + gibibytes(needed) + " of memory on " + backend.name() + ", but "
                    + gibibytes(backend.availableBytes()) + " are free; "
                    + (fits > 0
                            ? "--batch " + fits + " fits" + (ways.isEmpty() ? "" : ", or " + ways)
                            : "not even --batch 1 fits: " + (ways.isEmpty() ? "" : ways + ", or ")
                                    + "take a smaller network or --image-size"));
        }
        return Program.compile(plan, variables);
    }

    private Plan plan(int batch) {
        return Plan.of(graphs.apply(batch), variables.backend());
    }

    private long bytes(Plan plan, int batch) {
        long missing = plan.graph().variables().entrySet().stream()
                .filter(entry -> !variables.has(entry.getKey()))
                .mapToLong(entry ->
                        variables.backend().storageBytes(entry.getValue().type()))
                .sum();
        return plan.bytes() + missing + hostBytes.applyAsLong(batch);
    }

    private int largestBelow(int batch) {
        int fits = 0;
        int fails = batch;
        while (fails - fits > 1) {
            int middle = (fits + fails) >>> 1;
            if (bytes(plan(middle), middle) <= variables.backend().availableBytes()) {
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
