package org.cryonext.models.hub;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Flow;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Brings the bytes of one content into a partial file, going on where it ends.
 *
 * @param client whom to ask
 * @param timeout longest wait for the next bytes
 * @param stop whether the user wants to stop; what has arrived stays
 * @param meter where progress is shown
 */
record Transfer(HubClient client, Duration timeout, BooleanSupplier stop, Meter meter) {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

    /** A failure to write the partial file, which is not the network's. */
    static final class WriteException extends RuntimeException {
        private static final long serialVersionUID = 1;

        WriteException(IOException cause) {
            super(cause);
        }

        IOException reason() {
            return (IOException) getCause();
        }
    }

    /**
     * Makes one attempt. When it returns, the file has as many bytes as it should have.
     *
     * @throws TransientException if it may succeed another time
     * @throws CancellationException if {@code stop} says so
     * @throws WriteException if the partial file cannot be written
     */
    void run(Repository repository, RemoteFile remote, Path partial) throws TransientException {
        try (FileChannel file = FileChannel.open(
                partial, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long offset = file.size();
            if (!remote.isResumable()
                    || remote.size().isPresent() && offset > remote.size().getAsLong()) {
                file.truncate(0);
                offset = 0;
            }
            if (offset > 0 && remote.size().equals(OptionalLong.of(offset))) {
                return;
            }
            receive(repository, remote, file, offset);
            file.force(true);
        } catch (IOException e) {
            throw new WriteException(e);
        }
    }

    private void receive(Repository repository, RemoteFile remote, FileChannel file, long wanted)
            throws TransientException, IOException {
        HttpResponse<Flow.Publisher<List<ByteBuffer>>> response =
                client.get(repository, remote, wanted, remote.validator());
        try (Arrivals body = Arrivals.of(response.body())) {
            String host = response.uri().getHost();
            requireSame(remote, response);
            long offset = offset(remote, response, file, wanted);
            OptionalLong length = HubClient.length(response.headers(), "Content-Length");
            if (length.isPresent()
                    && remote.size().isPresent()
                    && offset + length.getAsLong() != remote.size().getAsLong()) {
                throw new TransientException(host + " sends " + (offset + length.getAsLong()) + " bytes of "
                        + remote.name() + ", not " + remote.size().getAsLong() + " as the hub says");
            }
            OptionalLong total = remote.size().isPresent()
                    ? remote.size()
                    : length.isPresent() ? OptionalLong.of(offset + length.getAsLong()) : OptionalLong.empty();
            meter.start(remote.name(), total.orElse(offset) - offset);
            long position = copy(body, file, offset, total, host, remote.name());
            if (total.isPresent() && position < total.getAsLong()) {
                throw lost(host, remote.name(), position, total);
            }
            meter.finish();
        }
    }

    /** The place that was asked before must still have the same content. */
    private static void requireSame(RemoteFile remote, HttpResponse<?> response) throws TransientException {
        Optional<String> now = response.headers().firstValue("ETag");
        if (remote.validator().isPresent()
                && now.isPresent()
                && response.uri().equals(remote.location())
                && !now.equals(remote.validator())) {
            throw new TransientException(remote.name() + " has just become another file at "
                    + response.uri().getHost());
        }
    }

    /** Where the bytes of an answer belong. */
    private static long offset(RemoteFile remote, HttpResponse<?> response, FileChannel file, long wanted)
            throws TransientException, IOException {
        if (response.statusCode() == 206) {
            Matcher range = CONTENT_RANGE.matcher(
                    response.headers().firstValue("Content-Range").orElse(""));
            boolean right = range.matches()
                    && Long.parseLong(range.group(1)) == wanted
                    && (range.group(3).equals("*")
                            || remote.size().isEmpty()
                            || Long.parseLong(range.group(3)) == remote.size().getAsLong());
            if (right) {
                return wanted;
            }
        }
        // All of it: the server knows no ranges, or has another content by now.
        file.truncate(0);
        if (response.statusCode() != 200) {
            throw new TransientException(response.uri().getHost() + " has no byte " + wanted + " of " + remote.name()
                    + ", which is begun anew");
        }
        return 0;
    }

    private long copy(Arrivals body, FileChannel file, long offset, OptionalLong total, String host, String name)
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

    private static TransientException lost(String host, String name, long position, OptionalLong total) {
        return new TransientException("the connection to " + host + " was lost after " + Meter.text(position)
                + (total.isPresent() ? " of " + Meter.text(total.getAsLong()) : "") + " of " + name);
    }

    /** Bytes of a partial file; 0 where there is none. */
    static long size(Path partial) throws IOException {
        return Files.exists(partial) ? Files.size(partial) : 0;
    }
}
