package org.cryonext.engine.backend.cuda.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.cryonext.engine.backend.cuda.driver.Architecture;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;

/**
 * Images that were compiled ahead: {@code sm_90/layer_norm.cubin}, {@code compute_120/layer_norm.ptx}, and {@code
 * sources.sha256} with the digest of the source of each, so that none is used for other sources than its own.
 */
public final class KernelShelf {
    private static final String DIGESTS = "sources.sha256";
    private static final int DIGITS = 64;

    /** Newer than any architecture that is known. */
    private static final int NEWEST = 199;

    /** Reads a file of the shelf; empty if there is none. */
    @FunctionalInterface
    private interface Reader {
        Optional<byte[]> read(String path);
    }

    private final String place;
    private final Reader files;
    private final Map<String, String> digests;

    private KernelShelf(String place, Reader files) {
        this.place = place;
        this.files = files;
        this.digests = files.read(DIGESTS)
                .map(bytes -> parse(place, new String(bytes, StandardCharsets.UTF_8)))
                .orElse(Map.of());
    }

    /** What the program brings along; nothing where it was built from its sources. */
    public static KernelShelf ofProgram() {
        return new KernelShelf("this program", KernelShelf::resource);
    }

    private static Optional<byte[]> resource(String path) {
        try (InputStream in = KernelShelf.class.getResourceAsStream(KernelSource.FOLDER + path)) {
            return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
        } catch (IOException e) {
            throw new InputException("The program's jar cannot be read (" + e.getMessage() + "); unpack it again", e);
        }
    }

    /**
     * A folder that {@link #write} has filled.
     *
     * @throws InputException if it is none
     */
    public static KernelShelf of(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new InputException(
                    folder + ": no such folder of kernels; make it by: cryonext kernels --out " + folder);
        }
        KernelShelf shelf = new KernelShelf(folder.toString(), path -> file(folder.resolve(path)));
        if (shelf.digests.isEmpty()) {
            throw new InputException(folder + " is no folder of kernels, it lacks " + DIGESTS
                    + "; make one by: cryonext kernels --out DIR");
        }
        return shelf;
    }

    private static Optional<byte[]> file(Path file) {
        try {
            return Optional.of(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw InputFile.unreadable(file, "a compiled kernel", e);
        }
    }

    /**
     * Adds an image to a folder.
     *
     * @throws InputException if the folder cannot be written
     */
    public static void write(Path folder, KernelSource source, Target target, byte[] image) {
        AtomicFile.write(folder.resolve(target.path(source.name())), file -> Files.write(file, image));
        Path list = folder.resolve(DIGESTS);
        Map<String, String> digests = new TreeMap<>(file(list)
                .map(bytes -> parse(folder.toString(), new String(bytes, StandardCharsets.UTF_8)))
                .orElse(Map.of()));
        if (!source.digest().equals(digests.put(source.name(), source.digest()))) {
            StringBuilder text = new StringBuilder();
            digests.forEach((name, digest) ->
                    text.append(digest).append("  ").append(name).append('\n'));
            AtomicFile.write(list, file -> Files.writeString(file, text));
        }
    }

    private static Map<String, String> parse(String place, String text) {
        Map<String, String> digests = new TreeMap<>();
        for (String line : text.lines().toList()) {
            if (!line.matches("[0-9a-f]{" + DIGITS + "}  [A-Za-z0-9_]+")) {
                throw new InputException(DIGESTS + " of " + place + " has the line \"" + line
                        + "\", expected a SHA-256 and the name of a source; make the folder anew by: cryonext kernels");
            }
            digests.put(line.substring(DIGITS + 2), line.substring(0, DIGITS));
        }
        return digests;
    }

    /** Where it is, for messages. */
    public String place() {
        return place;
    }

    /** Whether it has any image. */
    public boolean isEmpty() {
        return digests.isEmpty();
    }

    /**
     * The binary of a source for a card: of the card's own family, the newest that is not newer than the card.
     *
     * @throws InputException if it was made from other sources than this program's
     */
    Optional<KernelImage> cubin(KernelSource source, Architecture card) {
        return architectures(card)
                .filter(card::runs)
                .flatMap(architecture -> find(source, new Target.Cubin(architecture)).stream())
                .findFirst();
    }

    /**
     * Assembly for a card that is newer than all that this shelf has binaries for.
     *
     * @throws InputException if it was made from other sources than this program's
     */
    Optional<KernelImage> ptx(KernelSource source, Architecture card) {
        boolean newest = architectures(new Architecture(NEWEST / 10, NEWEST % 10))
                .filter(architecture -> architecture.compareTo(card) > 0)
                .noneMatch(architecture -> files.read(new Target.Cubin(architecture).path(source.name()))
                        .isPresent());
        return !newest
                ? Optional.empty()
                : architectures(card)
                        .flatMap(architecture -> find(source, new Target.Ptx(architecture)).stream())
                        .findFirst();
    }

    /** Those not newer than this one, newest first. */
    private static Stream<Architecture> architectures(Architecture newest) {
        return IntStream.iterate(newest.number(), n -> n >= Architecture.OLDEST.number(), n -> n - 1)
                .mapToObj(n -> new Architecture(n / 10, n % 10));
    }

    private Optional<KernelImage> find(KernelSource source, Target target) {
        if (isEmpty()) {
            return Optional.empty();
        }
        String path = target.path(source.name());
        Optional<byte[]> bytes = files.read(path);
        if (bytes.isPresent() && !source.digest().equals(digests.get(source.name()))) {
            throw new InputException(path + " of " + place + " was compiled from another version of this program; make"
                    + " the folder anew by: cryonext kernels --arch " + target.architecture() + " --out DIR");
        }
        return bytes.map(image -> new KernelImage(image, place, path + " of " + place));
    }
}
