package org.cryonext.bench.protocol;

/** A network that was loaded and fed. */
public interface Served {
    /** Name, version and settings of the program, for the table. */
    String description();

    /**
     * Runs it once.
     *
     * @throws Exception if the program fails, which ends the process
     */
    void step() throws Exception;

    /** The last run's logits, [N, classes]; of a training step its loss. */
    float[] result();
}
