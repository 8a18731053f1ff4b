package org.cryonext.models.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.cryonext.engine.io.InputException;
import org.cryonext.models.download.Reception;
import org.junit.jupiter.api.Test;

/** A hub that behaves: what is fetched, where it lies, and what is not fetched again. */
final class FetchTest extends HubTest {
    private static final String OTHER = "fedcba9876543210fedcba9876543210fedcba98";

    @Test
    void aModelLiesInTheCacheAsHuggingFacesLibrariesLayItOut() throws IOException {
        Fetched model = bench.fetch();
        assertThat(model.folder()).isEqualTo(bench.snapshot());
        assertThat(model.commit()).isEqualTo(FakeHub.COMMIT);
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
        assertThat(bench.snapshot().resolve("config.json")).hasContent("{\"model_type\": \"convnext\"}");
        assertThat(Files.readSymbolicLink(bench.snapshot().resolve("model.safetensors")))
                .isEqualTo(Path.of("../../blobs", FakeHub.sha256(bench.weights)));
        assertThat(bench.model().resolve("refs/main")).hasContent(FakeHub.COMMIT);
        assertThat(folder.resolve("cache/CACHEDIR.TAG"))
                .content()
                .startsWith("Signature: 8a477f597d28d172789f06886806bc55");
        try (var blobs = Files.list(bench.model().resolve("blobs"))) {
            assertThat(blobs)
                    .as("nothing partial is left")
                    .hasSize(3)
                    .noneMatch(blob -> blob.toString().endsWith(".incomplete"));
        }
        assertThat(bench.said).isEmpty();
    }

    @Test
    void filesAreCheckedByWhatTheHubSaysOfThem() {
        assertThat(bench.fetch().files())
                .containsExactly(
                        item("config.json", 26, "git hash as the hub says"),
                        item("preprocessor_config.json", 13, "git hash as the hub says"),
                        item("model.safetensors", HubBench.WEIGHT_BYTES, "SHA-256 as the hub says"));
    }

    private static Fetched.Item item(String name, long bytes, String check) {
        return new Fetched.Item(name, bytes, true, java.util.Optional.of(check));
    }

    @Test
    void whatIsThereIsNotFetchedAgain() {
        bench.fetch();
        bench.server.forgetRequests();
        Fetched model = bench.fetch();
        assertThat(bench.server.requests())
                .isNotEmpty()
                .allMatch(request -> request.method().equals("HEAD"));
        assertThat(model.files()).hasSize(3).noneMatch(Fetched.Item::downloaded);
    }

    @Test
    void whenTheBranchMovesOnlyWhatChangedIsFetched() {
        bench.fetch();
        bench.server.moveTo(OTHER);
        bench.server.small("config.json", "{\"model_type\": \"convnextv2\"}");
        bench.server.forgetRequests();
        Fetched model = bench.fetch();
        assertThat(model.folder()).isEqualTo(bench.model().resolve("snapshots", OTHER));
        assertThat(model.folder().resolve("config.json")).hasContent("{\"model_type\": \"convnextv2\"}");
        assertThat(bench.snapshot().resolve("config.json")).hasContent("{\"model_type\": \"convnext\"}");
        assertThat(HubBench.bytes(model.folder().resolve("model.safetensors"))).isEqualTo(bench.weights);
        assertThat(bench.server.requests("GET", "model.safetensors")).isEmpty();
        assertThat(bench.model().resolve("refs/main")).hasContent(OTHER);
    }

    @Test
    void allFilesAreOfOneCommitEvenIfTheBranchMovesMeanwhile() {
        bench.server.next("GET", "config.json", (request, out) -> {
            bench.server.moveTo(OTHER);
            FakeHub.status(503).handle(request, out);
        });
        assertThat(bench.fetch().commit()).isEqualTo(FakeHub.COMMIT);
        assertThat(bench.server.requests().stream().skip(1))
                .allMatch(request -> request.path().contains("/resolve/" + FakeHub.COMMIT + "/"));
    }

