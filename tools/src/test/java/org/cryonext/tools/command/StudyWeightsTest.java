package org.cryonext.tools.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.cryonext.engine.io.InputException;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.Preprocessing;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StudyWeightsTest {
    @TempDir
    private static Path folder;

    private static String first;
    private static String second;

    @BeforeAll
    static void write() {
        first = checkpoint(Version.V1);
        second = checkpoint(Version.V2);
    }

    private static String checkpoint(Version version) {
        ConvNextConfig config = ConvNextConfig.of(version, List.of(1, 1, 1, 1), List.of(4, 4, 4, 4), 2);
        Path path = folder.resolve("checkpoint-" + version);
        Checkpoint.fresh(config, Preprocessing.imageNet(32), 1).write(path);
        return path.toString();
    }

    @Test
    void eachVersionGetsItsOwnCheckpointInWhateverOrderTheyAreGiven() {
        assertThat(new StudyWeights(List.of(Version.V1, Version.V2)).of(List.of(second, first)))
                .isEqualTo(Map.of(Version.V1, first, Version.V2, second));
    }

    @Test
    void refusesACheckpointOfAnotherVersionThanIsTrained() {
        assertThatThrownBy(() -> new StudyWeights(List.of(Version.V2)).of(List.of(first)))
                .isInstanceOf(InputException.class)
                .hasMessage("--init has " + first + ", a ConvNeXt V1, but --variant is v2: give a checkpoint of that"
                        + " version, or --variant v1");
    }

    @Test
    void thePapersWeightsAreThoseOfTheirNames() {
        assertThat(StudyWeights.arePublished(null)).isTrue();
        assertThat(StudyWeights.arePublished(List.of("convnextv2-tiny", "convnext-tiny")))
                .isTrue();
        assertThat(StudyWeights.arePublished(List.of("convnext-tiny", second))).isFalse();
        assertThat(StudyWeights.arePublished(List.of("random"))).isFalse();
    }

    @Test
    void refusesTooFewAndTwoOfOneVersion() {
        StudyWeights both = new StudyWeights(List.of(Version.V1, Version.V2));
        assertThatThrownBy(() -> both.of(List.of(first)))
                .hasMessage("--init has no checkpoint of ConvNeXt V2: give it too, after a comma, or --variant v1");
        assertThatThrownBy(() -> both.of(List.of(first, first)))
                .hasMessage("--init has two checkpoints of ConvNeXt V1, " + first + " and " + first
                        + "; give one for each version");
    }
}
