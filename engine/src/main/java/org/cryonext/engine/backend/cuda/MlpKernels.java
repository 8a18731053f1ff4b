package org.cryonext.engine.backend.cuda;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.cuda.driver.CudaDevice;
import org.cryonext.engine.backend.cuda.driver.Grid;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.Mlp;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;

/** The fused MLP: one kernel, or three where a Grn lies between. */
final class MlpKernels {
    private static final int WARP_THREADS = 32;
    private static final int VALUE_BYTES = 2;
    private static final int FRAGMENT_ROWS = 16;
    private static final int STATIC_LIMIT = 48 << 10;

    /** Factors of an image fill whole tiles along the sum. */
    private static final int FACTOR_COLUMNS = 32;

    private static final int GRN_THREADS = 256;
    private static final int BLOCKS_EACH = 2;
    private static final int AMPERE = 8;

    /** Share of the multiprocessors that have a block in the mean of all rounds, from which on the parts are slower. */
    private static final double BUSY = 0.75;

    private static final List<Variant> WHOLE = List.of(
            new Variant(96, 32, 2, 4),
            new Variant(128, 16, 2, 4),
            new Variant(192, 32, 1, 8),
            new Variant(256, 32, 1, 8),
            new Variant(384, 16, 1, 8));
    private static final List<Variant> FIRST = List.of(
            new Variant(96, 32, 2, 4),
            new Variant(192, 32, 2, 4),
            new Variant(384, 32, 1, 8),
            new Variant(768, 32, 1, 4),
            new Variant(768, 16, 1, 4));
    private static final List<Variant> WHOLE_ON_TURING = List.of(new Variant(96, 32, 1, 8), new Variant(192, 16, 1, 4));
    private static final List<Variant> FIRST_ON_TURING = List.of(new Variant(96, 32, 1, 8), new Variant(192, 32, 1, 4));
    private static final List<GemmTile> SECOND = List.of(GemmTile.T128X128, GemmTile.T128X96, GemmTile.T64X64);

    private final CudaKernels kernels;
    private final GemmChoice choice;

    MlpKernels(CudaKernels kernels, GemmChoice choice) {
        this.kernels = kernels;
        this.choice = choice;
    }

    /**
     * A compiled shape, as in mlp.cuh.
     *
     * @param channels most channels
     * @param hidden hidden columns at a time
     * @param down fragments of 16 rows that are a warp's own
     * @param warps warps of a block
     */
    private record Variant(int channels, int hidden, int down, int warps) {
        int threads() {
            return WARP_THREADS * warps;
        }

        /** Rows of a block. */
        int rows() {
            return FRAGMENT_ROWS * down * warps;
        }

        /** Shared memory where both products are computed: rows of x, both weights' tiles twice, and the bias. */
        int wholeBytes(Sizes sizes) {
            int tiles = VALUE_BYTES * (rows() * channels + 2 * 2 * hidden * channels) + biasBytes(sizes.hidden);
            int together = channels % 96 == 0 ? 96 : 128;
            int results = warps * FRAGMENT_ROWS * (together + 8) * Float.BYTES;
            return Math.max(tiles, results);
        }

        /**
         * Shared memory where the first product is computed alone: rows of x, weight1's tile twice, hidden values, squares of two
         * turns, and the bias of some columns.
         */
        int firstBytes(int columns) {
            return VALUE_BYTES * (rows() * channels + 2 * hidden * channels + rows() * hidden)
                    + 2 * warps * hidden * Float.BYTES
                    + biasBytes(columns);
        }

        private int biasBytes(int columns) {
            return Math.ceilDiv(columns, hidden) * hidden * Float.BYTES;
        }

        @Override
        public String toString() {
            return channels + "x" + hidden;
        }
    }

    /** Why a node cannot be computed here; empty if it can. */
    Optional<String> refuses(Node node, Mlp op) {
        DType dtype = node.input("x").type().dtype();
        if (dtype != DType.F16 && dtype != DType.BF16) {
            return Optional.of("fused MLPs are computed in F16 and BF16 alone");
        }
        if (!GemmArithmetic.of(dtype, false).runsOn(kernels.device().architecture())) {
            return Optional.of("the card " + kernels.device() + " has no products of " + dtype);
        }
        if (op.activation() == Activation.NONE) {
            return Optional.of("fused MLPs have an activation");
        }
        if (op.givesAffine()) {
            return Optional.of("fused MLPs keep nothing for gradients");
        }
        Sizes sizes = Sizes.of(node);
        if (sizes.channels % 8 != 0 || sizes.hidden % 8 != 0) {
            return Optional.of("its rows are no multiples of 16 bytes");
        }
        if (variant(node, sizes).isEmpty()) {
            return Optional.of("the card's shared memory does not hold rows of " + sizes.channels + " channels");
        }
        return node.input("gamma") == null || !seconds(sizes).isEmpty()
                ? Optional.empty()
                : Optional.of("the card's shared memory does not hold " + sizes.hidden
                        + " factors for each of the images that a block has rows of");
    }

