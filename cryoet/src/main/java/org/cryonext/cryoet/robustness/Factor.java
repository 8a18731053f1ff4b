package org.cryonext.cryoet.robustness;

import java.util.List;
import java.util.TreeSet;
import org.cryonext.cryoet.simulate.Imaging;

/** What is changed, one at a time. */
public enum Factor {
    /** Signal-to-noise ratio of the projections. */
    SNR(
            "Noise",
            "signal-to-noise ratio of the projections",
            "To the left the projections are noisier, to the right cleaner.",
            List.of(0.005, 0.01, 0.02, 0.05, 0.1),
            List.of(0.01)),
    /** Defocus of the microscope. */
    DEFOCUS(
            "Defocus",
            "defocus in micrometres under focus",
            "The defocus decides which details come out with which contrast; far from that of the training data, particles"
                    + " have rims and shades that the network has never seen.",
            List.of(1.0, 2.0, 3.0, 4.0, 5.0),
            List.of(5.0)),
    /** How far beside its place a particle is looked for. */
    PICKING(
            "Picking error",
            "distance from the true position in voxels",
            "Each particle is looked for so far beside its true position, in a random direction: what the inexactness of a"
                    + " particle picker costs.",
            List.of(0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0),
            List.of(3.0, 6.0)),
    /** How far the specimen is tilted. */
    WEDGE(
            "Missing wedge",
            "largest tilt in degrees",
            "The tilts run from minus to plus this angle in steps of about 3 degrees: to the left the missing wedge is"
                    + " wider, and the images are fewer.",
            List.of(40.0, 50.0, 60.0),
            List.of(40.0));

    private final String title;
    private final String axis;
    private final String reading;
    private final List<Double> values;
    private final List<Double> few;

    Factor(String title, String axis, String reading, List<Double> values, List<Double> few) {
        this.title = title;
        this.axis = axis;
        this.reading = reading;
        this.values = values;
        this.few = few;
    }

    /** A heading. */
    public String title() {
        return title;
    }

    /** What its values are, with their unit. */
    public String axis() {
        return axis;
    }

    /** How to read a curve of it, a sentence. */
    public String reading() {
        return reading;
    }

    /** Whether it is a matter of the imaging, which the ground truth's volumes know nothing of. */
    boolean isOfImaging() {
        return this != PICKING;
    }

    /** Its value where nothing is changed. */
    double nominal(Imaging imaging) {
        return switch (this) {
            case SNR -> imaging.snr();
            case DEFOCUS -> imaging.defocus();
            case WEDGE -> imaging.maxTilt();
            case PICKING -> 0;
        };
    }

    /**
     * The conditions of its values, that of the nominal one among them, in the order of the values.
     *
     * @param nominal what is changed
     * @param quick whether fewer values are enough
     */
    List<Condition> conditions(Imaging nominal, boolean quick) {
        TreeSet<Double> all = new TreeSet<>(quick ? few : values);
        all.add(nominal(nominal));
        return all.stream().map(value -> condition(nominal, value)).toList();
    }

    private Condition condition(Imaging nominal, double value) {
        if (value == nominal(nominal)) {
            return Condition.nominal(this, nominal);
        }
        return switch (this) {
            case SNR -> Condition.of(this, value, nominal.withSnr(value), 0);
            case DEFOCUS -> Condition.of(this, value, nominal.withDefocus(value), 0);
            case WEDGE -> Condition.of(this, value, nominal.withMaxTilt(value), 0);
            case PICKING -> Condition.of(this, value, nominal, value);
        };
    }
}
