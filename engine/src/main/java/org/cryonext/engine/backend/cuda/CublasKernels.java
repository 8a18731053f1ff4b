package org.cryonext.engine.backend.cuda;

import static org.cryonext.engine.backend.cuda.CudaKernel.at;
import static org.cryonext.engine.backend.cuda.CudaKernel.scratch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cryonext.engine.backend.Bindings;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.Usage;
import org.cryonext.engine.backend.cuda.driver.Cublas;
import org.cryonext.engine.backend.cuda.driver.CudaDevice;
import org.cryonext.engine.backend.cuda.driver.Grid;
import org.cryonext.engine.backend.cuda.driver.LibraryCall;
import org.cryonext.engine.backend.cuda.driver.MatrixProduct;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.LinearInputGradient;
import org.cryonext.engine.op.LinearWeightGradient;
import org.cryonext.engine.op.PatchConv;
import org.cryonext.engine.op.PatchConvInputGradient;
import org.cryonext.engine.op.PatchConvWeightGradient;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * Products by cuBLAS, with what it has not by small kernels of this program: the end of Linear, and patches as rows of a
 * matrix. Where there is such an end, products are left in F32, so that results are rounded once, as in our own kernels; and
 * they are taken in pieces of rows that stay in the card's cache until the end is done.
 */
final class CublasKernels {
    private static final long SMALLEST_PIECE = 8L << 20;
    private static final long LARGEST_PIECE = 32L << 20;

    private static final int THREADS = 256;
    private static final int MOST_BLOCKS = 1 << 14;

    private final CardKernels kernels;
    private final GemmKernels gemms;
    private final Cublas cublas;
    private final boolean tf32;
    private final long pieceBytes;

    /** @param pieceBytes largest product that is taken at a time where something follows it, but for that of one row */
    CublasKernels(CardKernels kernels, GemmKernels gemms, Cublas cublas, boolean tf32, long pieceBytes) {
        this.kernels = kernels;
        this.gemms = gemms;
        this.cublas = cublas;
        this.tf32 = tf32;
        this.pieceBytes = pieceBytes;
    }

    /** Bytes of a product that stays in a card's cache. */
    static long pieceBytes(CudaDevice device) {
        return Math.clamp(device.l2Bytes() / 2, SMALLEST_PIECE, LARGEST_PIECE);
    }

    /** The kernel of a node; none if cuBLAS has nothing to do with it. */
    Optional<Kernel> kernel(Node node, Usage usage) {
        return switch (node.op()) {
            case Linear op -> Optional.of(linear(node, op));
            case LinearInputGradient op -> Optional.of(linearInputGradient(node, op));
            case LinearWeightGradient op when usage.reads(node, 0) -> Optional.of(linearWeightGradient(node, usage));
            case PatchConv op -> Optional.of(patchConv(node, op));
            case PatchConvInputGradient op -> Optional.of(patchConvInputGradient(node, op));
            case PatchConvWeightGradient op
            when usage.reads(node, 0) -> Optional.of(patchConvWeightGradient(node, op, usage));
            default -> Optional.empty();
        };
    }

    /** For instance 12.6.1. */
    String version() {
        return cublas.version();
    }

    /**
     * Working memory.
     *
     * @param first bytes of the first piece
     * @param second bytes of the second piece
     */
    private record Memory(long first, long second) {
        static Memory of(long first, long second) {
            return new Memory(Math.ceilDiv(first, CudaBackend.ALIGNMENT) * CudaBackend.ALIGNMENT, second);
        }

        long bytes() {
            return first + second;
        }

        long firstAt(Bindings b) {
            return scratch(b, 0);
        }

        long secondAt(Bindings b) {
            return scratch(b, 0) + first;
        }
    }

    /** How many of so many rows, or images, are taken at a time. */
    private int piece(int count, long bytesOfOne) {
        return Math.clamp(pieceBytes / Math.max(1, bytesOfOne), 1, Math.max(1, count));
    }

    private Kernel.Step inOrder(List<LibraryCall> calls) {
        return () -> {
            for (int i = 0; i < calls.size(); i++) {
                calls.get(i).run();
            }
        };
    }

    private LibraryCall call(Kernel.Step launch) {
        return launch::run;
    }

    private MatrixProduct product(
            int rows, int columns, int depth, boolean leftTurned, boolean rightTurned, DType factors, DType result) {
        return new MatrixProduct(
                rows, columns, depth, leftTurned, rightTurned, factors, result, tf32 && factors == DType.F32);
    }

