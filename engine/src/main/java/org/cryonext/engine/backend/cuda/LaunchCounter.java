package org.cryonext.engine.backend.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.cryonext.engine.backend.cuda.driver.Grid;

/**
 * Counts what a launch does from its name and arguments: each tensor that it reads or writes once, as a cache of any size
 * would. The simulated card's own counts judge it.
 */
final class LaunchCounter {
    /** Operations of an activation, of a normalised value, and of one that is multiplied and added. */
    private static final long ACTIVATION = 20;

    private static final long NORM = 8;

    /** Bytes of a product's tile along the sum, and values where it is computed plainly. */
    private static final int TENSOR_DEPTH_BYTES = 64;

    private static final int PLAIN_DEPTH = 16;

    /** Columns of a fragment that adds up an operand. */
    private static final long SUM_COLUMNS = 8;

    /** Turns of a loop whose loads a compiler asks for together. */
    private static final int UNROLLED = 4;

    /** Bytes that a thread asks for at once. */
    private static final long ACCESS = 16;

    private final KernelName name;
    private final String kernel;
    private final Grid grid;
    private final Object[] arguments;
    private final PaperMemory memory;
    private long read;
    private long written;
    private long tensorFlops;
    private long flops;
    private long rounds;

    LaunchCounter(String kernel, Grid grid, Object[] arguments, PaperMemory memory) {
        this.name = KernelName.of(kernel);
        this.kernel = kernel;
        this.grid = grid;
        this.arguments = arguments;
        this.memory = memory;
    }

