package org.cryonext.models.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hubs and networks that misbehave: what is tried again, what is not, and what the user is told. */
final class BadNetworkTest {
    private static final String WEIGHTS = Snapshot.WEIGHTS;

    @TempDir
    Path folder;

    private HubBench bench;

    @BeforeEach
    void start() {
        bench = new HubBench(folder.resolve("cache"));
    }

    @AfterEach
    void stop() {
        bench.close();
    }

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
        bench.server.next("GET", WEIGHTS, bench.server.dropAfter(100_000), withoutRange());
        bench.fetch();
        assertThat(bench.ranges()).containsExactly("all", "bytes=100000-");
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
    }

    /** Answers with the whole, whatever part was asked for. */
    private FakeHub.Handler withoutRange() {
        return (request, out) -> {
            FakeHub.status(out, 200, Map.of("Content-Length", String.valueOf(bench.weights.length)));
            out.write(bench.weights);
        };
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
        bench.server.always("GET", WEIGHTS, withoutRange());
        assertThatThrownBy(() -> bench.fetch("convnext-tiny"))
                .hasMessageContaining(
                        "has the SHA-256 " + FakeHub.sha256(bench.weights) + ", the catalogue knows it as");
    }

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

    @Test
    void theTokenGoesToTheHubAndNowhereElse() {
        bench.environment.put("HF_TOKEN", "hf_secret");
        bench.server.redirectTo(bench.server.elsewhere());
        bench.server.next("GET", WEIGHTS, bench.server.dropAfter(100_000));
        bench.fetch();
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
        assertThat(bench.server.requests()).anyMatch(request -> request.path().startsWith("/storage/"));
        for (FakeHub.Request request : bench.server.requests()) {
            if (request.path().startsWith("/storage/")) {
                assertThat(request.headers()).doesNotContainKey("authorization");
            } else {
                assertThat(request.headers()).containsEntry("authorization", "Bearer hf_secret");
            }
        }
        assertThat(bench.ranges()).as("resumed there too").containsExactly("all", "bytes=100000-");
    }

    @Test
    void anotherPortIsAnotherHost() {
        bench.environment.put("HF_TOKEN", "hf_secret");
        try (FakeHub storage = new FakeHub()) {
            storage.large(WEIGHTS, bench.weights);
            bench.server.redirectTo(storage.endpoint());
            bench.fetch();
            assertThat(storage.requests()).hasSize(1).allMatch(r -> !r.headers().containsKey("authorization"));
        }
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
    }

    @Test
    void aRedirectWithinTheHubIsFollowedWithTheToken() {
        bench.environment.put("HF_TOKEN", "hf_secret");
        bench.server.next(
                "HEAD",
                "config.json",
                FakeHub.status(307, "Location", "/owner/model/resolve/" + FakeHub.COMMIT + "/config.json"));
        bench.fetch();
        assertThat(bench.server.requests()).allMatch(r -> r.headers().containsKey("authorization"));
    }

    @Test
    void anAddressThatExpiredIsAskedForAgain() {
        bench.server.redirectTo(bench.server.elsewhere());
        bench.server.next("GET", "storage/" + WEIGHTS, FakeHub.status(403), bench.server.dropAfter(1000));
        bench.fetch();
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
        assertThat(bench.server.requests("HEAD", WEIGHTS)).hasSize(3);
        assertThat(bench.said)
                .anyMatch(text -> text.startsWith(
                        "localhost does not accept the address of model.safetensors" + " that the hub gave (403)"));
    }

    @Test
    void aCircleOfRedirectsIsLeft() {
        bench.server.always("HEAD", "config.json", FakeHub.status(302, "Location", "/x/config.json"));
        assertThatThrownBy(bench::fetch)
                .isInstanceOf(InputException.class)
                .hasMessage("127.0.0.1 redirects in a circle (to 127.0.0.1 again); check HF_ENDPOINT and the proxy");
        assertThat(bench.server.requests().size()).isLessThan(5);
    }

    @Test
    void redirectsWithoutEndAreLeft() {
        bench.server.always(
                "HEAD",
                "config.json",
                (request, out) ->
                        FakeHub.status(302, "Location", "/x" + request.path()).handle(request, out));
        assertThatThrownBy(bench::fetch).hasMessageContaining("redirects in a circle");
        assertThat(bench.server.requests().size()).isLessThan(15);
    }

    @Test
    void redirectsToNowhereAreNamed() {
        bench.server.next("HEAD", "config.json", FakeHub.status(302));
        assertThatThrownBy(bench::fetch).hasMessage("127.0.0.1 redirects to nowhere; check HF_ENDPOINT and the proxy");
        bench.server.next("HEAD", "config.json", FakeHub.status(302, "Location", "ftp://x/y"));
        assertThatThrownBy(bench::fetch)
                .hasMessage(
                        "127.0.0.1 redirects to \"ftp://x/y\", which is no web address; check HF_ENDPOINT and the proxy");
        bench.server.next("HEAD", "config.json", FakeHub.status(302, "Location", "http://[x"));
        assertThatThrownBy(bench::fetch)
                .hasMessage("127.0.0.1 redirects to \"http://[x\", which is no address; check HF_ENDPOINT and the proxy");
    }

    @Test
    void aRepositoryThatStrangersCannotSeeAsksForATokenAndForTheName() {
        assertThatThrownBy(() -> bench.fetch("facebok/convnext-tinny"))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(
                        "127.0.0.1 has no facebok/convnext-tinny that anybody may read (401): check the name"
                                + " (did you mean convnext-tiny, ")
                .hasMessageEndingWith("?), or set HF_TOKEN to a token that may read it");
        assertThat(bench.pauses).isEmpty();
    }

    @Test
    void aTokenThatIsNotAcceptedIsNamedAndNotShown() {
        bench.environment.put("HF_TOKEN", "hf_secret");
        bench.server.always(
                "HEAD",
                "config.json",
                FakeHub.status(401, "X-Error-Message", "Invalid credentials in Authorization header"));
        assertThatThrownBy(bench::fetch)
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "127.0.0.1 does not accept the token in HF_TOKEN for owner/model (401): Invalid credentials in"
                                + " Authorization header; make a new one at " + bench.server.endpoint()
                                + "/settings/tokens, or unset HF_TOKEN");
        assertThat(bench.server.requests()).hasSize(1);
    }

    @Test
    void aRepositoryWithTermsSaysWhereToAcceptThem() {
        bench.server.always("HEAD", "config.json", FakeHub.status(403, "X-Error-Code", "GatedRepo"));
        assertThatThrownBy(bench::fetch)
                .hasMessage("owner/model is given only to those who have accepted its terms: do so at "
                        + bench.server.endpoint() + "/owner/model, then set HF_TOKEN to a token of yours");
    }

    @Test
    void aRefusalIsToldWithItsReason() {
        bench.server.always("HEAD", "config.json", FakeHub.status(403, "X-Error-Message", "Not here"));
        assertThatThrownBy(bench::fetch)
                .hasMessage(
                        "127.0.0.1 refuses config.json of owner/model (403): Not here; set HF_TOKEN to a token that may"
                                + " read it, or ask who runs the network whether it may be fetched");
    }

    @Test
    void aRepositoryThatIsNotThereBringsTheNearest() {
        bench.server.always("HEAD", "config.json", FakeHub.status(404, "X-Error-Code", "RepoNotFound"));
        assertThatThrownBy(() -> bench.fetch("owner/convnext-tinny"))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(
                        "127.0.0.1 has no owner/convnext-tinny: check the name (did you mean convnext-tiny, ");
        for (String file : new String[] {"config.json", WEIGHTS, "pytorch_model.bin"}) {
            bench.server.always("HEAD", file, FakeHub.status(404));
        }
        assertThatThrownBy(() -> bench.fetch("owner/convnext-tinny"))
                .hasMessageStartingWith("127.0.0.1 has no owner/convnext-tinny with config.json, model.safetensors,"
                        + " pytorch_model.bin (404): check the name (did you mean convnext-tiny, ");
        assertThat(bench.pauses).isEmpty();
    }

    @Test
    void otherAnswersAreTold() {
        bench.server.always("HEAD", "config.json", FakeHub.status(418));
        assertThatThrownBy(bench::fetch)
                .hasMessage("127.0.0.1 answers 418 for config.json of owner/model; check HF_ENDPOINT and the proxy");
    }

    @Test
    void aRevisionThatAMirrorLacksIsReplacedByTheNewest() {
        bench.server.next("HEAD", "config.json", FakeHub.status(404, "X-Error-Code", "RevisionNotFound"));
        FakeHub.Handler config =
                FakeHub.status(200, "ETag", "\"abc\"", "X-Repo-Commit", FakeHub.COMMIT, "Content-Length", "0");
        bench.server.next("HEAD", "config.json", config, config);
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
                        FakeHub.COMMIT,
                        "Content-Length",
                        "300000"));
        bench.server.always("GET", WEIGHTS, withoutRange());
        Fetched model = bench.fetch("convnext-tiny");
        assertThat(model.repository()).hasToString("facebook/convnext-tiny-224");
        assertThat(bench.said)
                .containsExactly("127.0.0.1 has no revision refs/pr/4 of facebook/convnext-tiny-224; taking main");
    }

    @Test
    void aProxyIsAskedForEverythingAndGetsItsPassword() {
        bench.environment.put("HF_ENDPOINT", "http://hub.invalid");
        bench.environment.put("HTTP_PROXY", bench.server.endpoint().toString().replace("//", "//user:word@"));
        // To a proxy the whole address is the path.
        bench.fetch();
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
        assertThat(bench.server.requests())
                .isNotEmpty()
                .allMatch(request -> request.path().startsWith("http://hub.invalid/owner/model/"))
                .allMatch(
                        request -> "Basic dXNlcjp3b3Jk".equals(request.headers().get("proxy-authorization")));
    }

    @Test
    void aProxyThatWantsAPasswordIsNamed() {
        bench.environment.put("HF_ENDPOINT", "http://hub.invalid");
        bench.environment.put("HTTP_PROXY", bench.server.endpoint().toString());
        bench.server.always("HEAD", "config.json", FakeHub.status(407, "Proxy-Authenticate", "Basic realm=x"));
        assertThatThrownBy(bench::fetch)
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "The proxy 127.0.0.1:" + bench.server.endpoint().getPort() + " wants a user name and a password"
                                + " (407): give them as http://user:password@host:port in HTTPS_PROXY or HTTP_PROXY");
    }

    @Test
    void noProxyMeansNone() {
        bench.environment.put("http_proxy", "http://proxy.invalid:3128");
        bench.environment.put("no_proxy", "127.0.0.1");
        bench.fetch();
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
        bench.environment.remove("no_proxy");
        bench.environment.put("HF_HUB_CACHE", folder.resolve("other").toString());
        assertThatThrownBy(bench::fetch).hasMessageContaining("127.0.0.1 (by the proxy proxy.invalid:3128) cannot be");
    }
}