    private Kernel linear(Node node, Linear op) {
        TensorType x = node.input("x").type();
        DType dtype = x.dtype();
        int rows = Math.toIntExact(x.shape().rows());
        int columns = Math.toIntExact(node.outputs().getFirst().shape().channels());
        int depth = Math.toIntExact(x.shape().channels());
        int sampleRows = Math.toIntExact(rows / x.shape().dim(0));
        boolean bare =
                op.activation() == Activation.NONE && node.input("bias") == null && node.input("residual") == null;
        if (bare) {
            return new CudaKernel(b -> cublas.multiply(
                    product(rows, columns, depth, false, true, dtype, dtype),
                    at(b, "x"),
                    at(b, "weight"),
                    at(b, 0),
                    false)::run);
        }
        return ended(
                "x",
                true,
                dtype,
                rows,
                columns,
                depth,
                (b, product, first, count) ->
                        end(b, product, dtype, rows, columns, sampleRows, op.activation(), first, count));
    }

    /** What is done with rows of a product, of which there are count from the first on. */
    private interface End {
        Kernel.Step of(Bindings bindings, long product, int first, int count);
    }

    /** A product by the weight in F32, some rows at a time, and what comes after it. */
    private Kernel ended(String left, boolean turned, DType dtype, int rows, int columns, int depth, End end) {
        int step = piece(rows, 4L * columns);
        Memory memory = Memory.of(4L * step * columns, 0);
        return new CudaKernel(memory.bytes(), b -> {
            List<LibraryCall> calls = new ArrayList<>();
            for (int first = 0; first < rows; first += step) {
                int count = Math.min(step, rows - first);
                calls.add(cublas.multiply(
                        product(count, columns, depth, false, turned, dtype, DType.F32),
                        at(b, left) + (long) first * depth * dtype.bytes(),
                        at(b, "weight"),
                        memory.firstAt(b),
                        false));
                calls.add(call(end.of(b, memory.firstAt(b), first, count)));
            }
            return inOrder(calls);
        });
    }

    /** What comes after a product's rows from the first on. */
    private Kernel.Step end(
            Bindings b,
            long product,
            DType dtype,
            int rows,
            int columns,
            int sampleRows,
            Activation activation,
            int first,
            int count) {
        boolean linear = activation != null;
        return kernels.function("library_product", "linear_end", dtype)
                .launch(
                        grid((long) count * Math.ceilDiv(columns, 16 / dtype.bytes())),
                        product,
                        at(b, "bias"),
                        linear ? at(b, "residual") : 0L,
                        linear ? at(b, "scale") : 0L,
                        linear ? at(b, "keep") : 0L,
                        at(b, 0),
                        rows,
                        columns,
                        sampleRows,
                        linear ? GemmKernels.number(activation) : 0,
                        first,
                        count);
    }

    private static Grid grid(long items) {
        return Grid.of(Math.clamp(Math.ceilDiv(items, THREADS), 1, MOST_BLOCKS), THREADS);
    }

    private Kernel linearInputGradient(Node node, LinearInputGradient op) {
        Shape dy = node.input("dy").type().shape();
        DType dtype = node.input("dy").type().dtype();
        int rows = Math.toIntExact(dy.rows());
        int depth = Math.toIntExact(dy.channels());
        int columns = Math.toIntExact(node.input("weight").type().shape().dim(1));
        if (op.activation() != Activation.NONE) {
            return ended(
                    "dy",
                    false,
                    dtype,
                    rows,
                    columns,
                    depth,
                    (b, product, first, count) -> kernels.function(
                                    "library_product", "linear_input_gradient_end", dtype)
                            .launch(
                                    grid((long) count * Math.ceilDiv(columns, 16 / dtype.bytes())),
                                    product,
                                    at(b, "affine"),
                                    at(b, 0),
                                    rows,
                                    columns,
                                    GemmKernels.number(op.activation()),
                                    first,
                                    count));
        }
        return new CudaKernel(b -> cublas.multiply(
                product(rows, columns, depth, false, false, dtype, dtype),
                at(b, "dy"),
                at(b, "weight"),
                at(b, 0),
                false)::run);
    }

    private Kernel linearWeightGradient(Node node, Usage usage) {
        Shape dy = node.input("dy").type().shape();
        DType dtype = node.input("dy").type().dtype();
        int rows = Math.toIntExact(dy.rows());
        int columns = Math.toIntExact(dy.channels());
        int depth = Math.toIntExact(node.input("x").type().shape().channels());
        Kernel weight = new CudaKernel(b -> cublas.multiply(
                        product(columns, depth, rows, true, false, dtype, DType.F32),
                        at(b, "dy"),
                        at(b, "x"),
                        at(b, 0),
                        false)::run);
        return gemms.withBiasGradient(weight, node, usage);
    }

    /** Images, taken some at a time: rows of patches, and the product of these. */
    private record Pieces(PatchSizes sizes, DType dtype, int patches, int images) {
        long matrixBytes() {
            return (long) images * patches * sizes.values() * dtype.bytes();
        }

        /** Address of an image. */
        long image(long address, int image) {
            return address + (long) image * sizes.height() * sizes.line() * dtype.bytes();
        }

        /** Address of the first row of results that belongs to an image. */
        long row(long address, int image, int filters) {
            return address + (long) image * patches * filters * dtype.bytes();
        }
    }

