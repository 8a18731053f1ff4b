package org.cryonext.engine.backend.cuda.tune;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What was measured on a card, as a file of JSON. Several processes may use it at once: who adds to it holds its lock, and a
 * time that somebody else has added before is taken over, so that all choose the same.
 */
public final class TuningCache {
    /** In files of format 1 the usual kernel may be a library's. */
    private static final int FORMAT = 2;

    private static final long LARGEST = 64 << 20;
    private static final int DIGITS = 12;

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** Within a process locks of files do not keep threads apart. */
    private static final Object MONITOR = new Object();

    private final Path file;
    private final Subject subject;
    private SortedMap<String, Measurement> known;

    /**
     * What measurements depend on beside the work; the versions of libraries are in the kernels' names.
     *
     * @param card its name
     * @param driver its driver's version
     * @param kernels digest of the sources of this program's kernels
     */
    public record Subject(String card, String driver, String kernels) {
        private String fileName() {
            String plain = card.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
            return plain + "-" + driver + "-" + kernels.substring(0, Math.min(DIGITS, kernels.length())) + ".json";
        }
    }

    private record Content(int format, Subject subject, SortedMap<String, Measurement> measurements) {}

    /** @param folder need not exist */
    public TuningCache(Path folder, Subject subject) {
        this.file = folder.resolve(subject.fileName());
        this.subject = subject;
    }

    /** Where it is, or would be. */
    public Path file() {
        return file;
    }

    /** Everything in it, by work. */
    public synchronized SortedMap<String, Measurement> all() {
        if (known == null) {
            known = read();
        }
        return Collections.unmodifiableSortedMap(known);
    }

    /** What was measured for some work. */
    public Optional<Measurement> get(String work) {
        return Optional.ofNullable(all().get(work));
    }

    /** The same, if it is about all of these kernels. */
    public Optional<Measurement> get(String work, Collection<String> candidates) {
        return get(work).filter(measurement -> measurement.covers(candidates));
    }

    /**
     * Adds what is not known yet: kernels that were measured before keep their times.
     *
     * @return what is to be used
     */
    public synchronized Measurement add(String work, Measurement measurement) {
        synchronized (MONITOR) {
            try {
                Files.createDirectories(file.getParent());
                Path lock = file.resolveSibling(file.getFileName() + ".lock");
                try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock held = channel.lock()) {
                    if (!held.isValid()) {
                        throw new IOException("the lock of " + file + " is lost");
                    }
                    SortedMap<String, Measurement> now = read();
                    Measurement before = now.get(work);
                    Measurement both = together(before, measurement);
                    if (!both.equals(before)) {
                        now.put(work, both);
                        write(now);
                    }
                    known = now;
                }
            } catch (IOException | ReadOnlyFileSystemException | InputException e) {
                // A cache that cannot be written costs measuring again, nothing else.
                SortedMap<String, Measurement> mine = new TreeMap<>(all());
                mine.put(work, together(mine.get(work), measurement));
                known = mine;
            }
            return known.get(work);
        }
    }

    private static Measurement together(Measurement before, Measurement measured) {
        return before == null ? measured : before.with(measured);
    }

    private void write(SortedMap<String, Measurement> measurements) {
        Content content = new Content(FORMAT, subject, measurements);
        AtomicFile.write(file, temporary -> Files.writeString(temporary, MAPPER.writeValueAsString(content) + "\n"));
    }

    /** What cannot be read is measured again. */
    private SortedMap<String, Measurement> read() {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > LARGEST) {
                return new TreeMap<>();
            }
            Content content = MAPPER.readValue(Files.readAllBytes(file), Content.class);
            boolean mine = content != null
                    && content.format == FORMAT
                    && subject.equals(content.subject)
                    && content.measurements != null;
            return mine ? complete(content.measurements) : new TreeMap<>();
        } catch (IOException | JacksonException e) {
            return new TreeMap<>();
        }
    }

    private static SortedMap<String, Measurement> complete(SortedMap<String, Measurement> measurements) {
        SortedMap<String, Measurement> result = new TreeMap<>();
        measurements.forEach((work, m) -> {
            if (m != null
                    && m.microseconds().containsKey(m.usual())
                    && m.microseconds().containsKey(m.chosen())) {
                result.put(work, m);
            }
        });
        return result;
    }
}
