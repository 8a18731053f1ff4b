package org.cryonext.models.download;

import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The body of an answer as it arrives. Unlike a stream, it can be left while nothing comes. */
public final class Arrivals implements Flow.Subscriber<List<ByteBuffer>>, AutoCloseable {
    private static final long SLICE_MILLIS = 100;

    private sealed interface Item {
        record Bytes(List<ByteBuffer> buffers) implements Item {}

        record Failure(Throwable reason) implements Item {}

        record End() implements Item {}
    }

    private final BlockingQueue<Item> items = new LinkedBlockingQueue<>();
    private volatile Flow.Subscription subscription;
    private volatile boolean closed;

    private Arrivals() {}

    /** Begins to receive a body. */
    public static Arrivals of(Flow.Publisher<List<ByteBuffer>> body) {
        Arrivals arrivals = new Arrivals();
        body.subscribe(arrivals);
        return arrivals;
    }

    @Override
    public void onSubscribe(Flow.Subscription newSubscription) {
        subscription = newSubscription;
        if (closed) {
            newSubscription.cancel();
        } else {
            newSubscription.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        items.add(new Item.Bytes(buffers));
    }

    @Override
    public void onError(Throwable reason) {
        items.add(new Item.Failure(reason));
    }

    @Override
    public void onComplete() {
        items.add(new Item.End());
    }

    /**
     * Waits for the next bytes.
     *
     * @return empty at the end
     * @throws HttpTimeoutException if none come within {@code timeout}
     * @throws CancellationException if {@code stop} says so
     */
    public Optional<List<ByteBuffer>> next(Duration timeout, BooleanSupplier stop) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            while (!stop.getAsBoolean()) {
                Item item = items.poll(SLICE_MILLIS, TimeUnit.MILLISECONDS);
                switch (item) {
                    case null -> {
                        if (System.nanoTime() - deadline > 0) {
                            throw new HttpTimeoutException("no bytes");
                        }
                    }
                    case Item.Bytes(List<ByteBuffer> buffers) -> {
                        subscription.request(1);
                        return Optional.of(buffers);
                    }
                    case Item.Failure(Throwable reason) -> throw new IOException(reason.getMessage(), reason);
                    case Item.End end -> {
                        return Optional.empty();
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new CancellationException();
    }

    /** Leaves what has not arrived yet. */
    @Override
    public void close() {
        closed = true;
        if (subscription != null) {
            subscription.cancel();
        }
    }
}
