package org.cryonext.models.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.download.Waiting;

/** A hub on the loopback, a cache in a folder, and a clock that does not let tests wait. */
final class HubBench implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    static final int WEIGHT_BYTES = 300_000;

    final FakeHub server = new FakeHub();
    final Map<String, String> environment = new HashMap<>();
    final List<String> said = new CopyOnWriteArrayList<>();
    final List<Duration> pauses = new CopyOnWriteArrayList<>();
    final byte[] weights = new byte[WEIGHT_BYTES];
    private final Path cache;

    HubBench(Path cache) {
        this.cache = cache;
        new Random(1).nextBytes(weights);
        environment.put("HF_ENDPOINT", server.endpoint().toString());
        environment.put("HF_HUB_CACHE", cache.toString());
        environment.put("HF_HUB_DOWNLOAD_TIMEOUT", "5");
        server.small(Snapshot.CONFIG, "{\"model_type\": \"convnext\"}");
        server.small(Snapshot.PREPROCESSOR, "{\"size\": 224}");
        server.large(Snapshot.WEIGHTS, weights);
    }

    HubSettings settings() {
        return HubSettings.of(environment, cache.resolve("home"));
    }

    Fetched fetch() {
        return fetch(FakeHub.REPOSITORY);
    }

    Fetched fetch(String name) {
        return fetch(name, () -> false);
    }

    Fetched fetch(String name, BooleanSupplier stop) {
        Waiting waiting = new Waiting() {
            @Override
            public void pause(Duration duration) {
                pauses.add(duration);
                try {
                    Thread.sleep(Math.min(duration.toMillis(), 5));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public Instant now() {
                return NOW;
            }
        };
        return new Hub(settings(), Progress.none(), said::add, stop, waiting).fetch(name);
    }

    Path model() {
        return cache.resolve("models--owner--model");
    }

    Path snapshot() {
        return model().resolve("snapshots", FakeHub.COMMIT);
    }

    Path partial() {
        return model().resolve("blobs", FakeHub.sha256(weights) + ".cryonext.incomplete");
    }

    byte[] fetchedWeights() {
        return bytes(snapshot().resolve(Snapshot.WEIGHTS));
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Offsets at which the weights were asked for. */
    List<String> ranges() {
        return server.requests("GET", Snapshot.WEIGHTS).stream()
                .map(request -> request.headers().getOrDefault("range", "all"))
                .toList();
    }

    /** Answers with all of the weights, whatever part was asked for. */
    FakeHub.Handler withoutRange() {
        return (request, out) -> {
            FakeHub.status(out, 200, Map.of("Content-Length", String.valueOf(weights.length)));
            out.write(weights);
        };
    }

    @Override
    public void close() {
        server.close();
    }
}
