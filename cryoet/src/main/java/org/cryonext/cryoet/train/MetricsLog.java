package org.cryonext.cryoet.train;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SequencedMap;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import tools.jackson.databind.json.JsonMapper;

/** {@code metrics.jsonl}: an object a line, appended at once, so that a killed run has every step it made. */
final class MetricsLog implements AutoCloseable {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final Path file;
    private final FileChannel channel;

    private long lines;

    private MetricsLog(Path file, FileChannel channel, long lines) {
        this.file = file;
        this.channel = channel;
        this.lines = lines;
    }

    /**
     * Opens the file and cuts off what is beyond so many lines: steps that were made after the state was saved, and will
     * be made again. Lines are counted, not bytes, since what a clock says must not get into a run's state.
     */
    static MetricsLog open(Path file, long lines) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            long length = lengthOf(file, lines);
            if (length < 0) {
                channel.close();
                throw new InputException(file + " has fewer than the " + lines
                        + " lines it had when the run was saved; restore it, or begin another run");
            }
            channel.truncate(length);
            channel.position(length);
            return new MetricsLog(file, channel, lines);
        } catch (IOException e) {
            throw new InputException("Cannot write " + file + ": " + AtomicFile.reason(file, e), e);
        }
    }

    /** Bytes of the first lines of a file; -1 if it has fewer. */
    private static long lengthOf(Path file, long lines) throws IOException {
        long left = lines;
        long length = 0;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            for (int b = 0; left > 0 && (b = in.read()) >= 0; length++) {
                left -= b == '\n' ? 1 : 0;
            }
        }
        return left == 0 ? length : -1;
    }

    /** Appends a line. */
    void append(SequencedMap<String, Object> values) {
        try {
            ByteBuffer line =
                    ByteBuffer.wrap((MAPPER.writeValueAsString(values) + "\n").getBytes(StandardCharsets.UTF_8));
            while (line.hasRemaining()) {
                channel.write(line);
            }
            lines++;
        } catch (IOException e) {
            throw new InputException("Cannot write " + file + ": " + AtomicFile.reason(file, e), e);
        }
    }

    /** Makes sure that all lines are on the disk and says how many they are. */
    long sync() {
        try {
            channel.force(false);
            return lines;
        } catch (IOException e) {
            throw new InputException("Cannot write " + file + ": " + AtomicFile.reason(file, e), e);
        }
    }

    /** Values that JSON has no number for become null. */
    static Object number(double value) {
        return Double.isFinite(value) ? value : null;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new InputException("Cannot write " + file + ": " + AtomicFile.reason(file, e), e);
        }
    }
}
