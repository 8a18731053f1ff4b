package org.cryonext.models.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that do not answer, or not yet: what is tried again, and when. */
final class RetryTest extends HubTest {
    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 502, 503, 504})
    void whatMayPassIsTriedAgain(int status) {
        bench.server.next("HEAD", WEIGHTS, FakeHub.status(status));
        bench.server.next("GET", WEIGHTS, FakeHub.status(status));
        bench.fetch();
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
        assertThat(bench.pauses).hasSize(2);
        assertThat(bench.said.getFirst())
                .startsWith(
                        status == 429
                                ? "127.0.0.1 has had too many requests (429); trying again in "
                                : "127.0.0.1 answers " + status + "; trying again in ");
    }

    @Test
    void aServersWishToBeLeftAloneIsRespected() {
        bench.server.next(
                "GET",
                WEIGHTS,
                FakeHub.status(429, "Retry-After", "17"),
                FakeHub.status(503, "Retry-After", "Fri, 02 Jan 2026 03:04:48 GMT"),
                FakeHub.status(503, "Retry-After", "Fri, 02 Jan 2026 03:00:00 GMT"),
                FakeHub.status(503, "Retry-After", "whenever"));
        bench.fetch();
        assertThat(bench.pauses.subList(0, 3))
                .containsExactly(Duration.ofSeconds(17), Duration.ofSeconds(43), Duration.ZERO);
        assertThat(bench.pauses.get(3)).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(8));
    }

    @Test
    void aWaitThatNobodySitsThroughIsToldAtOnce() {
        bench.server.always("HEAD", "config.json", FakeHub.status(429, "Retry-After", "3600"));
        assertThatThrownBy(bench::fetch)
                .hasMessageStartingWith(
                        "Cannot fetch owner/model: 127.0.0.1 has had too many requests (429) and asks to wait"
                                + " 3600 s; ");
        assertThat(bench.pauses).isEmpty();
    }

    @Test
    void aServerThatStallsIsLeft() {
        bench.environment.put("HF_HUB_DOWNLOAD_TIMEOUT", "1");
        bench.server.next("GET", WEIGHTS, (request, out) -> {
            FakeHub.status(out, 200, Map.of("Content-Length", "300000"));
            out.write(bench.weights, 0, 100_000);
            out.flush();
            pause();
        });
        bench.server.next("HEAD", WEIGHTS, (request, out) -> pause());
        bench.fetch();
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
        assertThat(bench.ranges()).containsExactly("all", "bytes=100000-");
        assertThat(bench.said)
                .hasSize(2)
                .anyMatch(text -> text.startsWith("127.0.0.1 did not answer within 1 s; "))
                .anyMatch(text -> text.startsWith("127.0.0.1 sent nothing for 1 s; "));
    }

    private static void pause() {
        try {
            Thread.sleep(1500);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aPlaceWhereNobodyListensIsNamed() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        bench.environment.put("HF_ENDPOINT", "http://127.0.0.1:" + port);
        assertThatThrownBy(bench::fetch)
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("Cannot fetch owner/model: 127.0.0.1 cannot be reached; check the network,"
                        + " HTTPS_PROXY and HF_ENDPOINT and run the command again");
    }

    @Test
    void aNameThatNobodyKnowsIsNamed() {
        bench.environment.put("HF_ENDPOINT", "http://no-such-host.invalid");
        assertThatThrownBy(bench::fetch)
                .hasMessageStartingWith("Cannot fetch owner/model: no-such-host.invalid cannot be found by its name; ");
    }
}
