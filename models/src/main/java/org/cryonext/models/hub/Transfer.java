package org.cryonext.models.hub;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Flow;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cryonext.models.download.Arrivals;
import org.cryonext.models.download.Reception;
import org.cryonext.models.download.TransientException;

/**
 * Brings the bytes of one content into a partial file, going on where it ends.
 *
 * @param client whom to ask
 * @param reception how bytes are received
 */
record Transfer(HubClient client, Reception reception) {
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
     * @throws CancellationException if the user wants to stop
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
            reception.meter().start(remote.name(), total.orElse(offset) - offset);
            reception.copy(body, file, offset, total, host, remote.name());
            reception.meter().finish();
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
}
