package org.cryonext.models.download;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Flow;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;

/** Fetches files, or pieces of files, whose content is known beforehand. */
public final class PinnedDownload {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int ATTEMPTS = 6;
    private static final int MOST_REDIRECTS = 10;
    private static final Set<Integer> TRANSIENT = Set.of(408, 425, 429, 500, 502, 503, 504);

    private final Proxies proxies;
    private final Retries retries;
    private final Reception reception;
    private final String advice;

    /**
     * @param environment as {@link System#getenv()}, for proxies
     * @param progress shows the bytes
     * @param say told of troubles on the way, a sentence each
     * @param stop asked now and then whether the user wants to stop
     * @param advice what to check when the server's answer makes no sense
     */
    public PinnedDownload(
            Map<String, String> environment,
            Progress progress,
            Consumer<String> say,
            BooleanSupplier stop,
            String advice) {
        this(environment, progress, say, stop, advice, Waiting.real(stop));
    }

    PinnedDownload(
            Map<String, String> environment,
            Progress progress,
            Consumer<String> say,
            BooleanSupplier stop,
            String advice,
            Waiting waiting) {
        this.proxies = Proxies.of(environment);
        this.retries = new Retries(ATTEMPTS, waiting, say);
        this.reception = new Reception(TIMEOUT, stop, new Meter(progress, System::nanoTime));
        this.advice = advice;
    }

    /**
     * Brings a piece into a file, going on where that ends. The file is whole and right when this returns.
     *
     * @throws InputException if that is not possible, with the reason and what to do
     * @throws CancellationException if the user wants to stop; what has arrived stays for the next time
     */
    public void fetch(PinnedPart part, Path partial) {
        try (WebClient client = new WebClient(TIMEOUT, proxies, part.address(), advice)) {
            Files.createDirectories(partial.toAbsolutePath().getParent());
            long[] best = {Reception.size(partial)};
            retries.run(() -> {
                try {
                    attempt(client, part, partial);
                    return null;
                } catch (TransientException e) {
                    long arrived = sizeNow(partial);
                    boolean more = arrived > best[0];
                    best[0] = Math.max(best[0], arrived);
                    throw e.withProgress(more);
                }
            });
        } catch (TransientException e) {
            throw new InputException(
                    "Cannot fetch " + part.name() + ": " + e.getMessage() + "; check " + advice
                            + " and run the command again, which goes on where it stopped",
                    e);
        } catch (IOException e) {
            throw unwritable(partial, e);
        }
    }

    private static InputException unwritable(Path partial, IOException e) {
        return new InputException("Cannot write " + partial + ": " + AtomicFile.reason(partial, e), e);
    }

    private static long sizeNow(Path partial) {
        try {
            return Reception.size(partial);
        } catch (IOException e) {
            throw unwritable(partial, e);
        }
    }

    private void attempt(WebClient client, PinnedPart part, Path partial) throws TransientException {
        try (FileChannel file = FileChannel.open(
                partial, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (file.size() > part.bytes()) {
                file.truncate(0);
            }
            if (file.size() < part.bytes()) {
                receive(client, part, file);
                file.force(true);
            }
            String found = Checksum.sha256(part.sha256()).compute(partial);
            if (!found.equals(part.sha256())) {
                file.truncate(0);
                throw new TransientException(
                        part.name() + " came with the SHA-256 " + found + ", not " + part.sha256());
            }
        } catch (IOException e) {
            throw unwritable(partial, e);
        }
    }

    private void receive(WebClient client, PinnedPart part, FileChannel file) throws TransientException, IOException {
        long offset = file.size();
        HttpResponse<Flow.Publisher<List<ByteBuffer>>> response = ask(client, part, offset);
        String host = response.uri().getHost();
        try (Arrivals body = Arrivals.of(response.body())) {
            String range = "bytes " + (part.from() + offset) + "-" + (part.from() + part.bytes() - 1) + "/";
            if (response.statusCode() != 206
                    || !response.headers()
                            .firstValue("Content-Range")
                            .orElse("")
                            .startsWith(range)) {
                throw new InputException(host + " does not send pieces of files (status " + response.statusCode()
                        + " in answer to a range), so that " + part.name() + " cannot be fetched from there; check "
                        + advice);
            }
            reception.meter().start(part.name(), part.bytes() - offset);
            reception.copy(body, file, offset, OptionalLong.of(part.bytes()), host, part.name());
            reception.meter().finish();
        }
    }

    private HttpResponse<Flow.Publisher<List<ByteBuffer>>> ask(WebClient client, PinnedPart part, long offset)
            throws TransientException {
        URI uri = part.address();
        Set<URI> seen = new HashSet<>();
        while (true) {
            HttpRequest.Builder request = client.request(uri)
                    .GET()
                    .header("Range", "bytes=" + (part.from() + offset) + "-" + (part.from() + part.bytes() - 1));
            HttpResponse<Flow.Publisher<List<ByteBuffer>>> response =
                    client.send(request, HttpResponse.BodyHandlers.ofPublisher());
            int status = response.statusCode();
            if (status / 100 == 2) {
                return response;
            }
            Arrivals.of(response.body()).close();
            if (TRANSIENT.contains(status)) {
                throw new TransientException(uri.getHost() + " answers " + status);
            }
            if (!WebClient.isRedirect(response)) {
                throw new InputException(uri.getHost() + " answers " + status + " for " + uri + "; check " + advice);
            }
            uri = client.target(response);
            if (!seen.add(uri) || seen.size() > MOST_REDIRECTS) {
                throw new InputException(part.address().getHost() + " redirects in a circle (to " + uri.getHost()
                        + " again); check " + advice);
            }
        }
    }
}
