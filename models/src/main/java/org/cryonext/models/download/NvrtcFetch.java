package org.cryonext.models.download;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.cryonext.engine.backend.cuda.image.NvrtcFinder;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;

/**
 * Brings NVIDIA's compiler to this machine. Maven Central has it as part of {@code org.bytedeco:cuda-redist}, a jar of 362 MB
 * that never changes; of that only the two files that matter are asked for, by their places in it, 45 MB.
 */
public final class NvrtcFetch {
    /** Names a mirror of Maven Central. */
    public static final String VARIABLE = "CRYONEXT_MAVEN_CENTRAL";

    private static final String CENTRAL = "https://repo1.maven.org/maven2";
    private static final String JAR =
            "/org/bytedeco/cuda-redist/12.9-9.10-1.5.12/cuda-redist-12.9-9.10-1.5.12-linux-x86_64.jar";

    /**
     * A file of the jar.
     *
     * @param name its name when it is unpacked
     * @param from where its compressed content begins
     * @param packed bytes of that
     * @param sha256 of that
     * @param bytes its size when it is unpacked
     */
    record Entry(String name, long from, long packed, String sha256, long bytes) {}

    private static final List<Entry> ENTRIES = List.of(
            new Entry(
                    "libnvrtc-builtins.so.12.9",
                    252_419_494,
                    1_676_751,
                    "52b6844c023cf67f44e8c61408f619b6c332238cca4f9cb968ba7a245431f5a2",
                    7_202_760),
            new Entry(
                    "libnvrtc.so.12",
                    2849,
                    43_074_602,
                    "3b8348703bd9e49c14ccfc14246b74f54a27790a671947ce8c21e1f08c125097",
                    106_237_008));

    private final PinnedDownload download;
    private final URI jar;
    private final List<Entry> entries;
    private final Path folder;

    NvrtcFetch(PinnedDownload download, URI jar, List<Entry> entries, Path folder) {
        this.download = download;
        this.jar = jar;
        this.entries = entries;
        this.folder = folder;
    }

    /**
     * From Maven Central, or the mirror that {@value #VARIABLE} names.
     *
     * @param environment as {@link System#getenv()}
     * @throws InputException if there is none for this system, or the mirror's address cannot be used
     */
    public static NvrtcFetch of(Map<String, String> environment, PinnedDownload download) {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String machine = System.getProperty("os.arch");
        if (!system.startsWith("linux") || !List.of("amd64", "x86_64").contains(machine)) {
            throw new InputException(
                    "NVIDIA's compiler is fetched for Linux on x86-64 only; install NVIDIA's CUDA toolkit,"
                            + " which has it, or make kernels on another machine by: cryonext kernels");
        }
        String central = environment.getOrDefault(VARIABLE, "").isBlank() ? CENTRAL : environment.get(VARIABLE);
        try {
            URI jar = URI.create(central.strip().replaceFirst("/+$", "") + JAR);
            if (jar.getHost() == null || !List.of("http", "https").contains(jar.getScheme())) {
                throw new IllegalArgumentException(central);
            }
            return new NvrtcFetch(download, jar, ENTRIES, NvrtcFinder.fetched());
        } catch (IllegalArgumentException e) {
            throw new InputException(VARIABLE + " is \"" + central + "\", expected an address as " + CENTRAL, e);
        }
    }

    /** Where the compiler is or will be. */
    public Path folder() {
        return folder;
    }

    /** Whether it is there already. */
    public boolean isThere() {
        return entries.stream().allMatch(this::isThere);
    }

    private boolean isThere(Entry entry) {
        Path file = folder.resolve(entry.name());
        try {
            return Files.exists(file) && Files.size(file) == entry.bytes();
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Fetches and unpacks what is missing.
     *
     * @throws InputException if that is not possible, with the reason and what to do
     * @throws CancellationException if the user wants to stop; what has arrived is kept for the next time
     */
    public void run() {
        for (Entry entry : entries) {
            if (!isThere(entry)) {
                Path partial = folder.resolve("." + entry.name() + ".deflated");
                download.fetch(
                        new PinnedPart(
                                entry.name(), jar, entry.from(), entry.packed(), Checksum.sha256(entry.sha256())),
                        partial);
                unpack(partial, entry);
            }
        }
    }

    private void unpack(Path packed, Entry entry) {
        AtomicFile.write(folder.resolve(entry.name()), file -> {
            Inflater inflater = new Inflater(true);
            try (InputStream in = new InflaterInputStream(Files.newInputStream(packed), inflater)) {
                Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                inflater.end();
            }
        });
        try {
            Files.delete(packed);
        } catch (IOException e) {
            throw new InputException("Cannot delete " + packed + ": " + AtomicFile.reason(packed, e), e);
        }
    }
}
