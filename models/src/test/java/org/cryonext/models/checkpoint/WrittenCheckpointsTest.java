package org.cryonext.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.cryonext.engine.tensor.DType;
import org.cryonext.models.Fixtures;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Leaves checkpoints of every kind in target/checkpoints, where tools/python/check_transformers.py proves that
 * transformers loads them.
 */
class WrittenCheckpointsTest {
    private static final Path OUT = Path.of("target/checkpoints");

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2"})
    void everyKindIsReadAgain(String version) {
        Checkpoint whole = Checkpoint.read(Fixtures.model(version));
        for (DType dtype : List.of(DType.F32, DType.F16, DType.BF16)) {
            assertReadAgain(whole, version + "-" + dtype.name().toLowerCase(Locale.ROOT), dtype);
        }
        assertReadAgain(Checkpoint.read(Fixtures.model(version + "-tanh")), version + "-tanh", DType.F32);
        Path timm = Fixtures.model("names/" + version + "-timm.safetensors");
        assertReadAgain(Checkpoint.read(timm, List.of("ring", "barrel"), 1), version + "-replaced-head", DType.F32);
        assertReadAgain(whole.withoutClassifier(), version + "-headless", DType.F32);
    }

    private static void assertReadAgain(Checkpoint checkpoint, String name, DType dtype) {
        checkpoint.write(OUT.resolve(name), dtype);
        Checkpoint again = Checkpoint.read(OUT.resolve(name));
        assertThat(again.config()).isEqualTo(checkpoint.config());
        checkpoint
                .parameters()
                .forEach((parameter, values) -> assertThat(
                                again.parameters().get(parameter).toFloats())
                        .containsExactly(values.to(dtype).toFloats()));
    }
}
