package org.cryonext.engine.backend.cuda;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.stream.Stream;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.Usage;
import org.cryonext.engine.backend.cuda.driver.Architecture;
import org.cryonext.engine.backend.cuda.driver.Grid;
import org.cryonext.engine.backend.cuda.tune.Candidate;
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

/** Operators that multiply matrices: fully connected layers, patch convolutions and the gradients of both. */
final class GemmKernels {
    private static final List<GemmTile> LINEAR =
            List.of(GemmTile.T128X128, GemmTile.T128X96, GemmTile.T128X64, GemmTile.T64X64, GemmTile.T32X32);
    private static final List<GemmTile> LINEAR_LARGE = Stream.concat(
                    LINEAR.stream(), Stream.of(GemmTile.T256X128, GemmTile.T128X256))
            .toList();
    private static final List<GemmTile> LINEAR_TF32_GRADIENT =
            List.of(GemmTile.T128X96, GemmTile.T128X64, GemmTile.T64X64, GemmTile.T32X32);
    private static final List<GemmTile> LINEAR_SCALAR = List.of(GemmTile.T64X64, GemmTile.T32X32);
    private static final List<GemmTile> PATCH = List.of(GemmTile.T128X96, GemmTile.T64X64);
    private static final List<GemmTile> PATCH_HALF = List.of(GemmTile.T128X96);
    private static final List<GemmTile> PATCH_SCALAR = List.of(GemmTile.T64X64);

    /** Rows that a part of a weight gradient has at least: enough to be worth the partial sums it leaves behind. */
    private static final int PART_ROWS = 512;

    /** Parts begin at multiples of the depth of a tile. */
    private static final int PART_STEP = 32;

    /** Blocks of a weight gradient for each multiprocessor. */
    private static final int BLOCKS_EACH = 3;

    /** Kernels count rows, those of the last tile included, by ints. */
    private static final long MOST_ROWS = Integer.MAX_VALUE - 128;

    /** Shared memory of the largest tiles, and what a block has without being asked. */
    private static final int LARGE_BYTES = 96 << 10;

    private static final int PLAIN_BYTES = 48 << 10;

    /** What our own kernels are called among others. */
    static final String OURS = "ours";

    private static final int BIAS_THREADS = 128;
    private static final int SUM_COLUMNS = 32;
    private static final int SUM_ROWS = 8;

    private final CudaKernels kernels;
    private final GemmChoice choice;
    private final boolean tf32;

    GemmKernels(CudaKernels kernels, GemmChoice choice, boolean tf32) {
        this.kernels = kernels;
        this.choice = choice;
        this.tf32 = tf32;
    }

    /**
     * A kernel for a product.
     *
     * @param operation beginning of its name
     * @param module file it is in, without the arithmetic
     * @param width values that are read at once
     */
    private record Selected(
            String module, String operation, GemmArithmetic arithmetic, GemmShape shape, GemmTile tile, int width) {
        String file() {
            return module + "_" + arithmetic.suffix();
        }

        String function() {
            return operation + "_" + tile + "_by" + width + "_" + arithmetic.suffix();
        }
    }

    /** Why a product cannot be computed on this card; empty for everything else. */
    Optional<String> refuses(Node node) {
        String operand = switch (node.op()) {
            case Linear op -> "x";
            case PatchConv op -> "x";
            case LinearInputGradient op -> "dy";
            case LinearWeightGradient op -> "dy";
            case PatchConvInputGradient op -> "dy";
            case PatchConvWeightGradient op -> "dy";
            default -> null;
        };
        if (operand == null) {
            return Optional.empty();
        }
        DType dtype = node.input(operand).type().dtype();
        if (!dtype.isFloating()) {
            return Optional.of("there are no products of " + dtype);
        }
        GemmArithmetic arithmetic = GemmArithmetic.of(dtype, tf32);
        if (!arithmetic.runsOn(kernels.device().architecture())) {
            return Optional.of("the card " + kernels.device() + " has no products of " + arithmetic);
        }
        boolean large = node.inputs().stream()
                .filter(value -> value != null)
                .anyMatch(value -> value.type().shape().rows() > MOST_ROWS);
        return large ? Optional.of("it has more than " + MOST_ROWS + " rows; use a smaller batch") : Optional.empty();
    }

    private GemmArithmetic arithmetic(Node node, String input) {
        return GemmArithmetic.of(node.input(input).type().dtype(), tf32);
    }

