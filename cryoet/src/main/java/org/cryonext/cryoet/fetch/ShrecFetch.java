package org.cryonext.cryoet.fetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.cryonext.cryoet.dataset.FetchMark;
import org.cryonext.cryoet.dataset.ShrecDataset;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.CacheFolder;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import org.cryonext.engine.io.OutputFolder;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.download.BlobLock;
import org.cryonext.models.download.Meter;
import org.cryonext.models.download.PinnedDownload;
import org.cryonext.models.download.PinnedPart;
import org.cryonext.models.download.Reception;
import org.cryonext.models.download.Waiting;

/** Brings SHREC 2020 into a folder: what is missing is fetched, checked and unpacked, what is there is left as it is. */
public final class ShrecFetch {
    private static final String DOI = "10.34894/Y2ZMRH";

    /** How deep in archives and folders the tomograms may lie. */
    private static final int DEEPEST = 6;

    /** Note of the files that are no archives. */
    private static final String SINGLE_FILES = ".cryonext-files";

    private final Dataverse dataverse;
    private final Path folder;
    private final boolean deleteArchives;
    private final PinnedDownload download;
    private final Progress progress;
    private final Consumer<String> say;
    private final BooleanSupplier stop;

    /**
     * Reads what leads to the repository.
     *
     * @param environment as {@link System#getenv()}: CRYONEXT_DATAVERSE and the variables of proxies
     * @param folder where the data set will be
     * @param deleteArchives whether archives are deleted when they are unpacked
     * @param progress shows the bytes
     * @param say told what goes on, a sentence each
     * @param stop asked now and then whether the user wants to stop
     * @throws InputException if a variable cannot be used
     */
    public ShrecFetch(
            Map<String, String> environment,
            Path folder,
            boolean deleteArchives,
            Progress progress,
            Consumer<String> say,
            BooleanSupplier stop) {
        this(
                Dataverse.of(environment),
                folder,
                deleteArchives,
                new PinnedDownload(environment, progress, say, stop, advice(folder)),
                progress,
                say,
                stop);
    }

    ShrecFetch(
            Dataverse dataverse,
            Path folder,
            boolean deleteArchives,
            PinnedDownload download,
            Progress progress,
            Consumer<String> say,
            BooleanSupplier stop) {
        this.dataverse = dataverse;
        this.folder = folder.toAbsolutePath().normalize();
        this.deleteArchives = deleteArchives;
        this.download = download;
        this.progress = progress;
        this.say = say;
        this.stop = stop;
    }

    static String advice(Path folder) {
        return Dataverse.VARIABLE + ", HTTPS_PROXY and the network (by hand: download the files from https://doi.org/"
                + DOI + " and unpack them in " + folder + ")";
    }

    /** Where the data set is kept unless the user names another place. */
    public static Path place() {
        return CacheFolder.of("shrec2020");
    }

    /**
     * Fetches and unpacks what is missing. Where all was fetched before, no connection is made, unless archives are to be
     * deleted: the repository says which they are.
     *
     * @return the folder that holds model_0, model_1, ..., which is the one given or lies in it
     * @throws InputException if that is not possible, with the reason and what to do
     * @throws CancellationException if the user wants to stop; what has arrived stays for the next time
     */
    public Path run() {
        FetchMark mark = new FetchMark(folder);
        Optional<Path> there = mark.dataset().filter(ShrecFetch::opens).filter(_ -> lost().isEmpty());
        if (there.isPresent() && !deleteArchives) {
            return there.orElseThrow();
        }
        OutputFolder.requireWritable(folder, folder);
        List<RemoteFile> files = dataverse.files("doi:" + DOI, download);
        try {
            requireSpace(files);
            Files.createDirectories(folder);
            try (BlobLock _ = BlobLock.of(
                    folder.resolve(".cryonext-lock"),
                    Waiting.real(stop),
                    () -> say.accept(folder + " is being filled by another process; waiting for it"))) {
                mark.underWay();
                for (RemoteFile file : files) {
                    bring(file);
                }
                Path found = find();
                noteSingleFiles(files);
                mark.whole(found);
                return ShrecDataset.open(found).folder();
            }
        } catch (IOException e) {
            throw new InputException("Cannot write in " + folder + ": " + AtomicFile.reason(folder, e), e);
        }
    }

    private static boolean opens(Path dataset) {
        try {
            ShrecDataset.open(dataset);
            return true;
        } catch (InputException e) {
            // Something was deleted since, and is brought again.
            return false;
        }
    }

