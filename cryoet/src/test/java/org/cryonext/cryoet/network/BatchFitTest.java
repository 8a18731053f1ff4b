package org.cryonext.cryoet.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.IntToLongFunction;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Heap;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.op.Add;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a batch takes of a card counts against the card's memory, what it takes of the host against Java's heap. */
final class BatchFitTest {
    private static final long MIB = 1L << 20;

    /** Eight particles fill the heap. */
    private static final IntToLongFunction EIGHTHS = particles -> particles * (Heap.availableBytes(0) / 8);

    /** Of a particle 128 Ki numbers and their doubles: 2 MiB in the reference, which computes in double precision. */
    private static Graph graph(int particles) {
        Graph graph = new Graph();
        Value x = graph.input("x", new TensorType(DType.F32, Shape.of(particles, 128 << 10)));
        graph.output("y", graph.add(new Add(), x, x));
        return graph;
    }

    private static void compile(Backend backend, int batch, IntToLongFunction hostBytes, String relief) {
        try (Variables variables = new Variables(backend);
                Program program = new BatchFit(BatchFitTest::graph, hostBytes, variables, relief).compile(batch)) {
            program.run();
        }
    }

    @Test
    void aSmallCardRunsWhatTheHostHasRoomFor() {
        try (Backend card = new ReferenceCard(10 * MIB)) {
            compile(card, 5, EIGHTHS, "");
            assertThat(card.availableBytes()).isEqualTo(10 * MIB);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // The heap of the tests is not always the same: {batch} particles' share of it, and all.
                "100 | 20 | '' | {20} of Java's heap, but {8} are free; --batch 8 fits, or give more with --memory",
                "100 | 20 | less | {20} of Java's heap, but {8} are free; --batch 8 fits, or give more with --memory",
                "10 | 7 | '' | 14 MiB of memory on card, but 10 MiB are free; --batch 5 fits",
                "10 | 7 | less | 14 MiB of memory on card, but 10 MiB are free; --batch 5 fits, or less",
                "10 | 20 | '' | 40 MiB of memory on card, but 10 MiB are free, and {20} of Java's heap, but {8} are free;"
                        + " --batch 5 fits",
                "30 | 20 | less | 40 MiB of memory on card, but 30 MiB are free, and {20} of Java's heap, but {8} are free;"
                        + " --batch 8 fits, or less and give more with --memory",
                "1 | 4 | '' | 8 MiB of memory on card, but 1 MiB are free; not even --batch 1 fits: take a smaller network"
                        + " or --image-size",
            })
    void whatACardLacksIsNotWhatTheHostLacks(int mebibytes, int batch, String relief, String message) {
        String heap = message.replace("{20}", BatchFit.gibibytes(EIGHTHS.applyAsLong(20)))
                .replace("{8}", BatchFit.gibibytes(Heap.availableBytes(0)));
        try (Backend card = new ReferenceCard(mebibytes * MIB)) {
            assertThatThrownBy(() -> compile(card, batch, EIGHTHS, relief))
                    .isInstanceOf(InputException.class)
                    .hasMessage("A batch of " + batch + " particles needs " + heap);
        }
    }

    @Test
    void notEvenOneParticleOnTheHost() {
        try (Backend card = new ReferenceCard(10 * MIB)) {
            assertThatThrownBy(() -> compile(card, 1, particles -> 2 * Heap.availableBytes(0), "less"))
                    .isInstanceOf(InputException.class)
                    .hasMessageEndingWith(
                            " are free; not even --batch 1 fits: give more with --memory, or take a smaller"
                                    + " network or --image-size");
        }
    }

    /** What computes in the heap shares it with the images. */
    @Test
    void inTheHeapBothCount() {
        try (Backend backend = new ReferenceBackend()) {
            assertThatThrownBy(() -> compile(backend, 8, EIGHTHS, "less"))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining(" of memory on reference, but ")
                    .hasMessageEndingWith("; --batch 7 fits, or less, give more with --memory");
        }
    }
}
