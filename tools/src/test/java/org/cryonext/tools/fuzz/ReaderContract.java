package org.cryonext.tools.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import org.cryonext.engine.io.InputException;

/**
 * What every reader promises about a file of any bytes: it reads it, or it refuses it by an {@link InputException} whose
 * message is one line with the file's name; it allocates no more than the file justifies, does not take long, and opens
 * no file outside the file's folder (which {@link OpenedFiles} watches).
 *
 * @param <T> what the reader gives
 */
final class ReaderContract<T> implements Consumer<byte[]> {
    /** Allocated by the thread that reads, garbage included, for each byte of the file. */
    private static final long BYTES_PER_BYTE = 64;

    /** And for a file of any size. */
    private static final long BYTES = 1 << 20;

    /** The fuzzer's hooks allocate too, at every comparison and search of text, and are not told apart. */
    private static final long HOOKS = System.getenv("JAZZER_FUZZ") == null ? 1 : 16;

    /** Of the processor's time, for files of some kilobytes. */
    private static final Duration LONGEST = Duration.ofSeconds(2);

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Path file;
    private final String named;
    private final Function<Path, T> reader;
    private final Consumer<T> use;

    /** What one reading took. */
    private record Cost(long allocated, Duration time) {
        boolean isFair(long fileBytes) {
            return allocated <= HOOKS * (BYTES + BYTES_PER_BYTE * fileBytes) && time.compareTo(LONGEST) <= 0;
        }
    }

    /**
     * @param file where the bytes are put for the reader; nothing outside its folder may be opened
     * @param reader reads a file
     * @param use does with what was read what the program does with it; it may refuse it too
     */
    ReaderContract(Path file, Function<Path, T> reader, Consumer<T> use) {
        this(file, file.getFileName().toString(), reader, use);
    }

    /** The same for a file of a folder that is read as a whole: messages name the folder or a file in it. */
    static <T> ReaderContract<T> ofFolder(Path file, Function<Path, T> reader, Consumer<T> use) {
        return new ReaderContract<>(file, file.getParent().toString(), reader, use);
    }

    /** The same where messages are to hold another name than the file's. */
    ReaderContract(Path file, String named, Function<Path, T> reader, Consumer<T> use) {
        this.file = file;
        this.named = named;
        this.reader = reader;
        this.use = use;
        OpenedFiles.allow(file.getParent());
    }

    /** Holds the reader to its promise. */
    @Override
    public void accept(byte[] bytes) {
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Cost cost = read();
        // The first file of a kind also loads classes, so a cost that is not fair has to show twice.
        if (!cost.isFair(bytes.length)) {
            cost = read();
        }
        if (!cost.isFair(bytes.length)) {
            throw new AssertionError("a file of " + bytes.length + " bytes took " + cost);
        }
    }

    private Cost read() {
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        long time = THREADS.getCurrentThreadCpuTime();
        T read = null;
        InputException refusal = null;
        try {
            read = reader.apply(file);
        } catch (InputException e) {
            refusal = e;
        }
        time = THREADS.getCurrentThreadCpuTime() - time;
        allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
        if (refusal == null) {
            try {
                use.accept(read);
            } catch (InputException e) {
                refusal = e;
            }
        }
        if (refusal != null) {
            requireSentence(refusal.getMessage());
        }
        return new Cost(allocated, Duration.ofNanos(time));
    }

    private void requireSentence(String message) {
        boolean line = message.chars().noneMatch(Character::isISOControl);
        if (!line || !message.contains(named)) {
            throw new AssertionError("not a sentence about " + named + ": " + message);
        }
    }
}
