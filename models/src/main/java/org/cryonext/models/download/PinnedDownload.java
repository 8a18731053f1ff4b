package org.cryonext.models.download;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
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

    /** The same with another way to wait. */
    public PinnedDownload(
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
            boolean[] damaged = {false};
            retries.run(() -> {
                try {
                    receive(client, part, partial);
                    Optional<String> wrong = damage(part, partial);
                    if (wrong.isPresent() && damaged[0]) {
                        // What comes wrong twice will come wrong again, and may be many gigabytes.
                        throw new InputException("Cannot fetch " + part.name() + ": " + wrong.orElseThrow()
                                + ", twice; it was deleted, check " + advice + " and run the command again");
                    }
                    if (wrong.isPresent()) {
                        damaged[0] = true;
                        throw new TransientException(wrong.orElseThrow());
                    }
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

    /**
     * Fetches a short file whose content is not known beforehand.
     *
     * @param name for messages
     * @param most bytes that it may have
     * @throws InputException if that is not possible, with the reason and what to do
     * @throws CancellationException if the user wants to stop
     */
    public byte[] fetchShort(String name, URI address, int most) {
        try (WebClient client = new WebClient(TIMEOUT, proxies, address, advice)) {
            return retries.run(() -> {
                HttpResponse<Flow.Publisher<List<ByteBuffer>>> response =
                        new Asking(client, advice).get(address, Optional.empty());
                try (Arrivals body = Arrivals.of(response.body())) {
                    return reception.collect(body, most, response.uri().getHost(), name);
                }
            });
        } catch (TransientException e) {
            throw new InputException(
                    "Cannot fetch " + name + ": " + e.getMessage() + "; check " + advice + " and run the command again",
                    e);
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

    private void receive(WebClient client, PinnedPart part, Path partial) throws TransientException {
        try (FileChannel file = FileChannel.open(
                partial, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (file.size() > part.bytes()) {
                file.truncate(0);
            }
            if (file.size() < part.bytes()) {
                receive(client, part, file);
                file.force(true);
            }
        } catch (IOException e) {
            throw unwritable(partial, e);
        }
    }

    /** What is wrong with the content, part of a sentence; a wrong one is deleted. */
    private static Optional<String> damage(PinnedPart part, Path partial) {
        try {
            Checksum expected = part.checksum();
            String found = expected.compute(partial);
            if (found.equals(expected.digits())) {
                return Optional.empty();
            }
            Files.delete(partial);
            return Optional.of(
                    part.name() + " came with the " + expected.kind() + " " + found + ", not " + expected.digits());
        } catch (IOException e) {
            throw unwritable(partial, e);
        }
    }

    /** Whether the answer is the whole file, and the piece is that, too. */
    private static boolean isWholeFile(HttpResponse<?> response, PinnedPart part) {
        return response.statusCode() == 200
                && part.from() == 0
                && response.headers().firstValueAsLong("Content-Length").orElse(-1) == part.bytes();
    }

    private void receive(WebClient client, PinnedPart part, FileChannel file) throws TransientException, IOException {
        long offset = file.size();
        String span = (part.from() + offset) + "-" + (part.from() + part.bytes() - 1);
        HttpResponse<Flow.Publisher<List<ByteBuffer>>> response =
                new Asking(client, advice).get(part.address(), Optional.of("bytes=" + span));
        String host = response.uri().getHost();
        try (Arrivals body = Arrivals.of(response.body())) {
            if (isWholeFile(response, part)) {
                // A server that knows no ranges sends all of it, over what is there.
                file.truncate(0);
                offset = 0;
            } else if (response.statusCode() != 206
                    || !response.headers()
                            .firstValue("Content-Range")
                            .orElse("")
                            .startsWith("bytes " + span + "/")) {
                throw new InputException(host + " does not send pieces of files (status " + response.statusCode()
                        + " in answer to a range), so that " + part.name() + " cannot be fetched from there; check "
                        + advice);
            }
            reception.meter().start(part.name(), part.bytes() - offset);
            reception.copy(body, file, offset, OptionalLong.of(part.bytes()), host, part.name());
            reception.meter().finish();
        }
    }
}
