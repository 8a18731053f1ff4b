package org.cryonext.bench.gpu;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import org.cryonext.bench.paper.CardPeaks;

/** What came of one task. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "finding")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Finding.Failed.class, name = "failed"),
    @JsonSubTypes.Type(value = Finding.Case.class, name = "case"),
    @JsonSubTypes.Type(value = Finding.Refused.class, name = "refused"),
    @JsonSubTypes.Type(value = Finding.Golden.class, name = "golden"),
    @JsonSubTypes.Type(value = Finding.Agreement.class, name = "agreement"),
    @JsonSubTypes.Type(value = Finding.Ceilings.class, name = "ceilings"),
    @JsonSubTypes.Type(value = Finding.Kernel.class, name = "kernel"),
    @JsonSubTypes.Type(value = Finding.Tiles.class, name = "tiles"),
    @JsonSubTypes.Type(value = Finding.Model.class, name = "model")
})
public sealed interface Finding {
    /** Whether it is as it should be. */
    boolean passed();

    /** For a person, one line. */
    String line();

    /**
     * A task that came to no result.
     *
     * @param part where it belongs, in lower case
     * @param what the task
     * @param error why, a sentence
     */
    record Failed(String part, String what, String error) implements Finding {
        @Override
        public boolean passed() {
            return false;
        }

        @Override
        public String line() {
            return what + ": " + error;
        }
    }

    /**
     * An operator's outputs beside the reference's.
     *
     * @param dtype element type of its floating inputs
     * @param index position in the list of tests
     * @param operator its name
     * @param text the case
     * @param error largest normalised square error of an output
     * @param tolerance of that
     * @param sameBits whether a second run gave the same
     * @param passed whether both are as they should be
     */
    record Case(
            String dtype,
            int index,
            String operator,
            String text,
            double error,
            double tolerance,
            boolean sameBits,
            boolean passed)
            implements Finding {
        @Override
        public String line() {
            return String.format(
                    Locale.ROOT,
                    "%s %s: NMSE %.2e (tolerance %.0e)%s",
                    dtype,
                    text,
                    error,
                    tolerance,
                    sameBits ? "" : ", and a second run gave other bits");
        }
    }

    /**
     * An operator that the backend has no kernel for.
     *
     * @param operator its name
     * @param text element type and case
     * @param reason the backend's
     * @param passed whether it is one for which there need be none
     */
    record Refused(String operator, String text, String reason, boolean passed) implements Finding {
        @Override
        public String line() {
            return text + " is refused: " + reason;
        }
    }

    /**
     * A small model beside PyTorch's tensors.
     *
     * @param model name of the golden
     * @param tensors number of tensors that were compared
     * @param worst largest relative difference of an output or gradient
     * @param worstTensor where that was
     * @param failed names of those beyond their gates
     * @param passed whether there is none
     */
    record Golden(String model, int tensors, double worst, String worstTensor, List<String> failed, boolean passed)
            implements Finding {
        @Override
        public String line() {
            return String.format(
                    Locale.ROOT,
                    "golden %s: %d tensors, largest relative difference %.2e (%s)%s",
                    model,
                    tensors,
                    worst,
                    worstTensor,
                    failed.isEmpty() ? "" : ", beyond the gates: " + failed);
        }
    }

    /**
     * A model's results beside the cpu backend's.
     *
     * @param what was compared
     * @param error normalised square error of logits, largest relative difference of losses
     * @param tolerance of that
     * @param sameBits whether a second run gave the same
     * @param values the first of the card's results
     * @param passed whether all is as it should be
     */
    record Agreement(String what, double error, double tolerance, boolean sameBits, List<Float> values, boolean passed)
            implements Finding {
        @Override
        public String line() {
            return String.format(
                    Locale.ROOT,
                    "%s: error %.2e (tolerance %.0e)%s",
                    what,
                    error,
                    tolerance,
                    sameBits ? "" : ", and a second run gave other bits");
        }
    }

    /**
     * What the card reaches.
     *
     * @param copyGigabytes 1e9 bytes a second of a copy within its memory, read and written ones
     * @param productTeraflops 1e12 operations a second of this engine's product of 8192 x 8192 matrices, by precision
     */
    record Ceilings(double copyGigabytes, Map<String, Double> productTeraflops) implements Finding {
        @Override
        public boolean passed() {
            return true;
        }

        @Override
        public String line() {
            return String.format(Locale.ROOT, "a copy moves %.0f GB/s; TFLOP/s of our products: ", copyGigabytes)
                    + productTeraflops;
        }
    }

    /**
     * The time of an operator.
     *
     * @param precision what it computes in
     * @param index position in the list of timings
     * @param operator the operator and what it is set to
     * @param inputs names and shapes of its inputs
     * @param work of a run
     * @param microseconds of a run, the median
     */
    record Kernel(String precision, int index, String operator, String inputs, Work work, double microseconds)
            implements Finding {
        @Override
        public boolean passed() {
            return true;
        }

        @Override
        public String line() {
            return String.format(Locale.ROOT, "%s %s %s: %.1f us", precision, operator, inputs, microseconds);
        }
    }

    /**
     * The times of a product in tiles of each shape.
     *
     * @param precision what it computes in
     * @param operator the operator and what it is set to
     * @param inputs names and shapes of its inputs
     * @param microseconds of a run, the median, by tile; "own" is what the backend chooses by itself, as it also does where
     *     there is no kernel of the tile
     */
    record Tiles(String precision, String operator, String inputs, SequencedMap<String, Double> microseconds)
            implements Finding {
        @Override
        public boolean passed() {
            return true;
        }

        @Override
        public String line() {
            return precision + " " + operator + " " + inputs + ": " + microseconds;
        }
    }

    /**
     * The time of a model.
     *
     * @param version {@code v1} or {@code v2}
     * @param mode {@code infer} or what is trained
     * @param precision what it computes in
     * @param batch images
     * @param milliseconds of a run, the median
     * @param slowest the slowest group of runs, milliseconds
     * @param imagesPerSecond by the median
     * @param runs how many
     * @param gigabytes of memory that its plan takes, parameters apart
     * @param nodes what its nodes took, one after the other with a wait behind each, joined by operator and shape; the one
     *     that took most first
     */
    record Model(
            String version,
            String mode,
            String precision,
            int batch,
            double milliseconds,
            double slowest,
            double imagesPerSecond,
            int runs,
            double gigabytes,
            List<NodeTime> nodes)
            implements Finding {
        @Override
        public boolean passed() {
            return true;
        }

        @Override
        public String line() {
            return String.format(
                    Locale.ROOT,
                    "tiny %s %s %s batch %d: %.3f ms, %.0f images/s",
                    version,
                    mode,
                    precision,
                    batch,
                    milliseconds,
                    imagesPerSecond);
        }
    }

    /**
     * What a run has to do at least.
     *
     * @param flops floating-point operations
     * @param bytes of its inputs and outputs, each once
     * @param tensorCores whether the operations are products of matrices
     */
    record Work(long flops, long bytes, boolean tensorCores) {
        /** Microseconds that it takes at least where it computes in this precision. */
        double microseconds(CardPeaks peaks, String precision) {
            return peaks.microseconds(flops, bytes, tensorCores, precision);
        }

        Work plus(Work other) {
            return new Work(flops + other.flops, bytes + other.bytes, tensorCores);
        }
    }

    /**
     * Nodes of the same operator and shape in a model.
     *
     * @param operator the operator and what it is set to
     * @param output shape of its first output
     * @param count how many
     * @param microseconds of all of them in a run
     * @param work of all of them
     */
    record NodeTime(String operator, String output, int count, double microseconds, Work work) {}
}
