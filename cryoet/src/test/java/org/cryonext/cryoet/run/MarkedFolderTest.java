package org.cryonext.cryoet.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MarkedFolderTest {
    private static final String MARK = "mark.json";

    record Kept(List<String> names, double share) {}

    record Settings(String data, Integer imageSize, Kept kept) {}

    private static final Settings BEGUN = new Settings("data", null, new Kept(List.of("a", "b"), 0.5));

    @TempDir
    private Path parent;

    private Path folder;

    @BeforeEach
    void begin() {
        folder = parent.resolve("folder");
        MarkedFolder.claim(folder, MARK, BEGUN, "study");
    }

    @Test
    void isFoundAgainWithTheSameSettings() {
        assertThat(folder.resolve(MARK)).isRegularFile();
        MarkedFolder.claim(folder, MARK, BEGUN, "study");
    }

    @Test
    void namesEachSettingThatDiffers() {
        assertThatThrownBy(() -> MarkedFolder.claim(
                        folder, MARK, new Settings("data", 48, new Kept(List.of("a"), 0.5)), "study"))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        folder + " holds a study of other settings (image size is not given there and 48 now,"
                                + " kept names is [\"a\",\"b\"] there and [\"a\"] now); delete it or choose another folder with --out");
    }

    @Test
    void namesWhatIsGivenOnOneSideAlone() throws IOException {
        Files.writeString(folder.resolve(MARK), "{\"data\":\"data\",\"kept\":{},\"init\":{\"v1\":\"w\"}}");
        assertThatThrownBy(() -> MarkedFolder.claim(folder, MARK, BEGUN, "study"))
                .hasMessageContaining(
                        "(kept names is not given there and [\"a\",\"b\"] now, kept share is not given there and"
                                + " 0.5 now, init v1 is w there and not given now)");
    }

    @Test
    void saysWhereTheMarkIsDamaged() throws IOException {
        Files.writeString(folder.resolve(MARK), "{\"data");
        assertThatThrownBy(() -> MarkedFolder.claim(folder, MARK, BEGUN, "study"))
                .hasMessageContaining("(its file is damaged)");
    }

    @Test
    void refusesAFolderOfAnythingElse() throws IOException {
        Path other = Files.createDirectory(parent.resolve("other"));
        MarkedFolder.claim(other, MARK, BEGUN, "study");
        Files.move(other.resolve(MARK), other.resolve("else.json"));
        assertThatThrownBy(() -> MarkedFolder.claim(other, MARK, BEGUN, "study"))
                .hasMessage(
                        other + " exists and is not a study: it has no mark.json; choose another folder with --out");
    }
}