    /** What was lost of the files that came; said, since it is brought anew. */
    private Optional<String> lost() {
        try (Stream<Path> walked = Files.walk(folder, DEEPEST)) {
            Optional<String> lost = walked.filter(file -> Unpacking.isNote(file) || file.equals(singleFiles()))
                    .sorted()
                    .flatMap(note -> Inventory.read(note).flatMap(came -> came.fault(note.getParent())).stream())
                    .findFirst();
            lost.ifPresent(fault -> say.accept(fault + "; it is brought anew"));
            return lost;
        } catch (IOException e) {
            throw InputFile.unreadable(folder, "a folder", e);
        }
    }

    private Path singleFiles() {
        return folder.resolve(SINGLE_FILES);
    }

    /** Notes the files that came as they are; of the others their archives' notes tell. */
    private void noteSingleFiles(List<RemoteFile> files) {
        List<Inventory.Item> items = files.stream()
                .filter(file -> !file.isArchive())
                .map(file -> new Inventory.Item(file.path(), file.bytes()))
                .toList();
        new Inventory("", items).write(singleFiles());
    }

    private Path target(RemoteFile file) {
        return folder.resolve(file.path());
    }

    private Path partial(RemoteFile file) {
        Path target = target(file);
        return target.resolveSibling("." + target.getFileName() + ".incomplete");
    }

    private Unpacking unpacking(RemoteFile file) {
        return new Unpacking(target(file), new Meter(progress, System::nanoTime), stop);
    }

    private boolean isUnpacked(RemoteFile file) {
        return file.isArchive() && unpacking(file).isDone(file.checksum().digits());
    }

    private boolean isFetched(RemoteFile file) throws IOException {
        Path target = target(file);
        return Files.isRegularFile(target) && Files.size(target) == file.bytes();
    }

    /** Says what will come, and makes sure that it fits; archives are taken to hold no less than their own size. */
    private void requireSpace(List<RemoteFile> files) throws IOException {
        long missing = 0;
        long plain = 0;
        long packed = 0;
        int count = 0;
        long largest = 0;
        for (RemoteFile file : files) {
            if (!isUnpacked(file)) {
                if (!isFetched(file)) {
                    long more = file.bytes() - Math.min(file.bytes(), Reception.size(partial(file)));
                    missing += more;
                    plain += file.isArchive() ? 0 : more;
                    count++;
                }
                if (file.isArchive()) {
                    packed += file.bytes();
                    largest = Math.max(largest, file.bytes());
                }
            }
        }
        long needed = deleteArchives ? plain + packed + largest : missing + packed;
        say.accept("SHREC 2020 has " + files.size() + " files; " + count + " of them, " + Meter.text(missing)
                + ", are to be fetched from " + dataverse.base().getHost() + " into " + folder
                + (packed > 0 ? ", and unpacked take at least " + Meter.text(packed) + " more" : ""));
        DiskSpace.require(folder, needed, "SHREC 2020");
    }

    private void bring(RemoteFile file) throws IOException {
        if (isUnpacked(file)) {
            deleteIfWanted(file);
            return;
        }
        if (!isFetched(file)) {
            Path partial = partial(file);
            download.fetch(new PinnedPart(file.name(), file.address(), 0, file.bytes(), file.checksum()), partial);
            Files.move(partial, target(file), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            say.accept(file.path() + " has come, " + Meter.text(file.bytes()) + ", its "
                    + file.checksum().kind() + " as the repository says");
        }
        if (file.isArchive()) {
            unpacking(file).run(file.checksum().digits());
            deleteIfWanted(file);
        }
    }

    private void deleteIfWanted(RemoteFile file) throws IOException {
        if (deleteArchives) {
            Files.deleteIfExists(target(file));
        }
    }

    /** The folder with the most tomograms. */
    private Path find() {
        try (Stream<Path> walked = Files.walk(folder, DEEPEST)) {
            return walked.filter(Files::isDirectory)
                    .filter(at -> !folder.relativize(at).toString().startsWith("."))
                    .filter(at -> Files.isDirectory(at.resolve("model_0")))
                    .max(Comparator.comparing(ShrecFetch::tomograms).thenComparing(Comparator.reverseOrder()))
                    .orElseThrow(() -> new InputException(folder
                            + ": all files have come, but none of them holds a folder model_0; see what is there, and"
                            + " what https://doi.org/" + DOI + " says of it"));
        } catch (IOException e) {
            throw InputFile.unreadable(folder, "a folder", e);
        }
    }

    private static long tomograms(Path folder) {
        try (Stream<Path> listed = Files.list(folder)) {
            return listed.filter(Files::isDirectory)
                    .filter(entry -> entry.getFileName().toString().matches("model_\\d+"))
                    .count();
        } catch (IOException e) {
            throw InputFile.unreadable(folder, "a folder", e);
        }
    }
}