    /**
     * The kernels of a node in every tile that there is for it, the usual one first; one where it multiplies nothing.
     *
     * @param node one of those that multiply matrices
     */
    List<Candidate> candidates(Node node, Usage usage) {
        SequencedSet<GemmTile> tiles = new LinkedHashSet<>();
        Kernel usual = kernel(node, usage, (shape, arithmetic, offered) -> {
            GemmTile tile = choice.choose(shape, arithmetic, offered);
            tiles.add(tile);
            tiles.addAll(offered);
            return tile;
        });
        if (!multiplies(node, usage)) {
            return List.of(new Candidate(OURS, usual));
        }
        return tiles.stream()
                .map(tile -> new Candidate(
                        OURS + " " + tile,
                        tile == tiles.getFirst() ? usual : kernel(node, usage, (shape, arithmetic, offered) -> tile)))
                .toList();
    }

    /** Weight gradients of which the bias alone is wanted are sums. */
    private static boolean multiplies(Node node, Usage usage) {
        boolean weights = node.op() instanceof LinearWeightGradient || node.op() instanceof PatchConvWeightGradient;
        return !weights || usage.reads(node, 0);
    }

    private Kernel kernel(Node node, Usage usage, GemmChoice tiles) {
        return switch (node.op()) {
            case Linear op -> linear(node, op, tiles);
            case LinearInputGradient op -> linearInputGradient(node, op, tiles);
            case LinearWeightGradient op -> linearWeightGradient(node, usage, tiles);
            case PatchConv op -> patchConv(node, op, tiles);
            case PatchConvInputGradient op -> patchConvInputGradient(node, op, tiles);
            case PatchConvWeightGradient op -> patchConvWeightGradient(node, op, usage, tiles);
            default -> throw new IllegalArgumentException(node + " multiplies no matrices");
        };
    }

    private Selected linear(
            GemmChoice tiles,
            String module,
            String operation,
            GemmArithmetic arithmetic,
            GemmShape shape,
            int... pieces) {
        int width = width(arithmetic, pieces);
        return new Selected(
                module,
                operation,
                arithmetic,
                shape,
                tiles.choose(shape, arithmetic, offered(module, arithmetic, shape, width)),
                width);
    }

    /** Tiles for which there is a kernel. */
    private List<GemmTile> offered(String module, GemmArithmetic arithmetic, GemmShape shape, int width) {
        if (width == 1) {
            return LINEAR_SCALAR;
        }
        if (arithmetic == GemmArithmetic.TF32 && module.equals("linear_gradient")) {
            return LINEAR_TF32_GRADIENT;
        }
        boolean large = arithmetic.dtype().bytes() == 2
                && !shape.divisible()
                && kernels.device().sharedBytesPerBlock() >= LARGE_BYTES;
        return large ? LINEAR_LARGE : LINEAR;
    }

    private Selected patch(
            GemmChoice tiles, String operation, GemmArithmetic arithmetic, GemmShape shape, int... pieces) {
        int width = width(arithmetic, pieces);
        if (width == 1 && multiples(4, pieces)) {
            width = 4;
        }
        List<GemmTile> offered = width == arithmetic.vector() ? PATCH : width == 1 ? PATCH_SCALAR : PATCH_HALF;
        return new Selected(
                "patch_conv", operation, arithmetic, shape, tiles.choose(shape, arithmetic, offered), width);
    }

    /** How many values may be read at once where neighbours come in pieces of these sizes. */
    private static int width(GemmArithmetic arithmetic, int... pieces) {
        return multiples(arithmetic.vector(), pieces) ? arithmetic.vector() : 1;
    }

    private static boolean multiples(int of, int... pieces) {
        return Arrays.stream(pieces).allMatch(piece -> piece % of == 0);
    }

    private Kernel.Step launch(Selected selected, int parts, Object... arguments) {
        GemmTile tile = selected.tile;
        Architecture architecture = kernels.device().architecture();
        Grid grid = new Grid(
                Math.toIntExact(tile.count(selected.shape)),
                1,
                parts,
                tile.threads(selected.arithmetic, architecture),
                1,
                1,
                tile.sharedBytes(selected.arithmetic, architecture));
        KernelFunction function = kernels.function(selected.file(), selected.function());
        if (grid.sharedBytes() > PLAIN_BYTES) {
            function.sharedBytes(grid.sharedBytes());
        }
        return function.launch(grid, arguments);
    }

    /** An activation as kernels take it. */
    static int number(Activation activation) {
        return switch (activation) {
            case NONE -> 0;
            case GELU -> 1;
            case GELU_TANH -> 2;
        };
    }

