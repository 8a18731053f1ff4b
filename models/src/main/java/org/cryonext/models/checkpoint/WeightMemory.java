package org.cryonext.models.checkpoint;

import java.util.Locale;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.tensor.DType;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Parameter;

/** Refuses a network whose weights the heap cannot hold, before they are made or read. */
final class WeightMemory {
    private WeightMemory() {}

    /**
     * Checks the F32 weights of a network.
     *
     * @param where to begin the message with: a file, or what the network is for
     * @param heap bytes that there can be
     * @throws InputException if they are more
     */
    static void require(ConvNextConfig config, String where, long heap) {
        long weights = Parameter.of(config).stream()
                .mapToLong(parameter -> parameter.shape().size())
                .sum();
        long bytes = weights * DType.F32.bytes();
        if (bytes > heap) {
            throw new InputException(String.format(
                    Locale.ROOT,
                    "%s: the %,d weights of %s take %d MiB, but the heap has only %d MiB; give more with --memory, or take a"
                            + " smaller network",
                    where,
                    weights,
                    config.summary(),
                    bytes >> 20,
                    heap >> 20));
        }
    }
}
