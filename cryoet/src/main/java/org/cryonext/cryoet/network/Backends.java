package org.cryonext.cryoet.network;

import java.util.List;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.io.Closing;

/**
 * Devices that share a command's work.
 *
 * @param each at least one; closed with this
 */
public record Backends(List<Backend> each) implements AutoCloseable {

    /** Copies the list. */
    public Backends {
        each = List.copyOf(each);
        if (each.isEmpty()) {
            throw new IllegalArgumentException("no device");
        }
    }

    /** One device. */
    public static Backends of(Backend backend) {
        return new Backends(List.of(backend));
    }

    @Override
    public void close() {
        Closing.all(each.stream().<Runnable>map(backend -> backend::close).toList());
    }
}
