package org.cryonext.models.download;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.cryonext.engine.io.InputException;

/**
 * Brings the bytes of an answer into a partial file.
 *
 * @param timeout longest wait for the next bytes
 * @param stop whether the user wants to stop; what has arrived stays
 * @param meter where progress is shown
 */
public record Reception(Duration timeout, BooleanSupplier stop, Meter meter) {
    /**
     * Appends what arrives.
     *
     * @param offset where the first byte belongs
     * @param total bytes of the file when it is whole, where that is known
     * @param host who sends, for messages
     * @param name what is sent, for messages
     * @return bytes of the file now
     * @throws TransientException if the connection is lost, or more comes than there should be
     * @throws CancellationException if {@code stop} says so
     */
    public long copy(Arrivals body, FileChannel file, long offset, OptionalLong total, String host, String name)
            throws TransientException, IOException {
        long position = offset;
        while (true) {
            Optional<List<ByteBuffer>> buffers;
            try {
                buffers = body.next(timeout, stop);
            } catch (HttpTimeoutException e) {
                throw new TransientException(host + " sent nothing for " + timeout.toSeconds() + " s", e);
            } catch (IOException e) {
                throw lost(host, name, position, total);
            }
            if (buffers.isEmpty()) {
                if (total.isPresent() && position < total.getAsLong()) {
                    throw lost(host, name, position, total);
                }
                return position;
            }
            for (ByteBuffer buffer : buffers.orElseThrow()) {
                if (total.isPresent() && position + buffer.remaining() > total.getAsLong()) {
                    file.truncate(0);
                    throw new TransientException(
                            host + " sends more than the " + total.getAsLong() + " bytes of " + name);
                }
                meter.advance(buffer.remaining());
                while (buffer.hasRemaining()) {
                    position += file.write(buffer, position);
                }
            }
        }
    }

    /**
     * All that arrives, in memory.
     *
     * @param most bytes that may come
     * @throws TransientException if the connection is lost
     * @throws InputException if more comes
     * @throws CancellationException if {@code stop} says so
     */
    byte[] collect(Arrivals body, int most, String host, String name) throws TransientException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            while (true) {
                Optional<List<ByteBuffer>> buffers = body.next(timeout, stop);
                if (buffers.isEmpty()) {
                    return all.toByteArray();
                }
                for (ByteBuffer buffer : buffers.orElseThrow()) {
                    if (buffer.remaining() > most - all.size()) {
                        throw new InputException(
                                host + " sends more than " + Meter.text(most) + " as " + name + "; it cannot be that");
                    }
                    byte[] bytes = new byte[buffer.remaining()];
                    buffer.get(bytes);
                    all.writeBytes(bytes);
                }
            }
        } catch (HttpTimeoutException e) {
            throw new TransientException(host + " sent nothing for " + timeout.toSeconds() + " s", e);
        } catch (IOException e) {
            throw lost(host, name, all.size(), OptionalLong.empty());
        }
    }

    private static TransientException lost(String host, String name, long position, OptionalLong total) {
        return new TransientException("the connection to " + host + " was lost after " + Meter.text(position)
                + (total.isPresent() ? " of " + Meter.text(total.getAsLong()) : "") + " of " + name);
    }

    /** Bytes of a partial file; 0 where there is none. */
    public static long size(Path partial) throws IOException {
        return Files.exists(partial) ? Files.size(partial) : 0;
    }
}
