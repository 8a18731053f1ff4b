package org.cryonext.engine.backend.cuda.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.ValueLayout;
import org.cryonext.engine.backend.cuda.driver.CudaEvent;
import org.cryonext.engine.backend.cuda.driver.CudaException;
import org.cryonext.engine.backend.cuda.driver.CudaGraph;
import org.cryonext.engine.backend.cuda.driver.CudaStream;
import org.cryonext.engine.backend.cuda.driver.DeviceMemory;
import org.cryonext.engine.backend.cuda.driver.Grid;
import org.cryonext.engine.backend.cuda.driver.Launch;
import org.cryonext.engine.backend.cuda.driver.PinnedMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Work that is done as late as it may be shows who did not wait; graphs run in any order that they allow. */
class SimulatedStreamTest {
    private Bench bench;

    @BeforeEach
    void open() {
        bench = new Bench("right.cu");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private Launch add(DeviceMemory x, DeviceMemory y, DeviceMemory z) {
        return bench.function("add").launch(Grid.of(1, 256), x, y, z, z.bytes() / Float.BYTES);
    }

    private float copyOfWhatTheHostChanges(String streams) {
        bench.gpu().set("streams", streams);
        CudaStream stream = bench.context().stream();
        try (PinnedMemory pinned = bench.context().pinned(4)) {
            DeviceMemory x = bench.upload(0);
            pinned.segment().set(ValueLayout.JAVA_FLOAT, 0, 1);
            stream.upload(pinned, 0, x.address(), 4);
            pinned.segment().set(ValueLayout.JAVA_FLOAT, 0, 2);
            return bench.download(x)[0];
        }
    }

    @Test
    void pinnedMemoryThatChangesBeforeItIsCopied() {
        assertThat(copyOfWhatTheHostChanges("eager")).isEqualTo(1);
        assertThat(copyOfWhatTheHostChanges("lazy")).isEqualTo(2);
    }

    private float sumOfAnotherStream(boolean waits) {
        CudaStream first = bench.context().newStream();
        CudaStream second = bench.context().newStream();
        DeviceMemory one = bench.upload(1);
        DeviceMemory two = bench.upload(0);
        DeviceMemory three = bench.upload(0);
        bench.context().synchronize();
        add(one, one, two).run(first);
        try (CudaEvent event = bench.context().event()) {
            first.record(event);
            if (waits) {
                second.await(event);
            }
            add(one, two, three).run(second);
            second.synchronize();
        }
        return bench.download(three)[0];
    }

    @Test
    void aStreamThatDoesNotWaitForAnother() {
        assertThat(sumOfAnotherStream(false)).isEqualTo(3);
        bench.gpu().set("streams", "lazy");
        assertThat(sumOfAnotherStream(false)).isEqualTo(1);
        assertThat(sumOfAnotherStream(true)).isEqualTo(3);
    }

    @Test
    void aFaultIsReportedToWhoWaits() {
        bench.gpu().set("streams", "lazy");
        DeviceMemory x = bench.upload(1);
        Launch launch = bench.function("add").launch(Grid.of(1, 256), x, x, x, 100L);
        launch.run(bench.context().stream());
        assertThatThrownBy(() -> bench.context().stream().synchronize())
                .hasMessageContaining("cuStreamSynchronize failed with CUDA_ERROR_ILLEGAL_ADDRESS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"forward", "backward", "shuffled"})
    void aGraphOfTwoStreams(String order) {
        bench.gpu().set("order", order);
        CudaStream main = bench.context().newStream();
        CudaStream side = bench.context().newStream();
        DeviceMemory one = bench.upload(1);
        DeviceMemory left = bench.upload(0);
        DeviceMemory right = bench.upload(0);
        DeviceMemory sum = bench.upload(0);
        bench.context().synchronize();
        CudaEvent begun = bench.context().event();
        CudaEvent done = bench.context().event();
        Launch twice = add(one, one, left);
        Launch other = add(one, one, right);
        Launch both = add(left, right, sum);
        Launch again = add(sum, one, one);
        try (CudaGraph graph = main.capture(() -> {
            main.record(begun);
            side.await(begun);
            other.run(side);
            side.record(done);
            twice.run(main);
            main.await(done);
            both.run(main);
            again.run(main);
        })) {
            assertThat(graph.nodes()).isEqualTo(4);
            assertThat(bench.download(one)).containsExactly(1);
            graph.launch(main);
            main.synchronize();
            assertThat(bench.download(one)).containsExactly(5);
            graph.launch(main);
            main.synchronize();
            assertThat(bench.download(one)).containsExactly(25);
        }
    }

    @Test
    void aRecordingThatDoesNotWaitForItsOtherStream() {
        CudaStream main = bench.context().newStream();
        CudaStream side = bench.context().newStream();
        DeviceMemory x = bench.upload(1);
        Launch launch = add(x, x, x);
        CudaEvent begun = bench.context().event();
        assertThatThrownBy(() -> main.capture(() -> {
                    main.record(begun);
                    side.await(begun);
                    launch.run(side);
                    launch.run(main);
                }))
                .isInstanceOf(CudaException.class)
                .hasMessageContaining("CUDA_ERROR_STREAM_CAPTURE_UNJOINED");
    }

    @Test
    void waitingHasNoPlaceInARecording() {
        CudaStream main = bench.context().newStream();
        assertThatThrownBy(() -> main.capture(main::synchronize))
                .isInstanceOf(CudaException.class)
                .hasMessageContaining("CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED");
        // The stream is as good as before.
        DeviceMemory x = bench.upload(1);
        add(x, x, x).run(main);
        main.synchronize();
        assertThat(bench.download(x)).containsExactly(2);
    }
}
