package org.cryonext.models.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Map;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;

/** Files that become others while they are fetched. */
final class ChangedFileTest extends HubTest {
    @Test
    void aFileThatBecomesAnotherMeanwhileIsFetchedAsItIsThen() {
        byte[] other = Arrays.copyOf(bench.weights, 200_000);
        bench.server.next("GET", WEIGHTS, (request, out) -> {
            FakeHub.status(out, 200, Map.of("Content-Length", "300000"));
            out.write(bench.weights, 0, 100_000);
            bench.server.large(WEIGHTS, other);
        });
        bench.fetch();
        assertThat(bench.fetchedWeights()).isEqualTo(other);
        assertThat(bench.ranges()).containsExactly("all", "all");
    }

    @Test
    void aFileThatBecomesAnotherBeforeItsFirstByteIsNotTakenForTheOld() {
        bench.server.next("HEAD", WEIGHTS, (request, out) -> {
            FakeHub.status(200, "ETag", "\"first\"", "X-Repo-Commit", FakeHub.COMMIT, "Content-Length", "3")
                    .handle(request, out);
            bench.server.tagged(WEIGHTS, new byte[] {1, 2, 3}, "second");
        });
        bench.fetch();
        assertThat(bench.fetchedWeights()).isEqualTo(new byte[] {1, 2, 3});
        assertThat(bench.model().resolve("blobs/second")).exists();
        assertThat(bench.model().resolve("blobs/first")).doesNotExist();
        assertThat(bench.said)
                .anyMatch(text -> text.startsWith("model.safetensors has just become another file at 127.0.0.1"));
    }

    @Test
    void aFileThatDisappearsMeanwhileIsNamed() {
        bench.server.next("GET", WEIGHTS, (request, out) -> {
            FakeHub.status(out, 200, Map.of("Content-Length", "300000"));
            out.write(bench.weights, 0, 100_000);
            bench.server.remove(WEIGHTS);
        });
        assertThatThrownBy(bench::fetch)
                .isInstanceOf(InputException.class)
                .hasMessage("model.safetensors of owner/model was taken away from the hub while it was fetched; run the"
                        + " command again");
    }
}
