package org.cryonext.models.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.MemoryException;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Op;
import org.cryonext.engine.op.Reshape;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/**
 * Computes what depends on no input before the run, by the same kernels as a run. A file decides what is folded, so the
 * elements and the work are bounded by the file's size; what is beyond stays in the graph, whose memory a plan states.
 */
final class Folding {
    /** Elements that any file may have, for shape arithmetic, and beyond that one for each of its bytes. */
    private static final long FREE_ELEMENTS = 1 << 16;

    /** Results as small as shapes are always computed: each costs less than the objects of its node. */
    private static final long SMALL = 64;

    /** Operations, and elements read and written, that any file may take, and beyond that so many for each byte. */
    private static final long FREE_WORK = 1 << 26;

    private static final long WORK_PER_BYTE = 64;

    private long elements;
    private long work;

    /** @param fileBytes size of the file, external data included */
    Folding(long fileBytes) {
        this.elements = FREE_ELEMENTS + fileBytes;
        this.work = FREE_WORK + WORK_PER_BYTE * fileBytes;
    }

    /**
     * Takes a number of elements from what the file may have.
     *
     * @return false if it has not as many
     */
    boolean affords(long count) {
        if (count > SMALL) {
            if (count > elements) {
                return false;
            }
            elements -= count;
        }
        return true;
    }

    /**
     * The operator's result.
     *
     * @param in values in the order of the operator's inputs; null where an optional one is left out
     * @param flops floating-point operations
     * @return empty if the file is too small for so much
     */
    Optional<Tensor> run(Op op, List<Tensor> in, TensorType result, long flops) {
        if (op instanceof Reshape) {
            return Optional.of(in.getFirst().reshape(result.shape().toArray()));
        }
        long needed = result.shape().size();
        for (Tensor tensor : in) {
            needed += tensor == null ? 0 : tensor.size();
        }
        // A count of operations that overflows belongs to a result that no file affords.
        if (flops < 0
                || needed > work
                || flops > work - needed
                || !affords(result.shape().size())) {
            return Optional.empty();
        }
        work -= needed + flops;
        Graph graph = new Graph();
        List<Value> values = new ArrayList<>();
        for (int i = 0; i < in.size(); i++) {
            values.add(
                    in.get(i) == null ? null : graph.input("in" + i, in.get(i).type()));
        }
        graph.output("out", graph.add(op, values.toArray(Value[]::new)));
        try (Backend backend = new ReferenceBackend();
                Variables variables = new Variables(backend);
                Program program = Program.compile(graph, variables)) {
            for (int i = 0; i < in.size(); i++) {
                if (in.get(i) != null) {
                    program.set("in" + i, in.get(i));
                }
            }
            program.run();
            return Optional.of(program.get("out"));
        } catch (MemoryException e) {
            return Optional.empty();
        }
    }
}
