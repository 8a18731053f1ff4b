package org.cryonext.cryoet.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.cryonext.cryoet.dataset.ShrecDataset;
import org.cryonext.cryoet.dataset.ShrecTomogram;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.download.PinnedDownload;
import org.cryonext.models.download.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small data set from a Dataverse of the loopback, which misbehaves where a test tells it to. */
final class ShrecFetchTest {
    private static final String LIST = "model_%d/particle_locations.txt";

    /** Noise, so that its archive is not small. */
    private static final byte[] VOLUME = new byte[200_000];

    static {
        new Random(1).nextBytes(VOLUME);
    }

    /** A file of the repository; what is sent can be another content than the one that the listing describes. */
    private record Deposit(String label, String name, byte[] content, String kind, byte[] sent, long bytes) {
        static Deposit of(String label, String name, byte[] content) {
            return new Deposit(label, name, content, "MD5", content, content.length);
        }

        String entry(int id) {
            return "{\"label\":\"" + name + "\",\"restricted\":false,"
                    + (label.isEmpty() ? "" : "\"directoryLabel\":\"" + label + "\",") + "\"dataFile\":{\"id\":" + id
                    + ",\"filename\":\"" + name + "\",\"filesize\":" + bytes + ",\"checksum\":{\"type\":\"" + kind
                    + "\",\"value\":\"" + digest(kind, content) + "\"}}}";
        }
    }

    @TempDir
    Path temporary;

    private final List<Deposit> deposits = new ArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> said = new CopyOnWriteArrayList<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private volatile boolean breaks;
    private volatile boolean knowsRanges = true;
    private HttpServer server;
    private Path folder;

