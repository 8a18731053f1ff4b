package org.cryonext.models.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;

/** What the cache has is used without a hub. */
final class OfflineTest extends HubTest {
    private void offline() {
        bench.environment.put("HF_HUB_OFFLINE", "1");
        bench.server.forgetRequests();
    }

    @Test
    void aCompleteModelIsUsedWithoutAnyRequest() {
        Fetched online = bench.fetch();
        offline();
        Fetched offline = bench.fetch();
        assertThat(offline.folder()).isEqualTo(online.folder());
        assertThat(offline.files())
                .extracting(Fetched.Item::name)
                .containsExactlyElementsOf(
                        online.files().stream().map(Fetched.Item::name).toList());
        assertThat(bench.server.requests()).isEmpty();
    }

    @Test
    void whatIsNotThereCannotBeHadOffline() {
        offline();
        assertThatThrownBy(bench::fetch)
                .isInstanceOf(InputException.class)
                .hasMessage("owner/model is not complete in the cache " + folder.resolve("cache")
                        + ", and offline nothing is"
                        + " fetched: run without --offline and HF_HUB_OFFLINE, or on another machine put config.json,"
                        + " preprocessor_config.json (if there is one) and model.safetensors from "
                        + bench.server.endpoint()
                        + "/owner/model/tree/main into a folder, and give that folder in place of"
                        + " the name");
    }

    @Test
    void aModelThatIsOnlyPartlyThereCannotEither() throws IOException {
        bench.fetch();
        Files.delete(bench.snapshot().resolve(Snapshot.WEIGHTS));
        offline();
        assertThatThrownBy(bench::fetch).hasMessageContaining("is not complete in the cache");
    }

    @Test
    void whereTheNetworkFailsTheCacheIsUsedAndThatIsSaid() {
        Fetched online = bench.fetch();
        bench.server.close();
        assertThat(bench.fetch().folder()).isEqualTo(online.folder());
        assertThat(bench.said)
                .last()
                .isEqualTo("The hub cannot be asked (127.0.0.1 cannot be reached); using what the cache has, commit "
                        + FakeHub.COMMIT);
        assertThat(bench.pauses).as("one more attempt, no more").hasSize(1);
    }

    @Test
    void whereTheHubRefusesTheCopyInTheCacheIsMentioned() {
        bench.fetch();
        bench.server.always("HEAD", "config.json", FakeHub.status(401));
        assertThatThrownBy(bench::fetch)
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("127.0.0.1 has no owner/model that anybody may read (401)")
                .hasMessageEndingWith("; the cache has a complete copy, which --offline uses");
    }

    @Test
    void anOlderCommitIsUsedUntilTheNewerIsWhole() {
        bench.fetch();
        String newer = "fedcba9876543210fedcba9876543210fedcba98";
        bench.server.moveTo(newer);
        bench.server.large(Snapshot.WEIGHTS, new byte[] {1, 2, 3});
        bench.server.always("GET", Snapshot.WEIGHTS, bench.server.dropAfter(0));
        assertThat(bench.fetch().commit()).isEqualTo(FakeHub.COMMIT);
        offline();
        assertThat(bench.fetch().commit()).isEqualTo(FakeHub.COMMIT);
    }

    @Test
    void aNameOfTheCatalogueIsFoundAlsoAsTheBranchThatOtherProgramsFetch() throws IOException {
        Path model = folder.resolve("cache/models--facebook--convnext-tiny-224");
        Path snapshot = model.resolve("snapshots", FakeHub.COMMIT);
        Files.createDirectories(snapshot);
        Files.createDirectories(model.resolve("refs"));
        Files.writeString(model.resolve("refs/main"), FakeHub.COMMIT);
        Files.writeString(snapshot.resolve("config.json"), "{}");
        Files.writeString(snapshot.resolve("pytorch_model.bin"), "x");
        assertThat(Hub.locate("convnext-tiny", bench.settings())).isEqualTo(snapshot);
        offline();
        assertThat(bench.fetch("convnext-tiny").folder()).isEqualTo(snapshot);
    }

    @Test
    void aModelIsLocatedByItsNameAndAFileByItsPath() throws IOException {
        bench.fetch();
        HubSettings settings = bench.settings();
        assertThat(Hub.locate("owner/model", settings)).isEqualTo(bench.snapshot());
        assertThat(Hub.locate("owner/model@" + FakeHub.COMMIT, settings)).isEqualTo(bench.snapshot());
        Path file = Files.writeString(folder.resolve("convnext-tiny"), "x");
        assertThat(Hub.locate(file.toString(), settings)).isEqualTo(file);
        for (String missing : new String[] {"no/such/file", "runs/model.safetensors", "models/tiny.onnx", "nothing"}) {
            assertThat(Hub.locate(missing, settings)).isEqualTo(Path.of(missing));
        }
        assertThatThrownBy(() -> Hub.locate("convnext-base", settings))
                .isInstanceOf(InputException.class)
                .hasMessage("convnext-base is no file or folder, and no model of this name is in the cache "
                        + folder.resolve("cache")
                        + "; check the path, or get the model by: cryonext fetch convnext-base");
    }

    @Test
    void aReferenceThatIsNoCommitIsNotFollowed() throws IOException {
        bench.fetch();
        Files.writeString(bench.model().resolve("refs/main"), "../../../elsewhere");
        offline();
        assertThatThrownBy(bench::fetch).hasMessageContaining("is not complete in the cache");
    }
}