    /** Tiles of the second product behind a Grn. */
    private List<GemmTile> seconds(Sizes sizes) {
        return SECOND.stream()
                .filter(tile -> secondBytes(tile, sizes) <= kernels.device().sharedBytesPerBlock())
                .toList();
    }

    /** Shared memory of a tile, and behind it the factors of each image that it may have rows of, and beta. */
    private int secondBytes(GemmTile tile, Sizes sizes) {
        int images = Math.min(sizes.samples(), (tile.rows() - 2) / sizes.positions + 2);
        long factors = Math.ceilDiv(sizes.hidden, FACTOR_COLUMNS) * FACTOR_COLUMNS * (images + 1L) * Float.BYTES;
        long tiles = tile.sharedBytes(GemmArithmetic.F16, kernels.device().architecture());
        return Math.clamp(tiles + factors, 0, Integer.MAX_VALUE);
    }

    private Optional<Variant> variant(Node node, Sizes sizes) {
        CudaDevice device = kernels.device();
        boolean whole = node.input("gamma") == null;
        boolean turing = device.architecture().major() < AMPERE;
        List<Variant> compiled = turing ? whole ? WHOLE_ON_TURING : FIRST_ON_TURING : whole ? WHOLE : FIRST;
        return compiled.stream()
                .filter(v -> sizes.channels <= v.channels)
                .filter(v -> (whole ? v.wholeBytes(sizes) : v.firstBytes(sizes.hidden)) <= device.sharedBytesPerBlock())
                .min(Comparator.comparingInt(Variant::channels)
                        .thenComparing(Variant::hidden, Comparator.reverseOrder()));
    }

    /**
     * Whether a node that is not refused keeps most of the card busy: without a Grn a block has its rows for all hidden columns,
     * so that a small batch has few blocks, or one more than the card runs at a time.
     */
    boolean fillsCard(Node node) {
        if (node.input("gamma") != null) {
            return true;
        }
        Sizes sizes = Sizes.of(node);
        int blocks = Math.ceilDiv(sizes.rows, variant(node, sizes).orElseThrow().rows());
        int multiprocessors = kernels.device().multiprocessors();
        return blocks >= BUSY * multiprocessors * Math.ceilDiv(blocks, multiprocessors);
    }

    /**
     * The extents of a node.
     *
     * @param rows of x
     * @param positions rows of a sample
     */
    private record Sizes(int rows, int positions, int channels, int hidden) {
        static Sizes of(Node node) {
            Shape x = node.input("x").type().shape();
            int rows = Math.toIntExact(x.rows());
            return new Sizes(
                    rows,
                    Math.toIntExact(rows / x.dim(0)),
                    Math.toIntExact(x.channels()),
                    Math.toIntExact(node.input("weight1").type().shape().dim(0)));
        }

        int samples() {
            return rows / positions;
        }
    }

    Kernel mlp(Node node, Mlp op) {
        Sizes sizes = Sizes.of(node);
        Variant variant = variant(node, sizes).orElseThrow();
        String suffix = "_" + CudaKernels.suffix(node.input("x").type().dtype());
        int tanhForm = op.activation() == Activation.GELU_TANH ? 1 : 0;
        return node.input("gamma") == null
                ? whole(op, sizes, variant, suffix, tanhForm)
                : withGrn(op, sizes, variant, suffix, tanhForm);
    }