    @Test
    void aRevisionMayBeNamed() {
        bench.server.revision("refs/pr/4", OTHER);
        Fetched model = bench.fetch("owner/model@refs/pr/4");
        assertThat(model.commit()).isEqualTo(OTHER);
        assertThat(bench.model().resolve("refs/refs/pr/4")).hasContent(OTHER);
        assertThat(bench.model().resolve("refs/main")).doesNotExist();
        bench.fetch("owner/model@" + OTHER);
        assertThatThrownBy(() -> bench.fetch("owner/model@v3"))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "127.0.0.1 has no revision v3 of owner/model; leave out what stands behind @ to get the newest");
    }

    @Test
    void filesThatAModelNeedNotHaveAreRememberedAsAbsent() {
        bench.server.remove("preprocessor_config.json");
        assertThat(bench.fetch().files())
                .extracting(Fetched.Item::name)
                .containsExactly("config.json", "model.safetensors");
        assertThat(bench.model().resolve(".no_exist", FakeHub.COMMIT, "preprocessor_config.json"))
                .isEmptyFile();
    }

    @Test
    void weightsMayBeSpreadOverSeveralFiles() {
        bench.server.remove("model.safetensors");
        bench.server.small(
                "model.safetensors.index.json",
                "{\"weight_map\": {\"a\": \"model-2-of-2.safetensors\", \"b\": \"model-1-of-2.safetensors\","
                        + " \"c\": \"model-2-of-2.safetensors\"}}");
        bench.server.large("model-1-of-2.safetensors", new byte[] {1});
        bench.server.large("model-2-of-2.safetensors", new byte[] {2});
        assertThat(bench.fetch().files())
                .extracting(Fetched.Item::name)
                .containsExactly(
                        "config.json",
                        "preprocessor_config.json",
                        "model.safetensors.index.json",
                        "model-1-of-2.safetensors",
                        "model-2-of-2.safetensors");
        bench.environment.put("HF_HUB_OFFLINE", "1");
        assertThat(bench.fetch().files()).hasSize(5);
    }

    @Test
    void anIndexCannotNameFilesElsewhere() {
        bench.server.remove("model.safetensors");
        bench.server.small("model.safetensors.index.json", "{\"weight_map\": {\"a\": \"../../../stolen\"}}");
        assertThatThrownBy(bench::fetch)
                .isInstanceOf(InputException.class)
                .hasMessageContaining(
                        "weight_map names the file \"../../../stolen\", expected a plain name in the same folder");
        bench.server.small("model.safetensors.index.json", "{\"weight_map\": {}}");
        bench.server.moveTo(OTHER);
        assertThatThrownBy(bench::fetch).hasMessageContaining("weight_map names 0 files, expected 1 to 1000");
    }

    @Test
    void aFileThatAnIndexNamesMustBeThere() {
        bench.server.remove("model.safetensors");
        bench.server.small("model.safetensors.index.json", "{\"weight_map\": {\"a\": \"part\"}}");
        assertThatThrownBy(bench::fetch)
                .hasMessage(
                        "owner/model has no part, which its model.safetensors.index.json names; another revision may be"
                                + " whole");
    }

    @Test
    void pytorchsOwnFormatIsTakenOnlyWhereThereIsNoOther() {
        bench.server.large("pytorch_model.bin", new byte[] {1, 2, 3});
        assertThat(bench.fetch().files())
                .extracting(Fetched.Item::name)
                .contains("model.safetensors")
                .doesNotContain("pytorch_model.bin");
        bench.server.remove("model.safetensors");
        bench.server.moveTo(OTHER);
        assertThat(bench.fetch().files()).extracting(Fetched.Item::name).contains("pytorch_model.bin");
        bench.server.remove("pytorch_model.bin");
        bench.server.moveTo("aa" + OTHER.substring(2));
        assertThatThrownBy(bench::fetch)
                .hasMessageStartingWith(
                        "owner/model has none of model.safetensors, model.safetensors.index.json and pytorch_model.bin; a"
                                + " model in another format is downloaded by hand");
    }

    @Test
    void withoutSymbolicLinksFilesLieInTheSnapshot() {
        bench.environment.put("HF_HUB_DISABLE_SYMLINKS", "1");
        bench.fetch();
        assertThat(bench.snapshot().resolve("model.safetensors")).isRegularFile();
        assertThat(Files.isSymbolicLink(bench.snapshot().resolve("model.safetensors")))
                .isFalse();
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
        bench.server.forgetRequests();
        bench.fetch();
        assertThat(bench.server.requests("GET", "model.safetensors")).isEmpty();
    }

    @Test
    void aDamagedCopyIsFetchedAgain() throws IOException {
        bench.fetch();
        Path blob = bench.model().resolve("blobs", FakeHub.sha256(bench.weights));
        Files.write(blob, new byte[] {1, 2, 3});
        bench.fetch();
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
    }

    @Test
    void aFileWithoutAChecksumIsFetchedAndSaysSo() {
        bench.server.tagged("model.safetensors", bench.weights, "5f3-abc");
        Fetched.Item item = bench.fetch().files().getLast();
        assertThat(item.check()).isEmpty();
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
    }

    @Test
    void anETagThatIsNoFileNameIsRefused() {
        bench.server.tagged("model.safetensors", bench.weights, "../../x");
        assertThatThrownBy(bench::fetch)
                .hasMessage("127.0.0.1 gives no usable ETag for model.safetensors, as a Hugging Face hub does; check"
                        + " HF_ENDPOINT and the proxy");
    }

    @Test
    void aServerThatIsNoHubIsRecognized() {
        bench.server.always("HEAD", "config.json", FakeHub.status(200, "ETag", "\"abc\""));
        assertThatThrownBy(bench::fetch)
                .hasMessage(
                        "127.0.0.1 does not say which commit config.json belongs to, as a Hugging Face hub does; check"
                                + " HF_ENDPOINT and the proxy");
        bench.server.always("HEAD", "config.json", FakeHub.status(200, "ETag", "\"abc\"", "X-Repo-Commit", "../../x"));
        assertThatThrownBy(bench::fetch).hasMessageContaining("does not say which commit");
    }

    @Test
    void twoFetchesAtOnceDownloadOnce() throws Exception {
        Callable<Fetched> task = bench::fetch;
        bench.server.next("GET", "model.safetensors", (request, out) -> {
            FakeHub.status(out, 200, java.util.Map.of("Content-Length", String.valueOf(HubBench.WEIGHT_BYTES)));
            out.write(bench.weights, 0, 1000);
            out.flush();
            sleep(300);
            out.write(bench.weights, 1000, HubBench.WEIGHT_BYTES - 1000);
        });
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<Fetched>> both = threads.invokeAll(List.of(task, task));
            for (Future<Fetched> one : both) {
                assertThat(one.get().folder()).isEqualTo(bench.snapshot());
            }
        }
        assertThat(bench.server.requests("GET", "model.safetensors")).hasSize(1);
        assertThat(bench.said).contains("model.safetensors is being fetched by another process; waiting for it");
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whoStopsGoesOnWhereItStopped() throws IOException {
        bench.server.next("GET", "model.safetensors", (request, out) -> {
            FakeHub.status(out, 200, java.util.Map.of("Content-Length", String.valueOf(HubBench.WEIGHT_BYTES)));
            out.write(bench.weights, 0, 100_000);
            out.flush();
            sleep(2000);
        });
        AtomicInteger asked = new AtomicInteger();
        assertThatThrownBy(() ->
                        bench.fetch(FakeHub.REPOSITORY, () -> arrived() >= 100_000 && asked.incrementAndGet() > 1))
                .isInstanceOf(CancellationException.class);
        assertThat(Files.size(bench.partial())).isEqualTo(100_000);
        assertThat(bench.fetch().files().getLast().downloaded()).isTrue();
        assertThat(bench.ranges()).containsExactly("all", "bytes=100000-");
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
    }

    private long arrived() {
        try {
            return Reception.size(bench.partial());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aFileThatTheDiskCannotHoldIsNotBegun() {
        bench.server.always(
                "HEAD",
                "model.safetensors",
                FakeHub.status(
                        200,
                        "ETag",
                        "\"" + FakeHub.sha256(bench.weights) + "\"",
                        "X-Repo-Commit",
                        FakeHub.COMMIT,
                        "X-Linked-Size",
                        "900000000000000000"));
        assertThatThrownBy(bench::fetch)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("model.safetensors needs 900000000.00 GB more, but the disk of the cache")
                .hasMessageContaining("left; free some or name another folder in HF_HUB_CACHE");
        assertThat(bench.server.requests("GET", "model.safetensors")).isEmpty();
    }

    @Test
    void aCacheThatCannotBeWrittenIsNamed() throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("file"), "x");
        bench.environment.put("HF_HUB_CACHE", folder.resolve("file").toString());
        assertThatThrownBy(bench::fetch)
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("The cache " + folder.resolve("file") + " cannot be written: ")
                .hasMessageEndingWith("HF_HUB_CACHE");
    }

    @Test
    void aModelIsCopiedToAFolderOfItsOwn() {
        Path own = folder.resolve("own");
        Hub.copy(bench.fetch(), own);
        assertThat(Files.isSymbolicLink(own.resolve("model.safetensors"))).isFalse();
        assertThat(HubBench.bytes(own.resolve("model.safetensors"))).isEqualTo(bench.weights);
        assertThat(own.resolve("config.json")).exists();
    }

    @Test
    void anUnknownNameBringsTheNearest() {
        assertThatThrownBy(() -> bench.fetch("convnxt-tiny"))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(
                        "There is no published model convnxt-tiny; the nearest names are convnext-tiny, ")
                .hasMessageEndingWith(
                        "cryonext fetch --list shows all of them, and any repository of the hub is taken as"
                                + " owner/name");
        assertThat(bench.server.requests()).isEmpty();
    }
}
