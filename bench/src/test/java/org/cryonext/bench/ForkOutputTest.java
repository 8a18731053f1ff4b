package org.cryonext.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForkOutputTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1000})
    void onlyTheWarningOfWhatWasAskedForIsKeptAway(int piece) throws IOException {
        String printed = "WARNING: Using incubator modules: jdk.incubator.vector\r\n"
                + "WARNING: Using incubator modules: another\n"
                + "WARNING: Using incubator modules: jdk.incubator.vector\n"
                + "\nµs";
        ByteArrayOutputStream passed = new ByteArrayOutputStream();
        byte[] bytes = printed.getBytes(UTF_8);
        try (ForkOutput out = new ForkOutput(passed)) {
            for (int at = 0; at < bytes.length; at += piece) {
                out.write(bytes, at, Math.min(piece, bytes.length - at));
            }
        }
        assertThat(passed.toString(UTF_8)).isEqualTo("WARNING: Using incubator modules: another\n\nµs");
    }
}
