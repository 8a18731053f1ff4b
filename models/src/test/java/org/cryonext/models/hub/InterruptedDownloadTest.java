package org.cryonext.models.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;

/** Connections that break: what is taken up where it broke, and what is begun anew. */
final class InterruptedDownloadTest extends HubTest {
    @Test
    void aConnectionThatIsDroppedIsTakenUpWhereItBroke() {
        bench.server.next("GET", WEIGHTS, bench.server.dropAfter(100_000), bench.server.dropAfter(50_000));
        bench.fetch();
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
        assertThat(bench.ranges()).containsExactly("all", "bytes=100000-", "bytes=150000-");
        assertThat(bench.server.requests("GET", WEIGHTS).get(1).headers())
                .containsEntry("if-range", "\"" + FakeHub.sha256(bench.weights) + "\"");
        assertThat(bench.said)
                .hasSize(2)
                .first()
                .asString()
                .matches(
                        "The connection to 127\\.0\\.0\\.1 was lost after 100\\.0 kB of 300\\.0 kB of model\\.safetensors;"
                                + " trying again in \\d\\.\\d s \\(2 of 6\\)");
    }

    @Test
    void aConnectionMayBreakAnyNumberOfTimesAsLongAsBytesCome() {
        bench.server.next(
                "GET",
                WEIGHTS,
                IntStream.range(0, 20)
                        .mapToObj(i -> bench.server.dropAfter(10_000))
                        .toArray(FakeHub.Handler[]::new));
        bench.fetch();
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
        assertThat(bench.pauses).hasSize(20).allMatch(pause -> pause.compareTo(Duration.ofSeconds(1)) <= 0);
    }

    @Test
    void pausesGrowAndInTheEndItSaysHowElse() {
        bench.server.always("GET", WEIGHTS, bench.server.dropAfter(0));
        assertThatThrownBy(bench::fetch)
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "Cannot fetch owner/model: the connection to 127.0.0.1 was lost after 0 bytes of 300.0 kB of"
                                + " model.safetensors; check the network, HTTPS_PROXY and HF_ENDPOINT and run the command again,"
                                + " which goes on where it stopped, or on another machine put config.json, preprocessor_config.json"
                                + " (if there is one) and model.safetensors from " + bench.server.endpoint()
                                + "/owner/model/tree/main into a folder, and give that folder in place of the name");
        assertThat(bench.pauses).hasSize(5);
        for (int i = 0; i < 5; i++) {
            assertThat(bench.pauses.get(i)).isBetween(Duration.ofMillis(500L << i), Duration.ofMillis(1000L << i));
        }
    }

    @Test
    void aServerThatKnowsNoRangesSendsAllOfItAgain() {
        bench.server.next("GET", WEIGHTS, bench.server.dropAfter(100_000), bench.withoutRange());
        bench.fetch();
        assertThat(bench.ranges()).containsExactly("all", "bytes=100000-");
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
    }

    @Test
    void withoutRangesAConnectionThatAlwaysBreaksAtTheSamePlaceIsGivenUp() {
        bench.server.always("GET", WEIGHTS, (request, out) -> {
            FakeHub.status(out, 200, Map.of("Content-Length", String.valueOf(bench.weights.length)));
            out.write(bench.weights, 0, 1000);
        });
        assertThatThrownBy(bench::fetch).hasMessageContaining("was lost after 1.0 kB of 300.0 kB");
        assertThat(bench.server.requests("GET", WEIGHTS)).hasSize(6);
    }

    @Test
    void aRangeThatWasNotAskedForIsNotTaken() {
        bench.server.next("GET", WEIGHTS, bench.server.dropAfter(100_000), (request, out) -> {
            FakeHub.status(out, 206, Map.of("Content-Length", "200000", "Content-Range", "bytes 100001-300000/300001"));
            out.write(bench.weights, 100_000, 200_000);
        });
        bench.fetch();
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
        assertThat(bench.said)
                .anyMatch(text ->
                        text.startsWith("127.0.0.1 has no byte 100000 of model.safetensors, which is" + " begun anew"));
    }

    @Test
    void aPartialFileOfAnEarlierRunIsContinued() throws IOException {
        Files.createDirectories(bench.partial().getParent());
        Files.write(bench.partial(), Arrays.copyOf(bench.weights, 123_456));
        bench.fetch();
        assertThat(bench.ranges()).containsExactly("bytes=123456-");
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
    }

    @Test
    void aPartialFileThatIsCompleteNeedsNoRequest() throws IOException {
        Files.createDirectories(bench.partial().getParent());
        Files.write(bench.partial(), bench.weights);
        bench.fetch();
        assertThat(bench.ranges()).isEmpty();
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
    }

    @Test
    void aPartialFileWithOtherBytesIsFoundOutAndBegunAnew() throws IOException {
        Files.createDirectories(bench.partial().getParent());
        Files.write(bench.partial(), new byte[123_456]);
        bench.fetch();
        assertThat(bench.ranges()).containsExactly("bytes=123456-", "all");
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
        assertThat(bench.said).anyMatch(text -> text.contains("came with the SHA-256"));
    }

    @Test
    void aPartialFileThatIsTooLongIsBegunAnew() throws IOException {
        Files.createDirectories(bench.partial().getParent());
        Files.write(bench.partial(), new byte[bench.weights.length + 1]);
        bench.fetch();
        assertThat(bench.ranges()).containsExactly("all");
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
    }

    @Test
    void withoutAnyNameForItsContentAPartialFileIsNotTrusted() {
        FakeHub.Handler weak =
                FakeHub.status(200, "ETag", "W/\"abc\"", "X-Repo-Commit", FakeHub.COMMIT, "Content-Length", "300000");
        bench.server.always("HEAD", WEIGHTS, weak);
        bench.server.next("GET", WEIGHTS, bench.server.dropAfter(100_000));
        bench.fetch();
        assertThat(bench.ranges()).containsExactly("all", "all");
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
    }
}
