package org.cryonext.engine.backend.cpu;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;

/**
 * Lets the compiler see the kernels that every network waits for while the process still reads its weights and images. Until
 * they are compiled, every vector in them is an object, and their first calls take thousands of times as long as later ones.
 *
 * <p>The kernels alone are called, on zeros: called by whole networks of other shapes, what calls them would be compiled for
 * those.
 */
final class KernelRehearsal {
    /** Calls after which a kernel has left the interpreter, which runs too slowly for more than a step each. */
    private static final int SHORT_CALLS = 50;

    /** Nanoseconds that an operation on vectors takes at most in compiled code; elsewhere it takes twenty and more. */
    private static final int COMPILED = 5;

    /** Nanoseconds after which the compiler is left to find the kernels by itself. */
    private static final long PATIENCE = 3_000_000_000L;

    /** Summed length of the products: enough of them are seen in a short time. */
    private static final int DEPTH = 48;

    /** Blocks that GELU is given, about as many as there are in a tile of an MLP. */
    private static final int BLOCKS = 24;

    /** Edge of ConvNeXt's depthwise filters. */
    private static final int FILTER = 7;

    private static final AtomicBoolean BEGUN = new AtomicBoolean();

    private KernelRehearsal() {}

    /** Begins it on a thread of its own, once in a process. */
    static void begin() {
        if (BEGUN.compareAndSet(false, true)) {
            Thread thread = new Thread(KernelRehearsal::rehearse, "cryonext-rehearsal");
            thread.setDaemon(true);
            thread.start();
        }
    }

    static void rehearse() {
        long end = System.nanoTime() + PATIENCE;
        products(end);
        depthwise();
        gelu(end);
    }

    private static void products(long end) {
        int rows = GemmMicrokernels.ROWS;
        int columns = GemmMicrokernels.COLUMNS;
        float[] a = new float[rows * GemmMicrokernels.DEPTH];
        float[] b = new float[DEPTH * columns];
        float[] c = new float[rows * columns];
        GemmMicrokernel product = GemmMicrokernels.byRows(rows);
        IntConsumer kernel = depth -> product.run(a, 0, b, 0, depth, c, 0, columns, c, 0, columns);
        leaveInterpreter(kernel);
        untilCompiled(kernel, DEPTH, 2 * rows, end);
    }

    private static void gelu(long end) {
        float[] x = new float[BLOCKS * GeluKernels.WIDE];
        GeluPolynomial gelu = GeluPolynomial.of(false);
        IntConsumer kernel = blocks -> gelu.values(x, 0, x, 0, blocks * GeluKernels.WIDE);
        leaveInterpreter(kernel);
        untilCompiled(kernel, BLOCKS, gelu.operations() * GeluKernels.WIDE / CpuSpecies.LENGTH, end);
    }

    /** Of these there are many, which would keep the compiler from all else; the first compiler's code bridges the time. */
    private static void depthwise() {
        int outputs = DepthwiseKernels.forwardOutputs(FILTER);
        int stride = CpuSpecies.LENGTH;
        float[] x = new float[(outputs + FILTER - 1) * stride];
        float[] w = new float[FILTER * stride];
        float[] y = new float[outputs * stride];
        for (int left : new int[] {0, FILTER / 2}) {
            for (int right : new int[] {0, FILTER / 2}) {
                DepthwiseKernels.Forward kernel = DepthwiseKernels.forward(FILTER, outputs, left, right);
                leaveInterpreter(rows -> kernel.run(x, 0, x.length, stride, w, 0, rows, w, 0, y, 0));
            }
        }
    }

    /** Calls a kernel, which is given the steps of its loop, for one step each. */
    private static void leaveInterpreter(IntConsumer kernel) {
        for (int i = 0; i < SHORT_CALLS; i++) {
            kernel.accept(1);
        }
    }

    /**
     * Calls a kernel until a call is as fast as compiled code.
     *
     * @param operations on vectors in a step
     * @param end when to stop anyway, by {@link System#nanoTime}
     */
    private static void untilCompiled(IntConsumer kernel, int steps, int operations, long end) {
        long now = System.nanoTime();
        long took;
        do {
            kernel.accept(steps);
            long before = now;
            now = System.nanoTime();
            took = now - before;
        } while (took > (long) COMPILED * steps * operations && now < end);
    }
}
