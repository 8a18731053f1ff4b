package org.cryonext.models.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.download.Meter;
import org.cryonext.models.download.Reception;
import org.cryonext.models.download.Retries;
import org.cryonext.models.download.TransientException;
import org.cryonext.models.download.Waiting;

/** Published weights: fetches them into the cache that Hugging Face's libraries share, and finds them there. */
public final class Hub {
    /** Attempts in a row without progress, where nothing else is left. */
    private static final int PATIENT = 6;

    /** The same where the cache has all of it anyway. */
    private static final int IMPATIENT = 2;

    /** With such an ending it is a file that is meant, and missing. */
    private static final Pattern FILE_NAME = Pattern.compile(".*\\.(safetensors|json|bin|pth?|onnx)");

    private final HubSettings settings;
    private final HubCache cache;
    private final Progress progress;
    private final Consumer<String> say;
    private final BooleanSupplier stop;
    private final Waiting waiting;

    /**
     * @param settings where and how
     * @param progress shows the bytes
     * @param say told of troubles on the way, a sentence each
     * @param stop asked now and then whether the user wants to stop
     */
    public Hub(HubSettings settings, Progress progress, Consumer<String> say, BooleanSupplier stop) {
        this(settings, progress, say, stop, Waiting.real(stop));
    }

    Hub(HubSettings settings, Progress progress, Consumer<String> say, BooleanSupplier stop, Waiting waiting) {
        this.settings = settings;
        this.cache = new HubCache(settings.cache(), settings.symlinks());
        this.progress = progress;
        this.say = say;
        this.stop = stop;
        this.waiting = waiting;
    }

    /**
     * The checkpoint that a user means: the file or folder of this path, or else the published model of this name as the
     * cache has it. No connection is made.
     *
     * @param text a path, a name of the {@link Catalogue}, or {@code owner/name[@revision]}
     * @return a path, which need not exist if the text is no name of a model
     * @throws InputException if it is the name of a model that is not in the cache, with the command that fetches it
     */
    public static Path locate(String text, HubSettings settings) {
        Path path = Path.of(text);
        boolean named = Catalogue.find(text).isPresent()
                || Repository.parse(text).isPresent()
                        && !FILE_NAME.matcher(text).matches();
        if (Files.exists(path) || !named) {
            return path;
        }
        HubCache cache = new HubCache(settings.cache(), settings.symlinks());
        return Snapshot.find(cache, Wanted.of(text).candidates())
                .map(Snapshot::folder)
                .orElseThrow(() ->
                        new InputException(text + " is no file or folder, and no model of this name is in the cache "
                                + cache.root() + "; check the path, or get the model by: cryonext fetch " + text));
    }

    /**
     * Brings a model into the cache, as far as it is not there.
     *
     * @param name of the {@link Catalogue}, or {@code owner/name[@revision]}
     * @throws InputException if that is not possible, with the reason and what to do
     * @throws CancellationException if the user wants to stop; what has arrived is kept and continued next time
     */
    public Fetched fetch(String name) {
        Wanted wanted = Wanted.of(name);
        Optional<Snapshot> cached = Snapshot.find(cache, wanted.candidates());
        if (settings.offline()) {
            return cached.map(snapshot -> fetched(wanted, snapshot))
                    .orElseThrow(() -> new InputException(name + " is not complete in the cache " + cache.root()
                            + ", and offline nothing is fetched: run without --offline and HF_HUB_OFFLINE, or "
                            + byHand(wanted.repository())));
        }
        Retries retries = new Retries(cached.isPresent() ? IMPATIENT : PATIENT, waiting, say);
        try (HubClient client = new HubClient(settings, waiting)) {
            Transfer transfer = new Transfer(
                    client, new Reception(settings.timeout(), stop, new Meter(progress, System::nanoTime)));
            Download download = new Download(client, cache, retries, transfer, say);
            return new SnapshotDownload(settings, client, cache, retries, download).run(wanted);
        } catch (InputException e) {
            if (cached.isEmpty()) {
                throw e;
            }
            throw new InputException(e.getMessage() + "; the cache has a complete copy, which --offline uses", e);
        } catch (TransientException e) {
            if (cached.isEmpty()) {
                throw new InputException(
                        "Cannot fetch " + name + ": " + e.getMessage() + waitHint(e)
                                + "; check the network, HTTPS_PROXY and"
                                + " HF_ENDPOINT and run the command again, which goes on where it stopped, or "
                                + byHand(wanted.repository()),
                        e);
            }
            Snapshot snapshot = cached.orElseThrow();
            say.accept("The hub cannot be asked (" + e.getMessage() + "); using what the cache has, commit "
                    + snapshot.commit());
            return fetched(wanted, snapshot);
        }
    }

    private static String waitHint(TransientException e) {
        return e.askedToWait()
                .filter(wait -> wait.toSeconds() > 0)
                .map(wait -> " and asks to wait " + wait.toSeconds() + " s")
                .orElse("");
    }

    private String byHand(Repository repository) {
        return "on another machine put " + Snapshot.CONFIG + ", " + Snapshot.PREPROCESSOR + " (if there is one) and "
                + Snapshot.WEIGHTS + " from " + settings.endpoint() + "/" + repository.id() + "/tree/"
                + repository.revision() + " into a folder, and give that folder in place of the name";
    }

    private Fetched fetched(Wanted wanted, Snapshot snapshot) {
        List<Fetched.Item> items = new ArrayList<>();
        for (String file : snapshot.files()) {
            try {
                long bytes = Files.size(snapshot.folder().resolve(file));
                items.add(new Fetched.Item(file, bytes, false, Optional.empty()));
            } catch (IOException e) {
                throw cache.unwritable(e);
            }
        }
        return new Fetched(snapshot.repository(), wanted.published(), snapshot.commit(), snapshot.folder(), items);
    }

    /**
     * Copies a model that was fetched to a folder of its own, the weights last.
     *
     * @throws InputException if the folder cannot be written
     */
    public static void copy(Fetched model, Path folder) {
        for (Fetched.Item file : model.files()) {
            Path source = model.folder().resolve(file.name());
            AtomicFile.write(
                    folder.resolve(file.name()),
                    target -> Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING));
        }
    }
}