    LaunchWork count() {
        switch (name.family()) {
            case "linear" -> {
                reads(0, 1, 2, 3, 4, 5).writes(6).product(number(7), number(8), number(9), 1);
                if (number(11) != 0) {
                    flops += ACTIVATION * number(7) * number(8);
                }
            }
            case "linear_input_gradient" -> {
                reads(0, 1, 2).writes(3).product(number(4), number(5), number(6), 1);
                if (number(7) != 0) {
                    flops += ACTIVATION * number(4) * number(5);
                }
            }
            case "linear_weight_gradient" ->
                reads(0, 1).weightGradient(number(4), number(5), number(6), number(7), number(8));
            case "patch_conv" -> reads(0, 1, 2).writes(3).product(patches(4), number(9), patchValues(4), 1);
            case "patch_conv_input_gradient" -> reads(0, 1).writes(2).product(patches(3), patchValues(3), number(8), 1);
            case "patch_conv_weight_gradient" ->
                reads(0, 1).weightGradient(patches(4), number(9), patchValues(4), number(10), number(11));
            case "bias_gradient" ->
                reads(0).writesFloats((long) grid.y() * number(3)).loop(number(4));
            case "column_sums" ->
                readsFloats(number(3) * number(4)).writes(1, 2).loop(number(3) / (grid.blockY() * UNROLLED));
            case "mlp_whole" -> {
                reads(0, 1, 2, 4, 5, 6, 7, 8, 9, 10).writes(11);
                mlp(number(12), number(13), number(14), 2);
            }
            case "mlp_first" -> {
                long rows = elements(0) / number(10);
                reads(0, 1, 2, 4, 5).writesValues(rows * number(11)).writesFloats(grid.x() * number(11));
                mlp(rows, number(10), number(11), 1);
            }
            case "mlp_second" -> {
                long images = number(10) / number(13);
                readsValues(number(10) * number(12)).readsFloats(images * number(12));
                reads(2, 3, 4, 5, 6, 7, 8).writes(9).product(number(10), number(11), number(12), 1);
            }
            case "depthwise7" -> {
                reads(0, 1, 2).writes(3);
                flops = 2 * 49 * elements(3);
                rounds = number(7) + 6;
            }
            case "depthwise7_norm" -> {
                reads(0, 1, 2, 3, 4).writes(5);
                flops = (2 * 49 + NORM) * elements(5);
                rounds = number(9) + 6;
            }
            case "depthwise_any" -> {
                reads(0, 1, 2).writes(3);
                flops = 2 * number(4) * number(4) * elements(3);
                rounds = number(4) * number(4);
            }
            case "depthwise7_weight_gradient" -> {
                reads(0, 1).writesFloats(50 * number(5) * number(10));
                flops = 2 * 49 * elements(0);
                rounds = (number(6) + 6) * Math.ceilDiv(number(9), number(10));
            }
            case "depthwise_any_weight_gradient" -> {
                long taps = number(3) * number(3);
                reads(0, 1).writesFloats((taps + 1) * number(7) * number(8));
                flops = 2 * taps * elements(0);
                rounds = number(5) * number(6) * Math.ceilDiv(number(4), number(8));
            }
            case "layer_norm" -> {
                reads(0, 1, 2).writes(3);
                flops = NORM * elements(0);
                rounds = kernel.contains("_each") ? 1 : 3 * passes(number(5));
            }
            case "layer_norm_gradient" -> {
                reads(0, 1, 2).writes(3);
                if (address(4) != 0) {
                    writesFloats(2L * grid.x() * number(6));
                }
                flops = 2 * NORM * elements(0);
                rounds = 3 * passes(number(6)) * Math.ceilDiv(number(5), (long) grid.x() * grid.blockY());
            }
            case "grn_squares" -> reads(0).writesFloats((long) grid.x() * grid.z() * number(3));
            case "grn_ratio" ->
                readsFloats(grid.x() * number(2) * number(3))
                        .writesFloats(grid.x() * number(3))
                        .loop(number(2) * Math.ceilDiv(number(3), grid.blockX()) / UNROLLED);
            case "grn_apply" -> {
                long ratios = elements(0) / number(5) * Float.BYTES;
                reads(0, 2, 3).writes(4);
                read += ratios;
            }
            case "grn_gradient_sums" -> reads(0, 1).writesFloats(3L * grid.x() * grid.z() * number(4));
            case "grn_gradient_factors" ->
                readsFloats(3 * grid.x() * number(5) * number(6))
                        .reads(1)
                        .writesFloats(4 * grid.x() * number(6))
                        .loop(3 * number(5) * Math.ceilDiv(number(6), grid.blockX()) / UNROLLED);
            case "grn_gradient" -> {
                long factors = 2 * elements(0) / number(6) * Float.BYTES;
                reads(0, 1, 4).writes(5);
                read += factors;
                if (number(8) != 0) {
                    flops += ACTIVATION * elements(0);
                }
            }
            case "gelu", "gelu_tanh" -> {
                reads(0).writes(1);
                flops = ACTIVATION * elements(0);
            }
            case "gelu_gradient", "gelu_tanh_gradient" -> {
                reads(0, 1).writes(2);
                flops = ACTIVATION * elements(0);
            }
            case "residual" -> reads(0, 1, 2, 3).writes(4);
            case "residual_gradient" -> {
                reads(0, 2, 3).writes(4);
                if (address(5) != 0) {
                    reads(1).writesFloats(grid.x() * number(8));
                }
            }
            case "add" -> reads(0, 1).writes(2);
            case "fill" -> writes(0);
            case "dropout" -> reads(0, 1).writes(2);
            case "drop_path" -> reads(0).writes(1);
            case "pool", "pool_gradient", "cast", "cast_f32", "cast_f16", "cast_bf16" -> reads(0).writes(1);
            case "cross_entropy" -> reads(0, 1, 2, 3, 4).writes(5);
            case "cross_entropy_gradient" -> reads(0, 1, 2, 3, 4, 5).writes(6);
            case "adam_w" -> tableOf(7, 4, 3);
            case "moving_average" -> tableOf(3, 2, 1);
            case "gradient_squares" -> {
                tableOf(2, 1, 0);
                writesFloats(grid.x());
            }
            case "gradient_clip" -> readsFloats(number(3)).writes(1, 2);
            case "gradient_unscale" -> readsFloats(number(5)).reads(1, 2).writes(1, 2, 3, 4);
            default -> throw new IllegalArgumentException("what " + kernel + " does is not written down");
        }
        long threads = (long) grid.x() * grid.y() * grid.z() * grid.blockX() * grid.blockY() * grid.blockZ();
        if (rounds == 0) {
            rounds = Math.max(1, Math.ceilDiv(read, threads * ACCESS));
        }
        return new LaunchWork(read, written, tensorFlops, flops, rounds);
    }

    private long address(int index) {
        return (Long) arguments[index];
    }

    private long number(int index) {
        return ((Number) arguments[index]).longValue();
    }

