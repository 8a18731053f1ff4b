package org.cryonext.models.hub;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A hub of its own and an empty cache for each test. */
abstract class HubTest {
    static final String WEIGHTS = Snapshot.WEIGHTS;

    @TempDir
    Path folder;

    HubBench bench;

    @BeforeEach
    void start() {
        bench = new HubBench(folder.resolve("cache"));
    }

    @AfterEach
    void stop() {
        bench.close();
    }
}