    @BeforeEach
    void start() throws IOException {
        folder = temporary.resolve("data");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/api/datasets/:persistentId/", this::list);
        server.createContext("/api/access/datafile/", this::send);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void list(HttpExchange exchange) throws IOException {
        try (exchange) {
            asked.add("list");
            if (!exchange.getRequestURI().getQuery().equals("persistentId=doi:10.34894/Y2ZMRH") || deposits.isEmpty()) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            List<String> entries = new ArrayList<>();
            for (int i = 0; i < deposits.size(); i++) {
                entries.add(deposits.get(i).entry(i));
            }
            byte[] answer = ("{\"status\":\"OK\",\"data\":{\"latestVersion\":{\"files\":[" + String.join(",", entries)
                            + "]}}}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private void send(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            int id = Integer.parseInt(path.substring(path.lastIndexOf('/') + 1));
            byte[] content = deposits.get(id).sent();
            String range = exchange.getRequestHeaders().getFirst("Range");
            int from = Integer.parseInt(range.substring("bytes=".length(), range.indexOf('-')));
            asked.add(id + " from " + from);
            if (!knowsRanges) {
                exchange.sendResponseHeaders(200, content.length);
                exchange.getResponseBody().write(content);
                return;
            }
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
            exchange.sendResponseHeaders(206, content.length - from);
            if (breaks) {
                breaks = false;
                exchange.getResponseBody().write(content, from, (content.length - from) / 2);
                exchange.getResponseBody().flush();
                return;
            }
            exchange.getResponseBody().write(content, from, content.length - from);
        }
    }

    private static String digest(String kind, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(kind).digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] zip(String... names) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (String name : names) {
                out.putNextEntry(new ZipEntry(name));
                out.write(name.endsWith(".mrc") ? VOLUME : text(name));
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private ShrecFetch fetch(boolean deleteArchives) {
        Waiting waiting = new Waiting() {
            @Override
            public void pause(Duration duration) {}

            @Override
            public Instant now() {
                return Instant.EPOCH;
            }
        };
        PinnedDownload download = new PinnedDownload(
                Map.of(), Progress.none(), said::add, stopped::get, ShrecFetch.advice(folder), waiting);
        Dataverse dataverse = new Dataverse(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
        return new ShrecFetch(dataverse, folder, deleteArchives, download, Progress.none(), said::add, stopped::get);
    }

    private void refused(String... parts) {
        assertThatThrownBy(() -> fetch(false).run())
                .isInstanceOf(InputException.class)
                .hasMessageContainingAll(parts);
    }

    private void depositArchive() throws IOException {
        deposits.add(Deposit.of(
                "",
                "full.zip",
                zip(
                        "full/",
                        "full/" + LIST.formatted(0),
                        "full/model_0/reconstruction.mrc",
                        "full/" + LIST.formatted(1))));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> walked = Files.walk(folder)) {
            return walked.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .filter(name -> !name.startsWith(".cryonext-"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void anArchiveWithAFolderAboveTheTomogramsIsFetchedAndUnpackedOnce() throws IOException {
        depositArchive();
        deposits.add(new Deposit("docs", "README.md", text("x"), "SHA-256", text("x"), 1));
        assertThat(fetch(false).run()).isEqualTo(folder.resolve("full"));
        assertThat(names())
                .containsExactly(
                        ".full.zip.unpacked",
                        "docs/README.md",
                        "full.zip",
                        "full/model_0/particle_locations.txt",
                        "full/model_0/reconstruction.mrc",
                        "full/model_1/particle_locations.txt");
        assertThat(folder.resolve("full/model_0/reconstruction.mrc")).hasBinaryContent(VOLUME);
        assertThat(asked).containsExactly("list", "0 from 0", "1 from 0");
        assertThat(said.getFirst())
                .startsWith("SHREC 2020 has 2 files; 2 of them, 20")
                .contains(" kB, are to be fetched from 127.0.0.1 into " + folder, "unpacked take at least 20");
        assertThat(ShrecDataset.open(folder).tomograms())
                .extracting(ShrecTomogram::name)
                .containsExactly("model_0", "model_1");
        assertThat(fetch(false).run()).isEqualTo(folder.resolve("full"));
        assertThat(asked).hasSize(3);
    }

    @Test
    void anArchiveForEachTomogramAndPlainFilesComeTogether() throws IOException {
        deposits.add(Deposit.of("", "model_0.zip", zip("particle_locations.txt", "grandmodel.mrc")));
        deposits.add(Deposit.of("", "model_1.ZIP", zip(LIST.formatted(1))));
        deposits.add(new Deposit("model_2", "particle_locations.txt", text("p"), "SHA-1", text("p"), 1));
        assertThat(fetch(true).run()).isEqualTo(folder);
        assertThat(names())
                .containsExactly(
                        ".model_0.zip.unpacked",
                        ".model_1.ZIP.unpacked",
                        "model_0/grandmodel.mrc",
                        "model_0/particle_locations.txt",
                        "model_1/particle_locations.txt",
                        "model_2/particle_locations.txt");
        assertThat(ShrecDataset.open(folder).tomograms()).hasSize(3);
        assertThat(fetch(true).run()).isEqualTo(folder);
        assertThat(asked).containsExactly("list", "0 from 0", "1 from 0", "2 from 0", "list");
    }

    @Test
    void aConnectionThatBreaksIsTakenUpWhereItBroke() throws IOException {
        depositArchive();
        breaks = true;
        fetch(false).run();
        int half = deposits.getFirst().content().length / 2;
        assertThat(asked).containsExactly("list", "0 from 0", "0 from " + half);
    }

    @Test
    void aFetchThatIsStoppedIsKnownAsHalfAndGoesOn() throws IOException {
        depositArchive();
        Files.createDirectories(folder);
        Files.write(
                folder.resolve(".full.zip.incomplete"),
                Arrays.copyOf(deposits.getFirst().content(), 1000));
        stopped.set(true);
        assertThatThrownBy(() -> fetch(false).run()).isInstanceOf(CancellationException.class);
        stopped.set(false);
        // The listing was not had: nothing is noted yet. Then the archive is.
        deposits.add(new Deposit("", "other.bin", text("right"), "MD5", text("wrong"), 5));
        refused("other.bin came with the MD5 " + digest("MD5", text("wrong")) + ", not ", ", twice; it was deleted");
        assertThat(asked).contains("0 from 1000");
        assertThat(folder.resolve("full/model_0")).exists();
        for (Path half : List.of(folder, folder.resolve("full"))) {
            assertThatThrownBy(() -> ShrecDataset.open(half))
                    .isInstanceOf(InputException.class)
                    .hasMessage(half + ": SHREC 2020 is fetched only in part; go on by: cryonext fetch shrec2020 --out "
                            + folder);
        }
        deposits.set(1, Deposit.of("", "other.bin", text("right")));
        asked.clear();
        fetch(false).run();
        assertThat(asked).containsExactly("list", "1 from 0");
        assertThat(ShrecDataset.open(folder).folder()).isEqualTo(folder.resolve("full"));
    }

    @Test
    void aServerThatKnowsNoRangesSendsAllOfIt() throws IOException {
        depositArchive();
        Files.createDirectories(folder);
        Files.write(folder.resolve(".full.zip.incomplete"), new byte[1000]);
        knowsRanges = false;
        assertThat(fetch(false).run()).isEqualTo(folder.resolve("full"));
    }

    @Test
    void whatIsHalfUnpackedIsUnpackedAnew() throws IOException {
        depositArchive();
        fetch(false).run();
        Files.write(folder.resolve("full/model_0/reconstruction.mrc"), new byte[7]);
        Files.delete(folder.resolve("full/model_1/particle_locations.txt"));
        Path beside = Files.createDirectories(folder.resolve(".full.zip.unpacking/full/model_0"));
        Files.write(beside.resolve("left.mrc"), new byte[3]);
        fetch(false).run();
        assertThat(folder.resolve("full/model_0/reconstruction.mrc")).hasBinaryContent(VOLUME);
        assertThat(folder.resolve("full/model_1/particle_locations.txt")).exists();
        assertThat(folder.resolve(".full.zip.unpacking")).doesNotExist();
        assertThat(asked).containsExactly("list", "0 from 0", "list");
    }

    private void delete(String name) throws IOException {
        try (Stream<Path> walked = Files.walk(folder.resolve(name))) {
            for (Path file : walked.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void whatWasLostSinceIsNoticedAndBroughtAnew() throws IOException {
        depositArchive();
        deposits.add(Deposit.of("docs", "README.md", text("x")));
        fetch(false).run();
        Path volume = folder.resolve("full/model_0/reconstruction.mrc");
        asked.clear();

        delete("full/model_1");
        assertThat(fetch(false).run()).isEqualTo(folder.resolve("full"));
        assertThat(folder.resolve("full/" + LIST.formatted(1))).hasContent("full/" + LIST.formatted(1));
        assertThat(said).contains(folder.resolve("full/" + LIST.formatted(1)) + " is missing; it is brought anew");

        Files.delete(volume);
        fetch(false).run();
        assertThat(volume).hasBinaryContent(VOLUME);

        Files.write(volume, Arrays.copyOf(VOLUME, 1000));
        fetch(false).run();
        assertThat(volume).hasBinaryContent(VOLUME);
        assertThat(said).contains(volume + " has 1000 bytes, 200000 were fetched; it is brought anew");

        Files.write(folder.resolve("full/" + LIST.formatted(0)), new byte[0]);
        fetch(false).run();
        assertThat(folder.resolve("full/" + LIST.formatted(0))).isNotEmptyFile();
        assertThat(asked).containsExactly("list", "list", "list", "list");

        Files.delete(folder.resolve("docs/README.md"));
        fetch(false).run();
        assertThat(folder.resolve("docs/README.md")).hasContent("x");
        assertThat(asked).endsWith("list", "1 from 0");

        asked.clear();
        fetch(false).run();
        assertThat(asked).isEmpty();
    }

    @Test
    void whatWasLostOfAnArchiveThatIsDeletedIsFetchedAnew() throws IOException {
        depositArchive();
        fetch(true).run();
        delete("full/model_1");
        fetch(false).run();
        assertThat(folder.resolve("full/" + LIST.formatted(1))).exists();
        assertThat(asked).containsExactly("list", "0 from 0", "list", "0 from 0");
    }

    @Test
    void anEntryOutsideTheFolderIsRefused() throws IOException {
        for (String name : List.of("../outside.txt", "/outside.txt", "full/../../outside.txt", "C:/outside.txt")) {
            deposits.clear();
            deposits.add(Deposit.of("", "full.zip", zip(LIST.formatted(0), name)));
            Files.deleteIfExists(folder.resolve("full.zip"));
            refused("full.zip has an entry \"" + name + "\", which would lie outside the folder");
            assertThat(folder.resolve("model_0")).doesNotExist();
            assertThat(temporary.resolve("outside.txt")).doesNotExist();
        }
    }

    @Test
    void aFileOutsideTheFolderIsRefused() {
        for (String[] place : new String[][] {{"..", "a.bin"}, {"/etc", "a.bin"}, {"", "../a.bin"}, {"a//b", "c"}}) {
            deposits.clear();
            deposits.add(Deposit.of(place[0], place[1], text("x")));
            refused("names a file \"" + place[1] + "\" in \"" + place[0] + "\"", "nothing was fetched");
        }
        assertThat(folder).doesNotExist();
        assertThat(asked).containsOnly("list");
    }

    @Test
    void whatDoesNotFitOnTheDiskIsRefusedBeforeAnythingComes() {
        deposits.add(new Deposit("", "full.zip", text("x"), "MD5", text("x"), 900_000_000_000_000L));
        refused("SHREC 2020 needs 1800000.00 GB, but the disk of " + folder + " has only ", "name another folder");
        assertThat(asked).containsExactly("list");
        assertThat(folder).doesNotExist();
    }

    /** An archive whose two entries are said to have so many bytes each, as ZIP64 says it. */
    private static byte[] claiming(long size) {
        ByteBuffer out = ByteBuffer.allocate(1000).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer directory = ByteBuffer.allocate(500).order(ByteOrder.LITTLE_ENDIAN);
        for (String name : List.of("model_0/a.mrc", "model_0/b.mrc")) {
            byte[] letters = name.getBytes(StandardCharsets.US_ASCII);
            int at = out.position();
            // Two bytes of deflate that hold nothing; -1 sends the reader to the extra field for the size.
            out.putInt(0x04034b50).putShort((short) 45).putShort((short) 0).putShort((short) 8);
            out.putInt(0)
                    .putInt(0)
                    .putInt(2)
                    .putInt(0)
                    .putShort((short) letters.length)
                    .putShort((short) 0);
            out.put(letters).put((byte) 3).put((byte) 0);
            directory
                    .putInt(0x02014b50)
                    .putShort((short) 45)
                    .putShort((short) 45)
                    .putShort((short) 0);
            directory.putShort((short) 8).putInt(0).putInt(0).putInt(2).putInt(-1);
            directory.putShort((short) letters.length).putShort((short) 12).putShort((short) 0);
            directory.putShort((short) 0).putShort((short) 0).putInt(0).putInt(at);
            directory.put(letters).putShort((short) 1).putShort((short) 8).putLong(size);
        }
        int begin = out.position();
        out.put(directory.flip());
        int length = out.position() - begin;
        out.putInt(0x06054b50)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) 2)
                .putShort((short) 2);
        out.putInt(length).putInt(begin).putShort((short) 0);
        return Arrays.copyOf(out.array(), out.position());
    }

    @Test
    void sizesThatOverflowAreRefusedBeforeAnythingIsUnpacked() {
        deposits.add(Deposit.of("", "full.zip", claiming(Long.MAX_VALUE / 2 + 1)));
        refused("full.zip cannot be unpacked: its entries have more bytes than there can be", "delete it");
        assertThat(folder.resolve(".full.zip.unpacking")).doesNotExist();
    }

    @Test
    void aDamagedArchiveAndOneWithoutTomogramsAreNamed() throws IOException {
        byte[] damaged = zip(LIST.formatted(0), "model_0/a.mrc");
        damaged[damaged.length / 2] ^= 1;
        deposits.add(Deposit.of("", "full.zip", damaged));
        refused("full.zip cannot be unpacked: ", "delete it and run the command again");
        assertThat(folder.resolve("model_0")).doesNotExist();
        Files.delete(folder.resolve("full.zip"));
        deposits.set(0, Deposit.of("", "full.zip", zip("a/b.txt")));
        refused("all files have come, but none of them holds a folder model_0");
    }

    @Test
    void aRepositoryThatDoesNotKnowTheDataSetOrIsNotThereIsNamedWithAWayByHand() {
        refused(
                "127.0.0.1 answers 404 for http://127.0.0.1",
                "by hand: download the files from https://doi.org/10.34894");
        deposits.add(new Deposit("", "a.bin", text("x"), "SHA3-256", text("x"), 1));
        refused("gives a.bin the SHA3-256 checksum", "expected MD5, SHA-1, SHA-256 or SHA-512");
        server.stop(0);
        refused(
                "Cannot fetch the list of files of doi:10.34894/Y2ZMRH: 127.0.0.1 cannot be reached; check"
                        + " CRYONEXT_DATAVERSE",
                "by hand: download the files from https://doi.org/10.34894/Y2ZMRH and unpack them in " + folder);
        assertThat(folder).doesNotExist();
    }

    @Test
    void aMirrorThatIsNoAddressIsNamed() {
        assertThat(Dataverse.of(Map.of()).base()).hasToString("https://dataverse.nl");
        assertThat(Dataverse.of(Map.of("CRYONEXT_DATAVERSE", "http://a/b/")).base())
                .hasToString("http://a/b");
        assertThatThrownBy(() -> Dataverse.of(Map.of("CRYONEXT_DATAVERSE", "a mirror")))
                .isInstanceOf(InputException.class)
                .hasMessage("CRYONEXT_DATAVERSE is \"a mirror\", expected an address as https://dataverse.nl");
    }
}
