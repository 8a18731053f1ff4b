package org.cryonext.engine.backend.cpu;

import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.Usage;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.Mlp;

/**
 * A block's MLP as one kernel: its hidden values, four times what goes in and comes out, are not written to memory, but for what
 * gradients read.
 */
final class MlpKernels {
    private final CpuPool pool;

    MlpKernels(CpuPool pool) {
        this.pool = pool;
    }

    Kernel mlp(Node node, Mlp op, Usage usage) {
        MlpShape shape = MlpShape.of(node);
        boolean kept = usage.constant(node, "weight1") && usage.constant(node, "weight2");
        PackedWeight first = PackedWeight.of(node, usage, shape.first(), "weight1", "bias1", kept);
        PackedWeight second = PackedWeight.of(node, usage, shape.second(), "weight2", "bias2", kept);
        int firstFloats = first.matrix().floats();
        int packedFloats = Math.addExact(firstFloats, second.matrix().floats());
        GrnFactors grn = node.input("gamma") == null ? null : new GrnFactors(shape.hidden(), op.grnEpsilon());
        MlpShape joined = shape.joined();
        RowPanels panels = RowPanels.of(grn == null ? joined.positions() : shape.positions());
        boolean byTiles = grn == null && panels.count() >= MlpByTiles.LEAST_PANELS * pool.size();
        MlpByTiles tiles = byTiles ? new MlpByTiles(shape, pool) : null;
        MlpByPhases phases = byTiles ? null : new MlpByPhases(shape, grn, pool);
        int working = byTiles ? tiles.scratchFloats() : phases.scratchFloats();
        int scratch = Math.addExact(working, kept ? 0 : packedFloats);
        return new CpuKernel(scratch, kept ? packedFloats : 0, b -> {
            CpuBlock memory = CpuKernel.scratch(b);
            CpuBlock packed = kept ? (CpuBlock) b.resident() : memory;
            Runnable packFirst = first.bind(b, pool, packed.array(), packed.offset());
            Runnable packSecond = second.bind(b, pool, packed.array(), packed.offset() + firstFloats);
            CpuBlock y = CpuKernel.out(b, 0);
            CpuBlock residual = CpuKernel.in(b, "residual");
            TileSink sink = residual == null
                    ? new DenseSink(y.array(), y.offset(), shape.channels())
                    : new ResidualSink(
                            residual,
                            CpuKernel.in(b, "scale"),
                            CpuKernel.in(b, "keep"),
                            shape.positions(),
                            y,
                            shape.channels());
            MlpTile tile = new MlpTile(
                    grn == null ? joined : shape,
                    panels,
                    GemmMicrokernels.byRows(panels.height()),
                    GemmMicrokernels.byRows(panels.lowHeight()),
                    CpuKernel.in(b, "x"),
                    new LayerNormRows(shape.channels(), op.epsilon()),
                    CpuKernel.in(b, "norm_weight"),
                    CpuKernel.in(b, "norm_bias"),
                    packed.array(),
                    packed.offset(),
                    packed.offset() + firstFloats,
                    op.activation() == Activation.NONE
                            ? null
                            : GeluPolynomial.of(op.activation() == Activation.GELU_TANH),
                    op.givesAffine() ? CpuKernel.out(b, 1) : null,
                    sink,
                    memory.array());
            int at = memory.offset() + (kept ? 0 : packedFloats);
            Kernel.Step multiply = byTiles
                    ? tiles.bind(tile, at)
                    : phases.bind(tile, CpuKernel.in(b, "gamma"), CpuKernel.in(b, "beta"), at);
            return () -> {
                packFirst.run();
                packSecond.run();
                multiply.run();
            };
        });
    }
}
