package org.cryonext.models.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pieces of a file on a server of the loopback that misbehaves where a test tells it to. */
final class PinnedDownloadTest {
    private static final int FROM = 1000;

    @TempDir
    Path folder;

    private final byte[] content = new byte[300_000];
    private final Deque<Answer> answers = new ArrayDeque<>();
    private final List<String> ranges = new CopyOnWriteArrayList<>();
    private final List<String> said = new CopyOnWriteArrayList<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private HttpServer server;
    private URI address;

    /** Answers one request. */
    @FunctionalInterface
    private interface Answer {
        void give(HttpExchange exchange, int from, int to) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        new Random(1).nextBytes(content);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
        address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/a.jar");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String range = exchange.getRequestHeaders().getFirst("Range");
            ranges.add(range);
            String[] ends = range.substring("bytes=".length()).split("-");
            Answer next = answers.isEmpty() ? this::rightly : answers.removeFirst();
            next.give(exchange, Integer.parseInt(ends[0]), Integer.parseInt(ends[1]) + 1);
        }
    }

    private void rightly(HttpExchange exchange, int from, int to) throws IOException {
        head(exchange, from, to);
        exchange.getResponseBody().write(content, from, to - from);
    }

    private void head(HttpExchange exchange, int from, int to) throws IOException {
        exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + content.length);
        exchange.sendResponseHeaders(206, to - from);
    }

    private Answer half() {
        return (exchange, from, to) -> {
            head(exchange, from, to);
            exchange.getResponseBody().write(content, from, (to - from) / 2);
            exchange.getResponseBody().flush();
        };
    }

    private static Answer status(int status) {
        return (exchange, from, to) -> exchange.sendResponseHeaders(status, -1);
    }

    private PinnedDownload download() {
        Waiting waiting = new Waiting() {
            @Override
            public void pause(Duration duration) {}

            @Override
            public Instant now() {
                return Instant.EPOCH;
            }
        };
        return new PinnedDownload(Map.of(), Progress.none(), said::add, stopped::get, "the mirror", waiting);
    }

    private PinnedPart part() {
        byte[] piece = Arrays.copyOfRange(content, FROM, content.length - FROM);
        return new PinnedPart("piece", address, FROM, piece.length, Checksum.sha256(sha256(piece)));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path partial() {
        return folder.resolve("sub", "partial");
    }

    private void fetch() {
        download().fetch(part(), partial());
    }

    private void assertWhole() throws IOException {
        assertThat(Files.readAllBytes(partial())).isEqualTo(Arrays.copyOfRange(content, FROM, content.length - FROM));
    }

    @Test
    void onlyThePieceIsAskedFor() throws IOException {
        fetch();
        assertWhole();
        assertThat(ranges).containsExactly("bytes=1000-298999");
        fetch();
        assertThat(ranges).hasSize(1);
    }

    @Test
    void aConnectionThatBreaksIsTakenUpWhereItBroke() throws IOException {
        answers.add(half());
        fetch();
        assertWhole();
        assertThat(ranges).containsExactly("bytes=1000-298999", "bytes=150000-298999");
        assertThat(said)
                .hasSize(1)
                .first()
                .asString()
                .startsWith("The connection to 127.0.0.1 was lost after 149.0 kB");
    }

    @Test
    void aServerThatIsBusyIsAskedAgain() throws IOException {
        answers.addAll(List.of(status(503), status(429)));
        fetch();
        assertWhole();
        assertThat(said).hasSize(2);
    }

    @Test
    void whatComesWrongIsFetchedAgainAndInTheEndRefused() throws IOException {
        Answer wrong = (exchange, from, to) -> {
            head(exchange, from, to);
            exchange.getResponseBody().write(new byte[to - from]);
        };
        answers.add(wrong);
        fetch();
        assertWhole();
        assertThat(said).first().asString().contains("came with the SHA-256");
        Files.delete(partial());
        for (int i = 0; i < 6; i++) {
            answers.add(wrong);
        }
        assertThatThrownBy(this::fetch)
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("Cannot fetch piece: piece came with the SHA-256 ")
                .hasMessageContaining("check the mirror and run the command again");
    }

    @Test
    void aRedirectIsFollowedAndACircleIsNot() throws IOException {
        answers.add((exchange, from, to) -> {
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            exchange.sendResponseHeaders(302, -1);
        });
        fetch();
        assertWhole();
        Files.delete(partial());
        for (int i = 0; i < 3; i++) {
            answers.add((exchange, from, to) -> {
                exchange.getResponseHeaders().set("Location", "/elsewhere");
                exchange.sendResponseHeaders(302, -1);
            });
        }
        assertThatThrownBy(this::fetch)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("redirects in a circle");
    }

    @Test
    void serversWithoutTheFileOrWithoutRangesAreNamed() {
        answers.add(status(404));
        assertThatThrownBy(this::fetch)
                .isInstanceOf(InputException.class)
                .hasMessage("127.0.0.1 answers 404 for " + address + "; check the mirror");
        answers.add((exchange, from, to) -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
        });
        assertThatThrownBy(this::fetch)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("does not send pieces of files (status 200");
    }

    @Test
    void whatHasArrivedStaysWhenTheUserStops() throws IOException {
        answers.add((exchange, from, to) -> {
            head(exchange, from, to);
            exchange.getResponseBody().write(content, from, 1000);
            exchange.getResponseBody().flush();
            stopped.set(true);
            rest(exchange, from + 1000, to);
        });
        assertThatThrownBy(this::fetch).isInstanceOf(CancellationException.class);
        long arrived = Files.size(partial());
        stopped.set(false);
        fetch();
        assertWhole();
        assertThat(ranges.getLast()).isEqualTo("bytes=" + (FROM + arrived) + "-298999");
    }

    private void rest(HttpExchange exchange, int from, int to) throws IOException {
        for (int at = from; at < to; at += 1000) {
            exchange.getResponseBody().write(content, at, Math.min(1000, to - at));
        }
    }

    @Test
    void aCompilerIsUnpackedFromItsPieces() throws IOException {
        byte[] library = new byte[50_000];
        Arrays.fill(library, (byte) 7);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(packed, new Deflater(9, true))) {
            out.write(library);
        }
        System.arraycopy(packed.toByteArray(), 0, content, 500, packed.size());
        NvrtcFetch.Entry entry = new NvrtcFetch.Entry(
                "libnvrtc.so.12", 500, packed.size(), sha256(packed.toByteArray()), library.length);
        NvrtcFetch fetch = new NvrtcFetch(download(), address, List.of(entry), folder.resolve("nvrtc"));
        assertThat(fetch.isThere()).isFalse();
        fetch.run();
        assertThat(fetch.isThere()).isTrue();
        assertThat(folder.resolve("nvrtc")).isDirectoryContaining("glob:**/libnvrtc.so.12");
        assertThat(folder.resolve("nvrtc/libnvrtc.so.12")).hasBinaryContent(library);
        try (var files = Files.list(folder.resolve("nvrtc"))) {
            assertThat(files).hasSize(1);
        }
        fetch.run();
        assertThat(ranges).hasSize(1);
    }

    @Test
    void aMirrorThatIsNoAddressIsNamed() {
        assertThatThrownBy(() -> NvrtcFetch.of(Map.of(NvrtcFetch.VARIABLE, "not a mirror"), download()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("CRYONEXT_MAVEN_CENTRAL is \"not a mirror\", expected an address as https://");
    }
}
