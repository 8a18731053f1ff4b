package org.cryonext.engine.backend.cpu;

import org.cryonext.engine.backend.Bindings;
import org.cryonext.engine.backend.Usage;
import org.cryonext.engine.graph.Node;

/**
 * A weight and its bias as a node's kernel multiplies by them: packed at every run, or once where they stay as they are.
 *
 * @param matrix the packed form
 * @param transposed whether the weight is [columns][depth]
 * @param weight the node's input
 * @param bias the node's input, or null for zeros
 * @param weightKept whether it is packed once
 * @param biasKept whether it is packed once
 */
record PackedWeight(
        PackedMatrix matrix, boolean transposed, String weight, String bias, boolean weightKept, boolean biasKept) {
    /**
     * Of a matrix product [rows, depth] weight^T + bias.
     *
     * @param bias the name of an optional input
     * @param kept whether the weight stays as it is, and the packed form too
     */
    static PackedWeight of(Node node, Usage usage, PackedMatrix matrix, String weight, String bias, boolean kept) {
        boolean has = node.op().slots().names().contains(bias + "?") && node.input(bias) != null;
        return new PackedWeight(
                matrix, true, weight, has ? bias : null, kept, kept && has && usage.constant(node, bias));
    }

    /** Of a product by the weight as it lies, without bias. */
    static PackedWeight straight(PackedMatrix matrix, String weight, boolean kept) {
        return new PackedWeight(matrix, false, weight, null, kept, false);
    }

    /** What packs again whatever has changed. */
    Runnable bind(Bindings bindings, CpuPool pool, float[] to, int at) {
        CpuBlock from = CpuKernel.in(bindings, weight);
        CpuBlock biasFrom = bias == null ? null : CpuKernel.in(bindings, bias);
        CpuPool.Body pack = transposed
                ? (panel, worker) -> matrix.packTransposed(from.array(), from.offset(), to, at, panel)
                : (panel, worker) -> matrix.packStraight(from.array(), from.offset(), to, at, panel);
        long[] seen = new long[2];
        return () -> {
            boolean packed = !weightKept || seen[0] != bindings.version(weight);
            if (packed) {
                pool.parallel(matrix.panels(), pack);
                seen[0] = weightKept ? bindings.version(weight) : 0;
            }
            if (packed || bias != null && (!biasKept || seen[1] != bindings.version(bias))) {
                packBias(biasFrom, to, at);
                seen[1] = biasKept ? bindings.version(bias) : 0;
            }
        };
    }

    private void packBias(CpuBlock from, float[] to, int at) {
        for (int panel = 0; panel < matrix.panels(); panel++) {
            matrix.packBias(from == null ? null : from.array(), from == null ? 0 : from.offset(), to, at, panel);
        }
    }
}