    /** Elements of a tensor of the kernel's type. */
    private long elements(int index) {
        return memory.bytes(address(index)) / name.bytes();
    }

    private LaunchCounter reads(int... indices) {
        for (int index : indices) {
            read += memory.bytes(address(index));
        }
        return this;
    }

    private LaunchCounter writes(int... indices) {
        for (int index : indices) {
            written += memory.bytes(address(index));
        }
        return this;
    }

    private LaunchCounter readsFloats(long count) {
        read += Float.BYTES * count;
        return this;
    }

    private LaunchCounter writesFloats(long count) {
        written += Float.BYTES * count;
        return this;
    }

    private LaunchCounter readsValues(long count) {
        read += name.bytes() * count;
        return this;
    }

    private LaunchCounter writesValues(long count) {
        written += name.bytes() * count;
        return this;
    }

    private LaunchCounter loop(long times) {
        rounds = Math.max(1, times);
        return this;
    }

    /** Passes of a group of lanes over a row. */
    private long passes(long channels) {
        boolean odd = kernel.contains("_odd_");
        return Math.ceilDiv(channels, grid.blockX() * (odd ? 1 : ACCESS / name.bytes()));
    }

    /** Whole patches, from the arguments' images, k, height, width, channels. */
    private long patches(int at) {
        return number(at) * (number(at + 2) / number(at + 1)) * (number(at + 3) / number(at + 1));
    }

    private long patchValues(int at) {
        return number(at + 1) * number(at + 1) * number(at + 4);
    }

    /** A product in tiles, each part of its sum by itself. */
    private void product(long rows, long columns, long depth, long parts) {
        boolean tensor = !name.type().equals("f32");
        int step = tensor ? TENSOR_DEPTH_BYTES / name.bytes() : PLAIN_DEPTH;
        long deep = Math.ceilDiv(depth, step);
        long down = Math.ceilDiv(rows, name.rows()) * name.rows();
        long across = Math.ceilDiv(columns, name.columns()) * name.columns();
        long operations = 2 * down * across * deep * step * parts;
        if (tensor) {
            tensorFlops += operations;
        } else {
            flops += operations;
        }
        rounds = deep;
    }

    /** dweight [columns, depth] in parts of the rows, and the sums of dy's columns. */
    private void weightGradient(long rows, long columns, long depth, long rowsOfPart, long partSize) {
        long parts = grid.z();
        long values = partSize * parts;
        if (parts == 1) {
            writes(2, 3);
        } else {
            writesFloats(values);
        }
        boolean tensor = !name.type().equals("f32");
        int step = tensor ? TENSOR_DEPTH_BYTES / name.bytes() : PLAIN_DEPTH;
        long steps = (parts - 1) * Math.ceilDiv(rowsOfPart, step) + Math.ceilDiv(rows - (parts - 1) * rowsOfPart, step);
        long down = Math.ceilDiv(columns, name.rows()) * name.rows();
        long across = Math.ceilDiv(depth, name.columns()) * name.columns();
        long sums = address(3) == 0 || !tensor ? 0 : SUM_COLUMNS;
        long operations = 2 * down * (across + sums) * steps * step;
        if (tensor) {
            tensorFlops += operations;
        } else {
            flops += operations;
        }
        rounds = Math.ceilDiv(rowsOfPart, step);
    }

    /** Products of a fused MLP; the padding of its tiles is not counted. */
    private void mlp(long rows, long channels, long hidden, int products) {
        tensorFlops += 2 * products * rows * channels * hidden;
        flops += ACTIVATION * rows * hidden + NORM * rows * channels;
        rounds = Math.ceilDiv(hidden, name.columns());
    }

    /** A table of parts whose last field counts elements: tensors of F32 that are read and written. */
    private void tableOf(int fields, int readTensors, int writtenTensors) {
        MemorySegment table = memory.uploaded(address(0));
        long rows = table.byteSize() / Long.BYTES / fields;
        long count = 0;
        long most = 0;
        for (long row = 0; row < rows; row++) {
            long of = table.getAtIndex(ValueLayout.JAVA_LONG, row * fields + fields - 1);
            count += of;
            most = Math.max(most, of);
        }
        read += table.byteSize();
        readsFloats(count * readTensors).writesFloats(count * writtenTensors);
        rounds = Math.ceilDiv(most, grid.blockX());
    }
}
