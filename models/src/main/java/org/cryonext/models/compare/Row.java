package org.cryonext.models.compare;

import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;

/**
 * The verdict on one tensor of the reference file.
 *
 * @param tensor its name there
 * @param shape its shape there
 * @param maxAbsolute largest absolute difference; NaN if the tensors could not be compared or hold NaN
 * @param relative {@code maxAbsolute} over the reference's largest magnitude; {@code maxAbsolute} where that is 0
 * @param passed whether it is within its gate
 * @param note what else there is to say, for instance the gate; may be empty
 */
public record Row(String tensor, Shape shape, double maxAbsolute, double relative, boolean passed, String note) {

    /** Differences of one pair of tensors. */
    record Difference(double maxAbsolute, double relative, long beyond) {
        /**
         * @param beyond counts the elements whose difference is larger, or not a number
         */
        static Difference of(Tensor expected, Tensor found, double beyond) {
            double largest = 0;
            double magnitude = 0;
            long count = 0;
            boolean valid = true;
            for (long i = 0; i < expected.size(); i++) {
                double e = expected.get(i);
                double difference = Math.abs(e - found.get(i));
                valid &= !Double.isNaN(difference);
                largest = Math.max(largest, difference);
                magnitude = Math.max(magnitude, Math.abs(e));
                if (!(difference <= beyond)) {
                    count++;
                }
            }
            double absolute = valid ? largest : Double.NaN;
            return new Difference(absolute, magnitude > 0 ? absolute / magnitude : absolute, count);
        }
    }

    /** A tensor judged by its relative difference. */
    static Row relative(String name, Tensor expected, Tensor found, double gate) {
        Difference d = Difference.of(expected, found, gate);
        return new Row(
                name, expected.shape(), d.maxAbsolute, d.relative, d.relative <= gate, "relative at most " + gate);
    }

    /** A tensor that has no counterpart to be compared with. */
    static Row failed(String name, Shape shape, String why) {
        return new Row(name, shape, Double.NaN, Double.NaN, false, why);
    }
}
