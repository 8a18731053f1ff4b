package org.cryonext.cryoet.saliency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.Preprocessing;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Layer;
import org.cryonext.models.convnext.Parameter;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GradCamTest {
    private static final Path MODELS = Path.of("../models/src/test/resources/models");
    private static final Path MAPS = Path.of("src/test/resources/org/cryonext/cryoet/saliency");

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2-eight-channels", "v2-mean", "v1-concat", "v2-concat-profile"})
    void agreesWithPyTorchForEveryKindOfHead(String name) {
        Checkpoint checkpoint = Checkpoint.read(MODELS.resolve(name));
        try (Safetensors reference = Safetensors.open(MODELS.resolve(name).resolve("reference.safetensors"));
                Safetensors expected = Safetensors.open(MAPS.resolve(name + ".safetensors"));
                Backend backend = new CpuBackend(1)) {
            Tensor x = reference.tensor("x").transpose(0, 2, 3, 1);
            Shape shape = x.shape();
            Tensor classes = expected.tensor("classes");
            int[] wanted = IntStream.range(0, (int) classes.size())
                    .map(i -> (int) classes.getLong(i))
                    .toArray();
            List<Integer> stages = IntStream.range(1, ConvNextConfig.STAGES)
                    .filter(stage -> expected.types().containsKey("map" + stage))
                    .boxed()
                    .toList();
            assertThat(stages).contains(1, 2);
            for (int stage : stages) {
                List<SaliencyMap> maps;
                try (GradCam network =
                        GradCam.open(checkpoint, shape.dim(0), shape.dim(1), shape.dim(2), stage, backend)) {
                    maps = network.maps(x, wanted);
                }
                assertClose(expected.tensor("map" + stage), maps, true);
                assertClose(expected.tensor("over" + stage), maps, false);
            }
        }
    }

    private static void assertClose(Tensor expected, List<SaliencyMap> maps, boolean asTheyAre) {
        int rows = (int) expected.shape().dim(1);
        int columns = (int) expected.shape().dim(2);
        assertThat(maps).hasSize((int) expected.shape().dim(0));
        float[] all = expected.toFloats();
        float largest = new SaliencyMap(1, all.length, all).largest();
        assertThat(largest).isPositive();
        for (int image = 0; image < maps.size(); image++) {
            float[] one = Arrays.copyOfRange(all, image * rows * columns, (image + 1) * rows * columns);
            SaliencyMap map = maps.get(image);
            if (asTheyAre) {
                assertThat(map.rows()).isEqualTo(rows);
                assertThat(map.columns()).isEqualTo(columns);
            }
            assertThat(asTheyAre ? map.cells() : map.over(rows, columns)).containsExactly(one, within(1e-4f * largest));
        }
    }

    /**
     * A network whose every cell sees its own 32 x 32 pixels alone, for its blocks do nothing, and whose two classes are
     * each other's opposite.
     */
    private static Checkpoint shortSighted() {
        ConvNextConfig config = ConvNextConfig.of(Version.V1, List.of(1, 1, 1, 1), List.of(8, 8, 8, 8), 2);
        Checkpoint fresh = Checkpoint.fresh(config, Preprocessing.imageNet(32), 3);
        SequencedMap<String, Tensor> values = new LinkedHashMap<>(fresh.parameters());
        Random random = new Random(4);
        for (Parameter p : Parameter.of(config)) {
            if (p.layer() == Layer.LAYER_SCALE) {
                values.put(p.name(), Tensor.zeros(TensorType.f32(p.shape().dim(0))));
            } else if (p.isMatrix() || p.layer() == Layer.STEM_CONV) {
                Tensor weights = Tensor.zeros(values.get(p.name()).type());
                for (long i = 0; i < weights.size(); i++) {
                    weights.set(i, random.nextGaussian());
                }
                for (long i = 0; p.layer() == Layer.CLASSIFIER && i < weights.size() / 2; i++) {
                    weights.set(weights.size() / 2 + i, -weights.get(i));
                }
                values.put(p.name(), weights);
            }
        }
        return new Checkpoint(config, fresh.preprocessing(), values, List.of());
    }

    @Test
    void aNetworkThatSeesSomethingAtOnePlaceAloneShowsThatPlace() {
        int rows = 3;
        int columns = 5;
        try (Backend backend = new CpuBackend(1);
                GradCam network = GradCam.open(shortSighted(), 1, 32 * rows, 32 * columns, 3, backend)) {
            for (int cell = 0; cell < rows * columns; cell++) {
                Tensor image = Tensor.zeros(TensorType.f32(1, 32 * rows, 32 * columns, 3));
                Random random = new Random(5);
                for (int y = 0; y < 32; y++) {
                    for (int x = 0; x < 32 * 3; x++) {
                        long row = 32L * (cell / columns) + y;
                        image.set((row * columns + cell % columns) * 32 * 3 + x, random.nextGaussian());
                    }
                }
                float[] first = network.maps(image, new int[] {0}).getFirst().cells();
                float[] second = network.maps(image, new int[] {1}).getFirst().cells();
                // The last LayerNorm weighs a place against the others: what the one speaks for, they speak against.
                float[] itself = first[cell] > 0 ? first : second;
                float[] others = first[cell] > 0 ? second : first;
                for (int i = 0; i < rows * columns; i++) {
                    assertThat(itself[i] > 0).as("cell %d at %d", cell, i).isEqualTo(i == cell);
                    assertThat(others[i] > 0).as("cell %d at %d", cell, i).isEqualTo(i != cell);
                }
            }
        }
    }

    @Test
    void betweenTheCellsTheMapIsBilinear() {
        SaliencyMap map = new SaliencyMap(1, 2, new float[] {0, 4});
        assertThat(map.over(1, 4)).containsExactly(new float[] {0, 1, 3, 4}, within(1e-6f));
        assertThat(map.over(2, 2)).containsExactly(0, 4, 0, 4);
        assertThat(map.largest()).isEqualTo(4);
        assertThat(new SaliencyMap(1, 1, new float[] {2}).over(2, 3)).containsOnly(2);
    }
}
