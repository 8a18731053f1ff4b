package org.cryonext.engine.backend.cuda;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.Slab;
import org.cryonext.engine.backend.cuda.driver.Grid;

/**
 * A launch over a table of parts, a block for each. Steps of the same kernel and settings that follow each other can be one
 * launch over all their parts: what a part gets is the same, bit for bit.
 */
final class TableStep implements Kernel.Step {
    private final CudaKernels kernels;
    private final Call call;
    private final MemorySegment rows;
    private final int parts;
    private final Kernel.Step alone;

    /**
     * What is called.
     *
     * @param source name of the file, without its ending
     * @param function as in the file; its first parameter is the table
     * @param threads of a block
     * @param settings the other parameters
     */
    record Call(String source, String function, int threads, List<Object> settings) {}

    /** @param at where the step's own table lies */
    TableStep(CudaKernels kernels, Call call, PartTable table, CudaBlock at) {
        this.kernels = kernels;
        this.call = call;
        this.rows = table.rows();
        this.parts = table.parts();
        this.alone = launch(kernels, call, table.upload(kernels, at), parts);
    }

    @Override
    public void run() {
        alone.run();
    }

    private static Kernel.Step launch(CudaKernels kernels, Call call, long table, int parts) {
        List<Object> arguments = new ArrayList<>();
        arguments.add(table);
        arguments.addAll(call.settings);
        return kernels.function(call.source, call.function).launch(Grid.of(parts, call.threads), arguments.toArray());
    }

    /**
     * Steps in fewer launches, and the memory for it.
     *
     * @param steps what is left of them
     * @param tables to be closed with the steps
     */
    record Joined(List<Kernel.Step> steps, List<Slab> tables) {}

    /** Joins what follows each other and is of one kind. */
    static Joined join(List<Kernel.Step> steps, CudaKernels kernels) {
        List<Slab> tables = new ArrayList<>();
        try {
            return join(steps, kernels, tables);
        } catch (RuntimeException e) {
            tables.forEach(Slab::close);
            throw e;
        }
    }

    private static Joined join(List<Kernel.Step> steps, CudaKernels kernels, List<Slab> tables) {
        List<Kernel.Step> joined = new ArrayList<>();
        for (int from = 0; from < steps.size(); ) {
            int to = from + 1;
            if (steps.get(from) instanceof TableStep first) {
                while (to < steps.size() && steps.get(to) instanceof TableStep other && other.call.equals(first.call)) {
                    to++;
                }
            }
            joined.add(to - from == 1 ? steps.get(from) : together(steps.subList(from, to), kernels, tables));
            from = to;
        }
        return new Joined(joined, tables);
    }

    private static Kernel.Step together(List<Kernel.Step> steps, CudaKernels kernels, List<Slab> tables) {
        List<TableStep> all = steps.stream().map(step -> (TableStep) step).toList();
        MemorySegment rows =
                PartTable.together(all.stream().map(step -> step.rows).toList());
        CudaKernels.Piece piece = kernels.allocate(rows.byteSize());
        tables.add(piece.slab());
        kernels.upload(rows, piece.address());
        return launch(
                kernels,
                all.getFirst().call,
                piece.address(),
                all.stream().mapToInt(step -> step.parts).sum());
    }
}
