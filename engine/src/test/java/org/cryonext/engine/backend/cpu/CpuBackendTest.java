package org.cryonext.engine.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.cryonext.engine.backend.MemoryException;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.Add;
import org.cryonext.engine.op.DepthwiseConv;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.SoftmaxCrossEntropy;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CpuBackendTest {
    @Test
    void refusesOtherElementTypes() {
        Graph graph = new Graph();
        Value x = graph.input("x", new TensorType(DType.F64, Shape.of(3)));
        graph.output("y", graph.add(new Add(), x, x));
        try (CpuBackend backend = new CpuBackend(1);
                Variables variables = new Variables(backend)) {
            assertThatThrownBy(() -> Program.compile(graph, variables))
                    .hasMessageContaining("F64 [3] is neither F32 nor I32")
                    .hasMessageContaining("reference backend");
        }
    }

    @Test
    void saysHowMuchMemoryIsMissing() {
        try (CpuBackend backend = new CpuBackend(1)) {
            long free = backend.availableBytes();
            assertThatThrownBy(() -> backend.allocate(free + 1)).isInstanceOf(MemoryException.class);
            try (var slab = backend.allocate(1 << 20)) {
                assertThat(slab.bytes()).isEqualTo(1 << 20);
                assertThat(backend.availableBytes()).isEqualTo(free - (1 << 20));
            }
            assertThat(backend.availableBytes()).isEqualTo(free);
        }
    }

    @Test
    void keepsIntegersExactly() {
        try (CpuBackend backend = new CpuBackend(1);
                var slab = backend.allocate(64)) {
            TensorType type = new TensorType(DType.I32, Shape.of(4));
            var block = backend.block(slab, 0, type);
            int[] values = {0, -1, Integer.MIN_VALUE, 0x7f800001};
            backend.upload(Tensor.of(values, 4), block, 0);
            Tensor back = Tensor.zeros(type);
            backend.download(block, back);
            for (int i = 0; i < 4; i++) {
                assertThat((int) back.get(i)).isEqualTo(values[i]);
            }
        }
    }

    @Test
    void packsAWeightAgainWhenItChanges() {
        Graph graph = new Graph();
        Value x = graph.input("x", TensorType.f32(2, 3));
        Value weight = graph.variable("weight", TensorType.f32(1, 3));
        Value bias = graph.variable("bias", TensorType.f32(1));
        graph.output("y", graph.add(new Linear(), x, weight, bias));
        try (CpuBackend backend = new CpuBackend(2);
                Variables variables = new Variables(backend);
                Program program = Program.compile(graph, variables)) {
            program.set("x", Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3));
            variables.set("weight", Tensor.of(new float[] {1, 0, 0}, 1, 3));
            program.run();
            assertThat(program.get("y").toFloats()).containsExactly(1, 4);
            variables.set("weight", Tensor.of(new float[] {0, 0, 2}, 1, 3));
            program.run();
            assertThat(program.get("y").toFloats()).containsExactly(6, 12);
            variables.set("bias", Tensor.of(new float[] {0.5f}, 1));
            program.run();
            assertThat(program.get("y").toFloats()).containsExactly(6.5f, 12.5f);
        }
    }

    @Test
    void namesALabelThatIsNoClass() {
        Graph graph = new Graph();
        Value logits = graph.input("logits", TensorType.f32(2, 3));
        Value labels = graph.input("labels", new TensorType(DType.I32, Shape.of(2)));
        graph.output("loss", graph.add(new SoftmaxCrossEntropy(0), logits, labels));
        try (CpuBackend backend = new CpuBackend(1);
                Variables variables = new Variables(backend);
                Program program = Program.compile(graph, variables)) {
            program.set("labels", Tensor.of(new int[] {1, 3}, 2));
            assertThatThrownBy(program::run).hasMessage("label 3 of sample 1 is not one of 3 classes");
        }
    }

    @Test
    void itsArithmeticIsThatOfItsLanesWhateverTheThreads() {
        try (CpuBackend one = new CpuBackend(1);
                CpuBackend two = new CpuBackend(2)) {
            assertThat(one.arithmetic())
                    .isEqualTo(two.arithmetic())
                    .contains(CpuSpecies.bits() + "-bit vectors")
                    .isNotEqualTo(new ReferenceBackend().arithmetic());
        }
    }

    /** Interpreted vector code allocates; once compiled nothing may. */
    @Test
    @Tag("once")
    void allocatesNothingInAStep() {
        Graph graph = new Graph();
        Value x = graph.input("x", TensorType.f32(2, 14, 14, 32));
        Value y = graph.add(new DepthwiseConv(7), x, graph.variable("w", TensorType.f32(7, 7, 32)));
        Value channels = graph.variable("c", TensorType.f32(32));
        y = graph.add(new LayerNorm(1e-6), y, channels, channels);
        y = graph.add(new Linear(Activation.GELU), y, graph.variable("m", TensorType.f32(64, 32)));
        graph.output("y", y);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (CpuBackend backend = new CpuBackend(1);
                Variables variables = new Variables(backend);
                Program program = Program.compile(graph, variables)) {
            long deadline = System.nanoTime() + 20_000_000_000L;
            long allocated;
            do {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 50; i++) {
                    program.run();
                }
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
            } while (allocated > 0 && System.nanoTime() < deadline);
            assertThat(allocated).as("bytes in 50 steps").isZero();
        }
    }
}
