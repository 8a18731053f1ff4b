package org.cryonext.models.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;

/** Lengths and checksums that are not what was said. */
final class WrongContentTest extends HubTest {
    @Test
    void aLengthThatIsTooSmallIsNotBelieved() {
        bench.server.always("GET", WEIGHTS, (request, out) -> {
            FakeHub.status(out, 200, Map.of("Content-Length", "1000"));
            out.write(bench.weights, 0, 1000);
        });
        assertThatThrownBy(bench::fetch)
                .hasMessageContaining("127.0.0.1 sends 1000 bytes of model.safetensors, not 300000 as the hub says");
        assertThat(bench.snapshot().resolve(WEIGHTS)).doesNotExist();
    }

    @Test
    void aLengthThatIsTooLargeIsNotBelieved() {
        bench.server.always("GET", WEIGHTS, (request, out) -> {
            FakeHub.status(out, 200, Map.of("Content-Length", "300001"));
            out.write(bench.weights);
        });
        assertThatThrownBy(bench::fetch)
                .hasMessageContaining("127.0.0.1 sends 300001 bytes of model.safetensors, not 300000 as the hub says");
    }

    @Test
    void moreBytesThanWerePromisedAreNotTaken() {
        bench.server.always("GET", WEIGHTS, chunked(bench.weights, new byte[] {1}));
        assertThatThrownBy(bench::fetch)
                .hasMessageContaining("127.0.0.1 sends more than the 300000 bytes of model.safetensors");
        assertThat(bench.snapshot().resolve(WEIGHTS)).doesNotExist();
    }

    @Test
    void fewerBytesThanWerePromisedAreNotEnough() {
        bench.server.next("GET", WEIGHTS, chunked(Arrays.copyOf(bench.weights, 250_000)));
        bench.fetch();
        assertThat(bench.ranges()).containsExactly("all", "bytes=250000-");
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
    }

    /** Sends a body whose length only its end tells. */
    private static FakeHub.Handler chunked(byte[]... parts) {
        return (request, out) -> {
            FakeHub.status(out, 200, Map.of("Transfer-Encoding", "chunked"));
            for (byte[] part : parts) {
                out.write((Integer.toHexString(part.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                out.write(part);
                out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        };
    }

    @Test
    void aContentThatIsWrongOnceIsFetchedAgain() {
        byte[] wrong = bench.weights.clone();
        wrong[5]++;
        bench.server.next("GET", WEIGHTS, chunked(wrong));
        bench.fetch();
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
    }

    @Test
    void aContentThatIsWrongTwiceIsRefused() {
        byte[] wrong = bench.weights.clone();
        wrong[5]++;
        bench.server.always("GET", WEIGHTS, chunked(wrong));
        assertThatThrownBy(bench::fetch)
                .isInstanceOf(InputException.class)
                .hasMessage("model.safetensors came with the SHA-256 " + FakeHub.sha256(wrong) + ", not "
                        + FakeHub.sha256(bench.weights)
                        + " as the hub says, twice; it was deleted: try again later, or from"
                        + " another network or another HF_ENDPOINT");
        assertThat(bench.partial()).doesNotExist();
        assertThat(bench.snapshot().resolve(WEIGHTS)).doesNotExist();
        assertThat(bench.server.requests("GET", WEIGHTS)).hasSize(2);
    }

    @Test
    void smallFilesAreCheckedToo() {
        bench.server.always(
                "GET", "config.json", chunked("{\"model_type\": \"convnexT\"}".getBytes(StandardCharsets.UTF_8)));
        assertThatThrownBy(bench::fetch).hasMessageStartingWith("config.json came with the git hash ");
    }

    @Test
    void theCataloguesChecksumIsHeldAgainstTheHubs() {
        bench.environment.put("HF_ENDPOINT", bench.server.endpoint().toString());
        Published tiny = Catalogue.find("convnext-tiny").orElseThrow();
        String commit = FakeHub.COMMIT;
        FakeHub.Handler head = FakeHub.status(200, "ETag", "\"abc\"", "X-Repo-Commit", commit, "Content-Length", "0");
        bench.server.always("HEAD", "config.json", head);
        bench.server.always("GET", "config.json", FakeHub.status(200));
        bench.server.always("HEAD", "preprocessor_config.json", FakeHub.status(404));
        bench.server.always(
                "HEAD",
                WEIGHTS,
                FakeHub.status(
                        200,
                        "ETag",
                        "\"" + FakeHub.sha256(bench.weights) + "\"",
                        "X-Repo-Commit",
                        commit,
                        "Content-Length",
                        "300000"));
        assertThatThrownBy(() -> bench.fetch("convnext-tiny"))
                .isInstanceOf(InputException.class)
                .hasMessage("model.safetensors of facebook/convnext-tiny-224 has the SHA-256 "
                        + FakeHub.sha256(bench.weights) + ", the catalogue knows it as "
                        + tiny.sha256().get(WEIGHTS)
                        + "; if you trust the other one, fetch it by its repository: cryonext fetch"
                        + " facebook/convnext-tiny-224");
        assertThat(bench.server.requests("GET", WEIGHTS)).isEmpty();
        // A mirror that states no checksum cannot hide another content either.
        bench.server.always(
                "HEAD",
                WEIGHTS,
                FakeHub.status(200, "ETag", "\"x\"", "X-Repo-Commit", commit, "Content-Length", "300000"));
        bench.server.always("GET", WEIGHTS, bench.withoutRange());
        assertThatThrownBy(() -> bench.fetch("convnext-tiny"))
                .hasMessageContaining(
                        "has the SHA-256 " + FakeHub.sha256(bench.weights) + ", the catalogue knows it as");
    }
}
