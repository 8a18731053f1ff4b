package org.cryonext.cryoet.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.models.download.Meter;

/**
 * Unpacks a zip archive into the folder where it lies; one whose top has files, not folders alone, into a folder of the
 * archive's name. All is unpacked in a hidden folder beside and renamed when it is whole; then a note is written of what
 * came of it, by which a later call sees that nothing is missing.
 *
 * @param archive the file
 * @param meter shows the bytes
 * @param stop whether the user wants to stop
 */
record Unpacking(Path archive, Meter meter, BooleanSupplier stop) {
    private static final String NOTE_ENDING = ".unpacked";
    private static final int BUFFER = 1 << 20;
    private static final int MOST_ENTRIES = 1_000_000;

    /** A file of the archive, and where it belongs, relative to the archive's folder. */
    private record Item(ZipEntry entry, Path path) {}

    /**
     * Whether the archive was unpacked and all that came of it is there in its size, even if the archive is there no more.
     *
     * @param checksum of the archive
     */
    boolean isDone(String checksum) {
        return Inventory.read(note())
                .filter(came -> came.checksum().equals(checksum))
                .filter(came -> came.fault(note().getParent()).isEmpty())
                .isPresent();
    }

    /**
     * Unpacks everything anew.
     *
     * @param checksum of the archive, for the note
     * @throws InputException if it is damaged, has entries that would lie elsewhere, or does not fit on the disk
     * @throws CancellationException if the user wants to stop; what is unpacked by then is unpacked anew the next time
     */
    void run(String checksum) {
        Path beside = archive.resolveSibling("." + archive.getFileName() + ".unpacking");
        try {
            Files.deleteIfExists(note());
            delete(beside);
            try (ZipFile zip = new ZipFile(archive.toFile())) {
                List<Item> items = items(zip);
                long bytes = bytes(items);
                DiskSpace.require(archive.toAbsolutePath().getParent(), bytes, archive + " unpacked");
                meter.start("unpacking " + archive.getFileName(), bytes);
                for (Item item : items) {
                    unpack(zip, item.entry(), beside.resolve(item.path()));
                }
                meter.finish();
                place(items, beside);
                delete(beside);
                note(checksum, items);
            }
        } catch (ZipException e) {
            throw new InputException(
                    archive + " cannot be unpacked: " + e.getMessage() + "; delete it and run the command again", e);
        } catch (IOException e) {
            throw new InputException("Cannot unpack " + archive + ": " + AtomicFile.reason(beside, e), e);
        }
    }

    /** Whether a file is the note of what came of an archive beside it. */
    static boolean isNote(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith(".") && name.endsWith(NOTE_ENDING);
    }

    private Path note() {
        return archive.resolveSibling("." + archive.getFileName() + NOTE_ENDING);
    }

    private List<Item> items(ZipFile zip) throws ZipException {
        if (zip.size() > MOST_ENTRIES) {
            throw new ZipException("it has " + zip.size() + " entries");
        }
        List<Item> items = new ArrayList<>();
        Set<Path> paths = new HashSet<>();
        boolean filesAtTop = false;
        for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements(); ) {
            ZipEntry entry = entries.nextElement();
            Path path = Confined.path(entry.getName())
                    .orElseThrow(() -> new InputException(archive + " has an entry \"" + entry.getName()
                            + "\", which would lie outside the folder; nothing of it was unpacked, do not use it"));
            if (!entry.isDirectory()) {
                if (!paths.add(path) || entry.getSize() < 0) {
                    throw new ZipException("the entry " + path + " is there twice, or has no size");
                }
                filesAtTop |= path.getNameCount() == 1;
                items.add(new Item(entry, path));
            }
        }
        if (!filesAtTop) {
            return items;
        }
        String stem = archive.getFileName().toString().replaceFirst("\\.[^.]*$", "");
        return items.stream()
                .map(item -> new Item(item.entry(), Path.of(stem).resolve(item.path())))
                .toList();
    }

    /** The archive says the sizes, and may say anything. */
    private static long bytes(List<Item> items) throws ZipException {
        long bytes = 0;
        for (Item item : items) {
            bytes += item.entry().getSize();
            if (bytes < 0) {
                throw new ZipException("its entries have more bytes than there can be");
            }
        }
        return bytes;
    }

    private void unpack(ZipFile zip, ZipEntry entry, Path file) throws IOException {
        Files.createDirectories(file.getParent());
        CRC32 crc = new CRC32();
        long left = entry.getSize();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = zip.getInputStream(entry);
                OutputStream out = Files.newOutputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (stop.getAsBoolean()) {
                    throw new CancellationException();
                }
                left -= n;
                if (left < 0) {
                    break;
                }
                crc.update(buffer, 0, n);
                out.write(buffer, 0, n);
                meter.advance(n);
            }
        }
        if (left != 0 || crc.getValue() != entry.getCrc()) {
            throw new ZipException(entry.getName() + " is damaged");
        }
    }

    /** Gives each file its name; others in the same folders stay. */
    private void place(List<Item> items, Path beside) throws IOException {
        for (Item item : items) {
            Path target = archive.resolveSibling(item.path());
            Files.createDirectories(target.getParent());
            Files.move(
                    beside.resolve(item.path()),
                    target,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private void note(String checksum, List<Item> items) {
        List<Inventory.Item> files = items.stream()
                .map(item -> new Inventory.Item(item.path(), item.entry().getSize()))
                .toList();
        new Inventory(checksum, files).write(note());
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path at, IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.delete(at);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
