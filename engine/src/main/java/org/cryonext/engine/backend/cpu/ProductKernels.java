package org.cryonext.engine.backend.cpu;

import java.util.Arrays;
import java.util.function.Function;
import org.cryonext.engine.backend.Bindings;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.Usage;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.PatchConv;
import org.cryonext.engine.op.PatchConvInputGradient;
import org.cryonext.engine.tensor.Shape;

/** Operators that multiply rows by a weight: fully connected layers, patch convolutions and their input gradients. */
final class ProductKernels {
    private final CpuPool pool;

    ProductKernels(CpuPool pool) {
        this.pool = pool;
    }

    /**
     * What is multiplied.
     *
     * @param rows rows of the left operand
     * @param transposed whether the weight is [columns][depth]
     * @param source left operand once bound
     * @param sink what becomes of the product once bound
     * @param before run first, or null
     */
    private record Form(
            int rows,
            PackedMatrix right,
            boolean transposed,
            Function<Bindings, RowSource> source,
            Function<Bindings, TileSink> sink,
            Function<Bindings, Runnable> before) {}

    Kernel linear(Node node, Linear op, Usage usage) {
        Shape x = node.input("x").type().shape();
        int columns = Math.toIntExact(node.input("weight").type().shape().dim(0));
        int depth = Math.toIntExact(x.channels());
        int rows = Math.toIntExact(x.rows());
        int sampleRows = Math.toIntExact(rows / x.dim(0));
        Function<Bindings, TileSink> sink = b -> {
            CpuBlock y = CpuKernel.out(b, 0);
            CpuBlock residual = CpuKernel.in(b, "residual");
            TileSink last = residual == null
                    ? new DenseSink(y.array(), y.offset(), columns)
                    : new ResidualSink(
                            residual, CpuKernel.in(b, "scale"), CpuKernel.in(b, "keep"), sampleRows, y, columns);
            return switch (op.activation()) {
                case NONE -> last;
                case GELU, GELU_TANH -> new GeluSink(GeluPolynomial.of(op.activation() == Activation.GELU_TANH), last);
            };
        };
        Form form = new Form(rows, new PackedMatrix(depth, columns), true, b -> rows(b, "x", depth), sink, b -> null);
        return kernel(node, usage, form);
    }

    Kernel linearInputGradient(Node node, Usage usage) {
        Shape dy = node.input("dy").type().shape();
        int depth = Math.toIntExact(dy.channels());
        int columns = Math.toIntExact(node.input("weight").type().shape().dim(1));
        Form form = new Form(
                Math.toIntExact(dy.rows()),
                new PackedMatrix(depth, columns),
                false,
                b -> rows(b, "dy", depth),
                b -> new DenseSink(
                        CpuKernel.out(b, 0).array(), CpuKernel.out(b, 0).offset(), columns),
                b -> null);
        return kernel(node, usage, form);
    }

    Kernel patchConv(Node node, PatchConv op, Usage usage) {
        PatchGeometry patches = geometry(node.input("x").type().shape(), op.k());
        int columns = Math.toIntExact(node.input("weight").type().shape().dim(0));
        Form form = new Form(
                patches.patches(),
                new PackedMatrix(patches.patchValues(), columns),
                true,
                b -> new PatchRows(
                        CpuKernel.in(b, "x").array(), CpuKernel.in(b, "x").offset(), patches),
                b -> new DenseSink(
                        CpuKernel.out(b, 0).array(), CpuKernel.out(b, 0).offset(), columns),
                b -> null);
        return kernel(node, usage, form);
    }

    Kernel patchConvInputGradient(Node node, PatchConvInputGradient op, Usage usage) {
        PatchGeometry patches = geometry(node.outputs().getFirst().shape(), op.k());
        int depth = Math.toIntExact(node.input("dy").type().shape().channels());
        boolean whole = patches.height() % op.k() == 0 && patches.width() % op.k() == 0;
        Form form = new Form(
                patches.patches(),
                new PackedMatrix(depth, patches.patchValues()),
                false,
                b -> rows(b, "dy", depth),
                b -> new PatchSink(
                        CpuKernel.out(b, 0).array(), CpuKernel.out(b, 0).offset(), patches),
                b -> whole ? null : clear(CpuKernel.out(b, 0)));
        return kernel(node, usage, form);
    }

    private static Runnable clear(CpuBlock block) {
        int end = block.offset() + block.size();
        return () -> Arrays.fill(block.array(), block.offset(), end, 0);
    }

    static PatchGeometry geometry(Shape images, int k) {
        int[] dims = images.toInts();
        return new PatchGeometry(dims[0], dims[1], dims[2], dims[3], k);
    }

    static DenseRows rows(Bindings bindings, String name, int width) {
        CpuBlock block = CpuKernel.in(bindings, name);
        return new DenseRows(block.array(), block.offset(), width);
    }

    private Kernel kernel(Node node, Usage usage, Form form) {
        MatrixProduct product = new MatrixProduct(form.rows, form.right, pool);
        boolean kept = usage.constant(node, "weight");
        PackedWeight weight = form.transposed
                ? PackedWeight.of(node, usage, form.right, "weight", "bias", kept)
                : PackedWeight.straight(form.right, "weight", kept);
        int packedFloats = form.right.floats();
        int scratch = Math.addExact(product.scratchFloats(), kept ? 0 : packedFloats);
        return new CpuKernel(scratch, kept ? packedFloats : 0, b -> {
            CpuBlock working = CpuKernel.scratch(b);
            CpuBlock packed = kept ? (CpuBlock) b.resident() : working;
            int productAt = working.offset() + (kept ? 0 : packedFloats);
            Runnable pack = weight.bind(b, pool, packed.array(), packed.offset());
            Runnable before = form.before.apply(b);
            CpuPool.Body multiply = product.bind(
                    form.source.apply(b),
                    packed.array(),
                    packed.offset(),
                    form.sink.apply(b),
                    working.array(),
                    productAt);
            return () -> {
                pack.run();
                if (before != null) {
                    before.run();
                }
                pool.parallel(product.tasks(), multiply);
            };
        });
    }
}
