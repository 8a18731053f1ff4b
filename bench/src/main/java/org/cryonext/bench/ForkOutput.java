package org.cryonext.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Passes on, line by line, what the JVM of a benchmark prints, but for the warning at its start that it was given the Vector
 * API, as it was meant to be.
 */
final class ForkOutput extends OutputStream {
    private static final String WARNING = "WARNING: Using incubator modules: jdk.incubator.vector";

    private final OutputStream out;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    /** @param out gets all other lines; it is flushed after each, and not closed */
    ForkOutput(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
        line.write(b);
        if (b == '\n') {
            pass();
        }
    }

    private void pass() throws IOException {
        if (!line.toString(US_ASCII).strip().equals(WARNING)) {
            line.writeTo(out);
            out.flush();
        }
        line.reset();
    }

    /** Passes on a last line that has no end. */
    @Override
    public void close() throws IOException {
        pass();
    }
}
