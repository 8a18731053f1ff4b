package org.cryonext.models.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.io.Progress;
import org.junit.jupiter.api.Test;

final class MeterTest {
    private final List<String> shown = new ArrayList<>();
    private long nanos;
    private final Meter meter = new Meter(
            new Progress() {
                @Override
                public void start(String task, long total, String unit) {
                    shown.add(task + " 0/" + total + " " + unit);
                }

                @Override
                public void advance(long n) {
                    shown.add("+" + n);
                }

                @Override
                public void note(String extra) {
                    shown.add(extra);
                }

                @Override
                public void finish() {
                    shown.add("end");
                }
            },
            () -> nanos);

    @Test
    void manyBytesAreShownInMegabytesWithTheSpeedOfTheLastSeconds() {
        meter.start("model.safetensors", 114_377_888);
        meter.advance(600_000);
        meter.advance(600_000);
        nanos += 2_000_000_000L;
        meter.advance(20_800_000);
        nanos += 4_000_000_000L;
        meter.advance(92_377_888);
        meter.finish();
        assertThat(shown)
                .containsExactly(
                        "model.safetensors 0/115 MB", "+1", "11.0 MB/s", "+21", "23.1 MB/s", "+92", "+1", "end");
    }

    @Test
    void fewBytesAreShownInKilobytes() {
        meter.start("config.json", 69_600);
        meter.advance(69_600);
        meter.finish();
        assertThat(shown).containsExactly("config.json 0/70 kB", "+69", "+1", "end");
    }

    @Test
    void unknownLengthsAreCountedAllTheSame() {
        meter.start("file", 0);
        meter.advance(2_000_000);
        meter.finish();
        assertThat(shown).containsExactly("file 0/0 MB", "+2", "end");
    }

    @Test
    void sizesAreForPeople() {
        assertThat(List.of(Meter.text(266), Meter.text(69_600), Meter.text(114_377_888), Meter.text(2.64e9)))
                .containsExactly("266 bytes", "69.6 kB", "114.4 MB", "2.64 GB");
    }
}