    private Kernel linear(Node node, Linear op, GemmChoice tiles) {
        Shape x = node.input("x").type().shape();
        int rows = Math.toIntExact(x.rows());
        int columns = Math.toIntExact(node.input("weight").type().shape().dim(0));
        int depth = Math.toIntExact(x.channels());
        int sampleRows = Math.toIntExact(rows / x.dim(0));
        int activation = number(op.activation());
        Selected selected = linear(
                tiles, "linear", "linear", arithmetic(node, "x"), new GemmShape(rows, columns, depth), depth, columns);
        return new CudaKernel(b -> kernels.step(launch(
                selected,
                1,
                CudaKernel.at(b, "x"),
                CudaKernel.at(b, "weight"),
                CudaKernel.at(b, "bias"),
                CudaKernel.at(b, "residual"),
                CudaKernel.at(b, "scale"),
                CudaKernel.at(b, "keep"),
                CudaKernel.at(b, 0),
                rows,
                columns,
                depth,
                sampleRows,
                activation)));
    }

    private Kernel linearInputGradient(Node node, LinearInputGradient op, GemmChoice tiles) {
        Shape dy = node.input("dy").type().shape();
        int rows = Math.toIntExact(dy.rows());
        int depth = Math.toIntExact(dy.channels());
        int columns = Math.toIntExact(node.input("weight").type().shape().dim(1));
        int activation = number(op.activation());
        Selected selected = linear(
                tiles,
                "linear_gradient",
                "linear_input_gradient",
                arithmetic(node, "dy"),
                new GemmShape(rows, columns, depth),
                depth,
                columns);
        return new CudaKernel(b -> kernels.step(launch(
                selected,
                1,
                CudaKernel.at(b, "dy"),
                CudaKernel.at(b, "weight"),
                CudaKernel.at(b, "affine"),
                CudaKernel.at(b, 0),
                rows,
                columns,
                depth,
                activation)));
    }

    private Kernel linearWeightGradient(Node node, Usage usage, GemmChoice tiles) {
        Shape dy = node.input("dy").type().shape();
        int rows = Math.toIntExact(dy.rows());
        int columns = Math.toIntExact(dy.channels());
        int depth = Math.toIntExact(node.input("x").type().shape().channels());
        Selected selected = linear(
                tiles,
                "linear_gradient",
                "linear_weight_gradient",
                arithmetic(node, "dy"),
                new GemmShape(columns, depth, rows, true),
                columns,
                depth);
        return weightGradient(node, usage, selected, rows, columns, rows, columns, depth);
    }

    private Kernel patchConv(Node node, PatchConv op, GemmChoice tiles) {
        PatchSizes sizes = PatchSizes.of(node.input("x").type().shape(), op.k());
        int filters = Math.toIntExact(node.input("weight").type().shape().dim(0));
        Selected selected = patch(
                tiles,
                "patch_conv",
                arithmetic(node, "x"),
                new GemmShape(sizes.patches(), filters, sizes.values()),
                // Results are written by whole vectors or one by one.
                filters % arithmetic(node, "x").vector() == 0 ? sizes.piece() : 1,
                sizes.line());
        return new CudaKernel(b -> {
            List<Object> arguments = new ArrayList<>(List.of(
                    CudaKernel.at(b, "x"), CudaKernel.at(b, "weight"), CudaKernel.at(b, "bias"), CudaKernel.at(b, 0)));
            arguments.addAll(sizes.arguments(filters));
            return kernels.step(launch(selected, 1, arguments.toArray()));
        });
    }

    private Kernel patchConvInputGradient(Node node, PatchConvInputGradient op, GemmChoice tiles) {
        PatchSizes sizes = PatchSizes.of(node.outputs().getFirst().shape(), op.k());
        int filters = Math.toIntExact(node.input("dy").type().shape().channels());
        Selected selected = patch(
                tiles,
                "patch_conv_input_gradient",
                arithmetic(node, "dy"),
                new GemmShape(sizes.patches(), sizes.values(), filters),
                sizes.piece(),
                sizes.line(),
                filters);
        long bytes = node.outputs().getFirst().bytes();
        return new CudaKernel(b -> {
            long dx = CudaKernel.at(b, 0);
            List<Object> arguments = new ArrayList<>(List.of(CudaKernel.at(b, "dy"), CudaKernel.at(b, "weight"), dx));
            arguments.addAll(sizes.arguments(filters));
            Kernel.Step product = launch(selected, 1, arguments.toArray());
            return sizes.whole() ? product : kernels.step(kernels.fill(dx, (byte) 0, bytes), product);
        });
    }

    private Kernel patchConvWeightGradient(Node node, PatchConvWeightGradient op, Usage usage, GemmChoice tiles) {
        PatchSizes sizes = PatchSizes.of(node.input("x").type().shape(), op.k());
        int filters = Math.toIntExact(node.input("dy").type().shape().channels());
        Selected selected = patch(
                tiles,
                "patch_conv_weight_gradient",
                arithmetic(node, "dy"),
                new GemmShape(filters, sizes.values(), sizes.patches(), true),
                sizes.piece(),
                sizes.line(),
                filters);
        return weightGradient(
                node,
                usage,
                selected,
                sizes.patches(),
                filters,
                sizes.arguments(filters).toArray());
    }