    private Kernel whole(Mlp op, Sizes sizes, Variant variant, String suffix, int tanhForm) {
        int blocks = Math.ceilDiv(sizes.rows, variant.rows());
        return new CudaKernel(b ->
                kernels.step(function("mlp_whole_" + variant + suffix, suffix, variant.wholeBytes(sizes))
                        .launch(
                                Grid.of(blocks, variant.threads()).withShared(variant.wholeBytes(sizes)),
                                CudaKernel.at(b, "x"),
                                CudaKernel.at(b, "norm_weight"),
                                CudaKernel.at(b, "norm_bias"),
                                (float) op.epsilon(),
                                CudaKernel.at(b, "weight1"),
                                CudaKernel.at(b, "bias1"),
                                CudaKernel.at(b, "weight2"),
                                CudaKernel.at(b, "bias2"),
                                CudaKernel.at(b, "residual"),
                                CudaKernel.at(b, "scale"),
                                CudaKernel.at(b, "keep"),
                                CudaKernel.at(b, 0),
                                sizes.rows,
                                sizes.channels,
                                sizes.hidden,
                                sizes.positions,
                                tanhForm)));
    }

    /** Hidden values with their squares' sums; each channel's share of the mean norm; the second product. */
    private Kernel withGrn(Mlp op, Sizes sizes, Variant variant, String suffix, int tanhForm) {
        int tiles = Math.ceilDiv(sizes.positions, variant.rows());
        int blocks = Math.multiplyExact(sizes.samples(), tiles);
        int multiprocessors = kernels.device().multiprocessors();
        int ranges = Math.clamp(
                Math.ceilDiv(BLOCKS_EACH * multiprocessors, blocks), 1, Math.max(1, sizes.hidden / variant.hidden));
        int each = Math.ceilDiv(Math.ceilDiv(sizes.hidden, ranges), variant.hidden) * variant.hidden;
        GemmArithmetic arithmetic = GemmArithmetic.of(suffix.equals("_f16") ? DType.F16 : DType.BF16, false);
        GemmTile tile =
                choice.choose(new GemmShape(sizes.rows, sizes.channels, sizes.hidden), arithmetic, seconds(sizes));
        long ratios = (long) sizes.samples() * sizes.hidden;
        long squares = (long) blocks * sizes.hidden;
        long hidden = (long) sizes.rows * sizes.hidden;
        return new CudaKernel(Float.BYTES * (ratios + squares) + VALUE_BYTES * hidden, b -> {
            long ratio = CudaKernel.scratch(b, 0);
            long square = CudaKernel.scratch(b, ratios);
            long h = CudaKernel.scratch(b, ratios + squares);
            Kernel.Step first = function("mlp_first_" + variant + suffix, suffix, variant.firstBytes(each))
                    .launch(
                            new Grid(
                                    blocks,
                                    Math.ceilDiv(sizes.hidden, each),
                                    1,
                                    variant.threads(),
                                    1,
                                    1,
                                    variant.firstBytes(each)),
                            CudaKernel.at(b, "x"),
                            CudaKernel.at(b, "norm_weight"),
                            CudaKernel.at(b, "norm_bias"),
                            (float) op.epsilon(),
                            CudaKernel.at(b, "weight1"),
                            CudaKernel.at(b, "bias1"),
                            h,
                            square,
                            sizes.positions,
                            tiles,
                            sizes.channels,
                            sizes.hidden,
                            each,
                            tanhForm);
            Kernel.Step shares = kernels.function("grn", "grn_ratio")
                    .launch(Grid.of(sizes.samples(), GRN_THREADS), square, ratio, tiles, sizes.hidden, (float)
                            op.grnEpsilon());
            int bytes = secondBytes(tile, sizes);
            Kernel.Step second = function("mlp_second_" + tile + suffix, suffix, bytes)
                    .launch(
                            Grid.of(
                                            tile.count(new GemmShape(sizes.rows, sizes.channels, sizes.hidden)),
                                            tile.threads(
                                                    arithmetic, kernels.device().architecture()))
                                    .withShared(bytes),
                            h,
                            ratio,
                            CudaKernel.at(b, "gamma"),
                            CudaKernel.at(b, "beta"),
                            CudaKernel.at(b, "weight2"),
                            CudaKernel.at(b, "bias2"),
                            CudaKernel.at(b, "residual"),
                            CudaKernel.at(b, "scale"),
                            CudaKernel.at(b, "keep"),
                            CudaKernel.at(b, 0),
                            sizes.rows,
                            sizes.channels,
                            sizes.hidden,
                            sizes.positions);
            return kernels.step(first, shares, second);
        });
    }

    private KernelFunction function(String name, String suffix, int sharedBytes) {
        KernelFunction function = kernels.function("mlp" + suffix, name);
        if (sharedBytes > STATIC_LIMIT) {
            function.sharedBytes(sharedBytes);
        }
        return function;
    }
}
