package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Set;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.grad.FrozenPrefix;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Gelu;
import org.cryonext.engine.op.GlobalAveragePool;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PrefixCacheTest {
    private static final int BATCH = 2;

    @TempDir
    private Path folder;

    /** Three images a particle; GELU and pooling are frozen, a Linear is not. */
    private static Graph graph() {
        Graph graph = new Graph();
        Value x = graph.input("x", TensorType.f32(3 * BATCH, 2, 2, 5));
        Value frozen = graph.add(new GlobalAveragePool(), graph.add(new Gelu(false), x));
        Value weight = graph.variable("weight", TensorType.f32(4, 5));
        graph.output("y", graph.add(new Linear(), frozen, weight, null));
        return graph;
    }

    private static Tensor images(int first, int second) {
        float[] values = new float[3 * BATCH * 20];
        for (int i = 0; i < values.length; i++) {
            int particle = i < values.length / 2 ? first : second;
            values[i] = (float) Math.sin(i % (values.length / 2) + 31 * particle);
        }
        return Tensor.of(values, 3 * BATCH, 2, 2, 5);
    }

    private static FrozenPart part(FrozenFormat format) {
        int[] samples = {7, 2, 5, 0};
        FrozenPart part = FrozenPart.of(
                        FrozenPart.TRAIN,
                        particles -> FrozenPrefix.split(graph(), Set.of("x"), Set.of("weight")),
                        BATCH,
                        samples,
                        format)
                .orElseThrow();
        assertThat(part.particle()).isEqualTo(format.type(3 * 5));
        assertThat(part.bytes()).isEqualTo(4 * part.particle().bytes());
        return part;
    }

    private static float[] throughCache(FrozenPart part, FrozenStore store, int first, int second) {
        FrozenPrefix split = part.split();
        try (Backend backend = new ReferenceBackend();
                Variables variables = weight(backend);
                PrefixCache cache = new PrefixCache(part, 8, store)) {
            try (Program prefix = Program.compile(split.prefix(), variables)) {
                for (int[] batch : new int[][] {{7, 2}, {5, 0}}) {
                    prefix.set("x", images(batch[0], batch[1]));
                    prefix.run();
                    cache.store(prefix, batch);
                }
            }
            cache.complete();
            try (Program rest = Program.compile(split.rest(), variables)) {
                cache.upload(rest, 0, first);
                cache.upload(rest, 1, second);
                rest.run();
                return rest.get("y").toFloats();
            }
        }
    }

    private static Variables weight(Backend backend) {
        Variables variables = new Variables(backend);
        float[] values = new float[20];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.cos(i);
        }
        variables.set("weight", Tensor.of(values, 4, 5));
        return variables;
    }

    @Test
    void resultsKeptInMemoryOrInAFileAreTheGraphs() {
        float[] expected;
        try (Backend backend = new ReferenceBackend();
                Variables variables = weight(backend);
                Program whole = Program.compile(graph(), variables)) {
            whole.set("x", images(5, 7));
            whole.run();
            expected = whole.get("y").toFloats();
        }
        FrozenPart part = part(FrozenFormat.F32);
        assertThat(throughCache(part, new FrozenMemory(4), 5, 7)).isEqualTo(expected);
        Path file = folder.resolve("cache").resolve("train.f32");
        FrozenStore temporary = FrozenFile.write(part.particle(), Draft.temporary(file));
        assertThat(throughCache(part, temporary, 5, 7)).isEqualTo(expected);
        assertThat(file).doesNotExist();
        assertThat(throughCache(part, FrozenFile.write(part.particle(), Draft.of(file)), 5, 7))
                .isEqualTo(expected);
        assertThat(file).hasSize(part.bytes());
    }

    @Test
    void halfPrecisionIsRoundedOnceInMemoryAndInAFile() {
        FrozenPart part = part(FrozenFormat.F16);
        float[] rounded = throughCache(part, new FrozenMemory(4), 5, 7);
        Path file = folder.resolve("train.f16");
        assertThat(throughCache(part, FrozenFile.write(part.particle(), Draft.of(file)), 5, 7))
                .isEqualTo(rounded);
        assertThat(file).hasSize(part.bytes());
        float[] exact = throughCache(part(FrozenFormat.F32), new FrozenMemory(4), 5, 7);
        assertThat(rounded).isNotEqualTo(exact).containsExactly(exact, within(2e-3f));
    }
}
