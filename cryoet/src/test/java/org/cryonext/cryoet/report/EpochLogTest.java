package org.cryonext.cryoet.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EpochLogTest {
    @TempDir
    private Path folder;

    @Test
    void readsEpochLinesAmongSteps() throws IOException {
        Path log = log("""
                {"epoch":0,"step":0,"loss":2.4,"lr_head":1e-3,"lr_backbone":0,"images_per_second":100}
                {"epoch":0,"train_loss":2.1,"train_accuracy":0.25,"val_loss":2.0,"val_accuracy":0.5,"best":true,"seconds":3.5}
                {"epoch":1,"step":1,"loss":2.0}
                {"epoch":1,"train_loss":1.9,"train_accuracy":0.5,"val_loss":null,"best":false,"seconds":3}
                {"epoch":1,"train_loss":1.8,"train_accuracy":0.5,"best":false,"seconds":3}
                {"epoch":2,"train_lo""");

        assertThat(EpochLog.read(log))
                .containsExactly(
                        new Epoch(0, 2.1, 0.25, 2.0, 0.5, true, 3.5),
                        new Epoch(1, 1.8, 0.5, Double.NaN, Double.NaN, false, 3));
    }

    @Test
    void namesTheLineThatIsNoEpoch() throws IOException {
        Path broken = log("{\"epoch\":0,\"step\":0}\n{\"epoch\": oops}\n");
        assertThatThrownBy(() -> EpochLog.read(broken))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("Line 2 of " + broken + " is not a line of a training log: ");

        Path unnumbered = log("{\"train_loss\":1}\n");
        assertThatThrownBy(() -> EpochLog.read(unnumbered))
                .hasMessageContaining("it has no \"epoch\" number; mend or remove the line.");
    }

    @Test
    void missingLogIsAnError() {
        Path none = folder.resolve("none.jsonl");
        assertThatThrownBy(() -> EpochLog.read(none))
                .isInstanceOf(InputException.class)
                .hasMessage("There is no " + none + "; is its folder that of a training run?");
    }

    private Path log(String text) throws IOException {
        return Files.writeString(folder.resolve("metrics.jsonl"), text);
    }
}
