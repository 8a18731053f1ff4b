package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.cryonext.cryoet.run.RunFolder;

/** Holds two runs against each other. */
final class SameRuns {
    /** What is the same to the last bit in equal runs: weights, and everything that resuming starts from. */
    private static final List<String> CHECKPOINTS =
            List.of("best/model.safetensors", "newest/model.safetensors", "newest/state.safetensors");

    private SameRuns() {}

    static void requireSameCheckpoints(RunFolder a, RunFolder b) throws IOException {
        for (String file : CHECKPOINTS) {
            assertThat(Files.mismatch(a.folder().resolve(file), b.folder().resolve(file)))
                    .as("first byte of %s that differs", file)
                    .isEqualTo(-1);
        }
    }
}
