package org.cryonext.cryoet.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
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

    private MetricsLog(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Opens the file and cuts off what is beyond a length: steps that were made after the state was saved, and will be
     * made again.
     */
    static MetricsLog open(Path file, long length) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.size() < length) {
                channel.close();
                throw new InputException(file + " has fewer than the " + length
                        + " bytes it had when the run was saved;" + " restore it, or begin another run");
            }
            channel.truncate(length);
            channel.position(length);
            return new MetricsLog(file, channel);
        } catch (IOException e) {
            throw new InputException("Cannot write " + file + ": " + AtomicFile.reason(e), e);
        }
    }

    /** Appends a line. */
    void append(SequencedMap<String, Object> values) {
        try {
            ByteBuffer line =
                    ByteBuffer.wrap((MAPPER.writeValueAsString(values) + "\n").getBytes(StandardCharsets.UTF_8));
            while (line.hasRemaining()) {
                channel.write(line);
            }
        } catch (IOException e) {
            throw new InputException("Cannot write " + file + ": " + AtomicFile.reason(e), e);
        }
    }

    /** Makes sure that all lines are on the disk and says how many bytes they are. */
    long sync() {
        try {
            channel.force(false);
            return channel.position();
        } catch (IOException e) {
            throw new InputException("Cannot write " + file + ": " + AtomicFile.reason(e), e);
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
            throw new InputException("Cannot write " + file + ": " + AtomicFile.reason(e), e);
        }
    }
}