    /**
     * dweight and dbias, in parts of the rows which a second kernel adds in their order: the parts depend on the shape and
     * the card alone, and so do the bits.
     *
     * @param sizes the kernel's arguments between the addresses and the parts
     */
    private Kernel weightGradient(Node node, Usage usage, Selected selected, int rows, int columns, Object... sizes) {
        if (!usage.reads(node, 0)) {
            return biasGradient(selected.arithmetic, rows, columns);
        }
        GemmShape shape = selected.shape;
        boolean summing = usage.reads(node, 1);
        long weights = (long) shape.rows() * shape.columns();
        long partSize = weights + (summing ? columns : 0);
        long tiles = selected.tile.count(shape);
        Parts parts = Parts.of(rows, (long) BLOCKS_EACH * kernels.device().multiprocessors() / tiles);
        long scratch = parts.count == 1 ? 0 : parts.count * partSize * Float.BYTES;
        return new CudaKernel(scratch, 0, b -> {
            boolean divided = parts.count > 1;
            long dweight = CudaKernel.at(b, 0);
            long dbias = summing ? CudaKernel.at(b, 1) : 0;
            long sums = divided ? CudaKernel.scratch(b, 0) : dweight;
            long biasSums = !summing ? 0 : divided ? sums + weights * Float.BYTES : dbias;
            List<Object> arguments =
                    new ArrayList<>(List.of(CudaKernel.at(b, "dy"), CudaKernel.at(b, "x"), sums, biasSums));
            arguments.addAll(Arrays.asList(sizes));
            arguments.addAll(List.of(parts.rows, partSize));
            Kernel.Step product = launch(selected, parts.count, arguments.toArray());
            if (!divided) {
                return kernels.step(product);
            }
            Kernel.Step add = sums(sums, dweight, dbias, parts.count, partSize, weights);
            return kernels.step(product, add);
        });
    }

    /**
     * A kernel of a weight's gradient, and behind it that of the bias, which sums the rows of dy, where it is wanted.
     *
     * @param node has dy, and the bias's gradient as its second output
     */
    Kernel withBiasGradient(Kernel weight, Node node, Usage usage) {
        if (!usage.reads(node, 1)) {
            return weight;
        }
        Shape dy = node.input("dy").type().shape();
        Kernel bias = biasGradient(arithmetic(node, "dy"), Math.toIntExact(dy.rows()), Math.toIntExact(dy.channels()));
        return new CudaKernel(Math.max(weight.scratchBytes(), bias.scratchBytes()), b -> {
            Kernel.Step first = weight.bind(b);
            Kernel.Step second = bias.bind(b);
            return () -> {
                first.run();
                second.run();
            };
        });
    }

    private Kernel biasGradient(GemmArithmetic arithmetic, int rows, int columns) {
        int blocks = Math.ceilDiv(columns, BIAS_THREADS);
        Parts parts = Parts.of(rows, (long) BLOCKS_EACH * kernels.device().multiprocessors() / blocks);
        String function = "bias_gradient_" + CudaKernels.suffix(arithmetic.dtype());
        return new CudaKernel((long) parts.count * columns * Float.BYTES, 0, b -> {
            long scratch = CudaKernel.scratch(b, 0);
            Kernel.Step product = kernels.function("bias_gradient", function)
                    .launch(
                            new Grid(blocks, parts.count, 1, BIAS_THREADS, 1, 1, 0),
                            CudaKernel.at(b, "dy"),
                            scratch,
                            rows,
                            columns,
                            parts.rows);
            Kernel.Step add = sums(scratch, CudaKernel.at(b, 1), 0, parts.count, columns, columns);
            return kernels.step(product, add);
        });
    }

    private Kernel.Step sums(long partial, long first, long second, int parts, long partSize, long split) {
        Grid grid = new Grid(Math.toIntExact(Math.ceilDiv(partSize, SUM_COLUMNS)), 1, 1, SUM_COLUMNS, SUM_ROWS, 1, 0);
        return kernels.function("column_sums", "column_sums")
                .launch(grid, partial, first, second, parts, partSize, split);
    }

    /**
     * How rows are divided.
     *
     * @param count number of parts, none of them empty
     * @param rows rows of a part; the last may have fewer
     */
    private record Parts(int count, int rows) {
        static Parts of(int rows, long wanted) {
            long count = Math.clamp(wanted, 1, Math.max(1, rows / PART_ROWS));
            int each = Math.ceilDiv(Math.ceilDiv(rows, (int) count), PART_STEP) * PART_STEP;
            return new Parts(Math.ceilDiv(rows, each), each);
        }
    }
}
