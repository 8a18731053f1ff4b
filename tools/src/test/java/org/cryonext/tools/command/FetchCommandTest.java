package org.cryonext.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.cryonext.tools.Main;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command in a process of its own, with its own environment, beside a hub on the loopback. */
final class FetchCommandTest {
    private static final Path MODEL = Path.of("../models/src/test/resources/models/v1");
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @TempDir
    Path folder;

    private final Map<String, String> environment = new HashMap<>();
    private final List<String> options = new ArrayList<>();
    private HttpServer server;

    /** Set where the weights shall stop coming halfway; counted down when they have. */
    private volatile CountDownLatch halfway;

    @BeforeEach
    void start() throws IOException {
        start(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
        environment.put("HF_HUB_CACHE", folder.resolve("cache").toString());
        environment.put("HF_ENDPOINT", "http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void start(HttpServer created) {
        server = created;
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/owner/model/resolve/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            Path file = MODEL.resolve(path.substring(path.lastIndexOf('/') + 1));
            exchange.getResponseHeaders().set("X-Repo-Commit", COMMIT);
            if (!Files.exists(file)) {
                exchange.getResponseHeaders().set("X-Error-Code", "EntryNotFound");
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            byte[] content = Files.readAllBytes(file);
            exchange.getResponseHeaders().set("ETag", "\"" + sha256(content) + "\"");
            exchange.getResponseHeaders().set("X-Linked-Size", String.valueOf(content.length));
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.sendResponseHeaders(200, -1);
                return;
            }
            String range = exchange.getRequestHeaders().getFirst("Range");
            int from = range == null ? 0 : Integer.parseInt(range.substring(6, range.length() - 1));
            if (range != null) {
                exchange.getResponseHeaders()
                        .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
            }
            exchange.sendResponseHeaders(range == null ? 200 : 206, content.length - from);
            OutputStream out = exchange.getResponseBody();
            CountDownLatch stalled = halfway;
            if (stalled != null && path.endsWith("model.safetensors")) {
                out.write(content, 0, content.length / 2);
                out.flush();
                stalled.countDown();
                TimeUnit.SECONDS.sleep(20);
            }
            out.write(content, from, content.length - from);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private Process process(Path log, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(options);
        command.add(Main.class.getName());
        command.addAll(List.of(args));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment()
                .keySet()
                .removeIf(name ->
                        name.startsWith("HF_") || name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** The command's output, with its exit code in front. */
    private String run(String... args) throws IOException, InterruptedException {
        Path log = folder.resolve("log");
        Process process = process(log, args);
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return process.exitValue() + "\n" + Files.readString(log);
    }

    @Test
    @Timeout(300)
    void aModelIsFetchedCopiedAndFoundByItsName() throws IOException, InterruptedException {
        Path snapshot = folder.resolve("cache/models--owner--model/snapshots").resolve(COMMIT);
        assertThat(run("fetch", "owner/model", "--out", folder.resolve("own").toString()))
                .startsWith("0\n")
                .contains(
                        "owner/model is owner/model\n",
                        "model.safetensors",
                        "downloaded, checked: SHA-256 as the hub says")
                .contains("The checkpoint is " + folder.resolve("own"))
                .contains("cryonext train DATA --out RUN --init " + folder.resolve("own"));
        assertThat(Files.mismatch(folder.resolve("own/model.safetensors"), MODEL.resolve("model.safetensors")))
                .isEqualTo(-1);
        server.stop(0);
        assertThat(run("fetch", "owner/model", "--offline"))
                .startsWith("0\n")
                .contains("in the cache", "The checkpoint is " + snapshot, "--init owner/model");
        assertThat(run(
                        "compare",
                        "owner/model",
                        MODEL.resolve("reference.safetensors").toString()))
                .startsWith("0\n")
                .contains("tensors pass");
    }

    /** SIGTERM takes the same way as Ctrl-C's SIGINT. */
    @Test
    @Timeout(300)
    void aFetchThatIsInterruptedSaysSoAndGoesOn() throws IOException, InterruptedException {
        halfway = new CountDownLatch(1);
        Path log = folder.resolve("interrupted");
        Path partial = folder.resolve("cache/models--owner--model/blobs/"
                + sha256(Files.readAllBytes(MODEL.resolve("model.safetensors"))) + ".cryonext.incomplete");
        long half = Files.size(MODEL.resolve("model.safetensors")) / 2;
        Process process = process(log, "fetch", "owner/model");
        try {
            assertThat(halfway.await(60, TimeUnit.SECONDS)).isTrue();
            while (process.isAlive() && (!Files.exists(partial) || Files.size(partial) < half)) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            process.destroy();
            assertThat(process.waitFor(15, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(log).content().contains("Stopped; the same command goes on from here");
        assertThat(partial).hasSize(half);
        halfway = null;
        assertThat(run("fetch", "owner/model")).startsWith("0\n").contains("checked: SHA-256 as the hub says");
        assertThat(partial).doesNotExist();
    }

    @Test
    @Timeout(300)
    void theDataSetIsAskedForWhereTheVariableSaysAlsoByReproduce() throws IOException, InterruptedException {
        environment.put("CRYONEXT_DATAVERSE", environment.get("HF_ENDPOINT"));
        environment.put("CRYONEXT_CACHE", folder.resolve("own-cache").toString());
        String answer = "127.0.0.1 answers 404 for " + environment.get("HF_ENDPOINT")
                + "/api/datasets/:persistentId/?persistentId=doi:10.34894/Y2ZMRH;";
        Path out = folder.resolve("shrec");
        assertThat(run("fetch", "shrec2020", "--out", out.toString()))
                .startsWith("1\n")
                .contains(answer, "unpack them in " + out);
        assertThat(run("reproduce", "--out", folder.resolve("study").toString()))
                .startsWith("1\n")
                .contains(answer, "unpack them in " + folder.resolve("own-cache/shrec2020"));
    }

    @Test
    void reproduceSaysHowDataThatAreMissingAreBrought() {
        Path missing = folder.resolve("missing");
        CommandRun run = CommandRun.of("reproduce", "--data", missing, "--out", folder.resolve("study"));
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .contains(missing + ": no such folder", "cryonext fetch shrec2020 --out " + missing)
                .hasLineCount(1);
    }

    @Test
    @Timeout(300)
    void anEncryptedHubIsReachedThroughAProxyWithAPassword() throws Exception {
        Path keys = folder.resolve("keys.p12");
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process made = new ProcessBuilder((keytool
                                + " -genkeypair -alias hub -keyalg EC -dname CN=hub.test -ext SAN=dns:hub.test -storetype"
                                + " PKCS12 -storepass password -keystore " + keys)
                        .split(" "))
                .inheritIO()
                .start();
        assertThat(made.waitFor()).isZero();
        server.stop(0);
        HttpsServer secure = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(context(keys)));
        start(secure);
        try (TunnelProxy proxy = new TunnelProxy(server.getAddress().getPort())) {
            environment.put("HF_ENDPOINT", "https://hub.test");
            environment.put("https_proxy", "http://user:word@127.0.0.1:" + proxy.port());
            assertThat(run("fetch", "owner/model"))
                    .startsWith("1\n")
                    .contains("hub.test cannot be trusted", "JDK_JAVA_OPTIONS=-Djavax.net.ssl.trustStore=FILE");
            options.addAll(
                    List.of("-Djavax.net.ssl.trustStore=" + keys, "-Djavax.net.ssl.trustStorePassword=password"));
            assertThat(run("fetch", "owner/model")).startsWith("0\n").contains("checked: SHA-256 as the hub says");
        }
    }

    private static SSLContext context(Path keys) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(keys.toFile(), "password".toCharArray());
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, "password".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    @Test
    void theListShowsNamesAndLicencesAndStandsInTheDocument() {
        CommandRun run = CommandRun.of("fetch", "--list");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().filter(line -> line.startsWith("convnext-tiny ")))
                .singleElement()
                .asString()
                .contains("1k", "224", "1000", "114", "Apache-2.0", "facebook/convnext-tiny-224");
        assertThat(run.out()).contains("licence CC-BY-NC-4.0: ", "not for commercial use");
        assertThat(run.out().lines()).allMatch(line -> !line.startsWith("convnext") || line.length() <= 120);
        assertThat(Path.of("../docs/weights.md")).content().contains(run.out());
    }

    @Test
    void aNameThatWasNotFetchedIsNoCheckpoint() {
        CommandRun run =
                CommandRun.of("train", "data", "--out", folder.resolve("run"), "--init", "nobody/no-such-model");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .contains("get the model by: cryonext fetch nobody/no-such-model")
                .hasLineCount(1);
    }

    @Test
    void withoutAModelItIsWrongUsage() {
        CommandRun run = CommandRun.of("fetch");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("Missing required parameter: MODEL", "Try 'cryonext fetch --help'.");
    }

    @Test
    void anUnknownNameFailsWithTheNearest() {
        CommandRun run = CommandRun.of("fetch", "convnext-tinny", "--offline");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .contains("There is no published model convnext-tinny", "convnext-tiny")
                .hasLineCount(1);
    }
}
