package org.cryonext.engine.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class KernelRehearsalTest {
    /** On its own thread nobody would see what it throws. */
    @Test
    void callsKernelsWithinTheirArraysAndEnds() {
        assertDoesNotThrow(KernelRehearsal::rehearse);
    }

    @Test
    void aKernelCompiledInItMultipliesAsBefore() {
        KernelRehearsal.rehearse();
        int rows = GemmMicrokernels.ROWS;
        int columns = GemmMicrokernels.COLUMNS;
        int depth = GemmMicrokernels.DEPTH;
        float[] a = new float[rows * depth];
        float[] b = new float[depth * columns];
        float[] init = new float[columns];
        float[] c = new float[rows * columns];
        Arrays.fill(a, 2);
        Arrays.fill(b, 3);
        Arrays.fill(init, 1);
        GemmMicrokernels.byRows(rows).run(a, 0, b, 0, depth, init, 0, 0, c, 0, columns);
        float[] expected = new float[rows * columns];
        Arrays.fill(expected, 6 * depth + 1);
        assertArrayEquals(expected, c);
    }
}
