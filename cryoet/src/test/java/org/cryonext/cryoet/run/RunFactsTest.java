package org.cryonext.cryoet.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.inspect.Fact;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFactsTest {
    @TempDir
    Path folder;

    @Test
    void tellsHowARunWasTrainedAndWhichCheckpointItHas() throws IOException {
        Path path = TinyRun.write(folder.resolve("run"), folder, List.of("a", "b"));
        assertThat(RunFacts.isRun(folder)).isFalse();
        assertThat(RunFacts.isRun(path)).isTrue();
        RunFolder run = RunFolder.open(path);
        assertThat(RunFacts.of(run))
                .containsExactly(
                        new Fact("run", "recipe scratch, on cpu, CryoNeXt test, Java 25"),
                        new Fact("views", "xy, xz, yz of the grandmodel, fused by logits"),
                        new Fact("training", "at most 1 epoch of batches of 4, seed 1, random weights first"));
        assertThat(RunFacts.checkpoint(run)).isEqualTo(run.best());
        Files.delete(run.best().resolve(Checkpoint.WEIGHTS));
        assertThatThrownBy(() -> RunFacts.checkpoint(run)).hasMessageContaining("has no checkpoint yet");
    }
}