    private Pieces pieces(PatchSizes sizes, DType dtype, long bytesOfResult) {
        int patches = sizes.patches() / sizes.images();
        long bytes = patches * ((long) sizes.values() * dtype.bytes() + bytesOfResult);
        return new Pieces(sizes, dtype, patches, piece(sizes.images(), bytes));
    }

    /** Patches of images as rows of a matrix, or back. */
    private Kernel.Step patches(String name, Pieces pieces, long from, long to, int images) {
        PatchSizes s = pieces.sizes;
        int width = 16 / pieces.dtype.bytes();
        boolean whole = s.piece() % width == 0 && s.line() % width == 0;
        long count = (long) images * pieces.patches * s.values();
        return kernels.function("library_product", name + (whole ? "_" : "_odd_") + CudaKernels.suffix(pieces.dtype))
                .launch(
                        grid(whole ? count / width : count),
                        from,
                        to,
                        s.k(),
                        s.height(),
                        s.width(),
                        s.channels(),
                        count);
    }

    private Kernel patchConv(Node node, PatchConv op) {
        TensorType x = node.input("x").type();
        PatchSizes sizes = PatchSizes.of(x.shape(), op.k());
        int filters = Math.toIntExact(node.input("weight").type().shape().dim(0));
        Pieces pieces = pieces(sizes, x.dtype(), 4L * filters);
        Memory memory = Memory.of(pieces.matrixBytes(), 4L * pieces.images * pieces.patches * filters);
        return new CudaKernel(memory.bytes(), b -> {
            List<LibraryCall> calls = new ArrayList<>();
            for (int image = 0; image < sizes.images(); image += pieces.images) {
                int images = Math.min(pieces.images, sizes.images() - image);
                int rows = images * pieces.patches;
                calls.add(call(
                        patches("patches_in", pieces, pieces.image(at(b, "x"), image), memory.firstAt(b), images)));
                calls.add(cublas.multiply(
                        product(rows, filters, sizes.values(), false, true, x.dtype(), DType.F32),
                        memory.firstAt(b),
                        at(b, "weight"),
                        memory.secondAt(b),
                        false));
                calls.add(call(end(
                        b,
                        memory.secondAt(b),
                        x.dtype(),
                        sizes.patches(),
                        filters,
                        1,
                        null,
                        image * pieces.patches,
                        rows)));
            }
            return inOrder(calls);
        });
    }

    private Kernel patchConvInputGradient(Node node, PatchConvInputGradient op) {
        TensorType dx = node.outputs().getFirst();
        DType dtype = dx.dtype();
        PatchSizes sizes = PatchSizes.of(dx.shape(), op.k());
        int filters = Math.toIntExact(node.input("dy").type().shape().channels());
        Pieces pieces = pieces(sizes, dtype, 0);
        Memory memory = Memory.of(pieces.matrixBytes(), 0);
        return new CudaKernel(memory.bytes(), b -> {
            List<LibraryCall> calls = new ArrayList<>();
            if (!sizes.whole()) {
                calls.add(() -> kernels.stream().fill(at(b, 0), (byte) 0, dx.bytes()));
            }
            for (int image = 0; image < sizes.images(); image += pieces.images) {
                int images = Math.min(pieces.images, sizes.images() - image);
                calls.add(cublas.multiply(
                        product(images * pieces.patches, sizes.values(), filters, false, false, dtype, dtype),
                        pieces.row(at(b, "dy"), image, filters),
                        at(b, "weight"),
                        memory.firstAt(b),
                        false));
                calls.add(
                        call(patches("patches_out", pieces, memory.firstAt(b), pieces.image(at(b, 0), image), images)));
            }
            return inOrder(calls);
        });
    }

    private Kernel patchConvWeightGradient(Node node, PatchConvWeightGradient op, Usage usage) {
        TensorType x = node.input("x").type();
        PatchSizes sizes = PatchSizes.of(x.shape(), op.k());
        int filters = Math.toIntExact(node.input("dy").type().shape().channels());
        Pieces pieces = pieces(sizes, x.dtype(), 0);
        Memory memory = Memory.of(pieces.matrixBytes(), 0);
        Kernel weight = new CudaKernel(memory.bytes(), b -> {
            List<LibraryCall> calls = new ArrayList<>();
            for (int image = 0; image < sizes.images(); image += pieces.images) {
                int images = Math.min(pieces.images, sizes.images() - image);
                calls.add(call(
                        patches("patches_in", pieces, pieces.image(at(b, "x"), image), memory.firstAt(b), images)));
                // One piece after another in the order of the images, so that the sums are the same every time.
                calls.add(cublas.multiply(
                        product(filters, sizes.values(), images * pieces.patches, true, false, x.dtype(), DType.F32),
                        pieces.row(at(b, "dy"), image, filters),
                        memory.firstAt(b),
                        at(b, 0),
                        image > 0));
            }
            return inOrder(calls);
        });
        return gemms.withBiasGradient(weight, node, usage);
    }
}
