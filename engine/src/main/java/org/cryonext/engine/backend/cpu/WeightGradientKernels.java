package org.cryonext.engine.backend.cpu;

import java.util.function.Function;
import org.cryonext.engine.backend.Bindings;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.Usage;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.op.DepthwiseConvWeightGradient;
import org.cryonext.engine.op.PatchConvWeightGradient;
import org.cryonext.engine.tensor.Shape;

/** Gradients by weights and biases of everything that multiplies. */
final class WeightGradientKernels {
    private final CpuPool pool;

    WeightGradientKernels(CpuPool pool) {
        this.pool = pool;
    }

    Kernel linear(Node node, Usage usage) {
        int depth = Math.toIntExact(node.input("x").type().shape().channels());
        return outer(node, usage, depth, b -> ProductKernels.rows(b, "x", depth));
    }

    Kernel patchConv(Node node, PatchConvWeightGradient op, Usage usage) {
        PatchGeometry patches = ProductKernels.geometry(node.input("x").type().shape(), op.k());
        return outer(
                node,
                usage,
                patches.patchValues(),
                b -> new PatchRows(
                        CpuKernel.in(b, "x").array(), CpuKernel.in(b, "x").offset(), patches));
    }

    private Kernel outer(Node node, Usage usage, int depth, Function<Bindings, RowSource> right) {
        Shape dy = node.input("dy").type().shape();
        int rows = Math.toIntExact(dy.rows());
        int columns = Math.toIntExact(dy.channels());
        if (!usage.reads(node, 0)) {
            return new CpuKernel(0, b -> {
                CpuBlock from = CpuKernel.in(b, "dy");
                CpuBlock sums = CpuKernel.out(b, 1);
                return () -> {
                    if (sums != null) {
                        ColumnSums.of(from.array(), from.offset(), rows, columns, sums.array(), sums.offset());
                    }
                };
            });
        }
        OuterProduct product = new OuterProduct(rows, columns, depth, pool);
        return new CpuKernel(product.scratchFloats(), b -> {
            CpuBlock dweight = CpuKernel.out(b, 0);
            CpuBlock dbias = CpuKernel.out(b, 1);
            CpuBlock scratch = CpuKernel.scratch(b);
            OuterProduct.Bound bound = product.bind(
                    ProductKernels.rows(b, "dy", columns),
                    right.apply(b),
                    dweight.array(),
                    dweight.offset(),
                    dbias == null ? null : dbias.array(),
                    dbias == null ? 0 : dbias.offset(),
                    scratch.array(),
                    scratch.offset());
            return bound::run;
        });
    }

    Kernel depthwise(Node node, DepthwiseConvWeightGradient op) {
        int[] dims = node.input("x").type().shape().toInts();
        DepthwiseWeightGradient gradient =
                new DepthwiseWeightGradient(dims[0], dims[1], dims[2], dims[3], op.k(), pool);
        return new CpuKernel(gradient.scratchFloats(), b -> {
            CpuBlock scratch = CpuKernel.scratch(b);
            CpuBlock dweight = CpuKernel.out(b, 0);
            CpuBlock dbias = CpuKernel.out(b, 1);
            CpuPool.Body sums = gradient.bind(CpuKernel.in(b, "dy"), CpuKernel.in(b, "x"), scratch);
            return () -> gradient.run(scratch, dweight, dbias, sums);
        });
    }
}
