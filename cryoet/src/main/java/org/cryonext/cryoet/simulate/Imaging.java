package org.cryonext.cryoet.simulate;

import org.cryonext.engine.io.InputException;

/**
 * How a specimen is imaged.
 *
 * @param snr signal-to-noise ratio of the projections as SHREC counts it, see {@link Microscope}
 * @param defocus in micrometres under focus
 * @param maxTilt in degrees; the tilts run from minus to plus this one, see {@link TiltGeometry}
 */
public record Imaging(double snr, double defocus, double maxTilt) {
    /** SHREC 2020's, at the best of its signal-to-noise ratios. */
    public static final Imaging SHREC = new Imaging(0.05, 3, 60);

    private static final double LEAST_DEFOCUS = 0.1;
    private static final double MOST_DEFOCUS = 20;
    private static final double LEAST_TILT = 10;
    private static final double MOST_TILT = 80;

    /** @throws InputException if a number is out of bounds */
    public Imaging {
        if (!(snr > 0 && Double.isFinite(snr))) {
            throw new InputException(
                    "--snr " + snr + " must be above 0; SHREC 2020 was simulated between 0.003 and 0.05");
        }
        if (!(defocus >= LEAST_DEFOCUS && defocus <= MOST_DEFOCUS)) {
            throw new InputException("--defocus " + defocus + " must be between " + LEAST_DEFOCUS + " and "
                    + MOST_DEFOCUS + " micrometres");
        }
        if (!(maxTilt >= LEAST_TILT && maxTilt <= MOST_TILT)) {
            throw new InputException(
                    "--max-tilt " + maxTilt + " must be between " + LEAST_TILT + " and " + MOST_TILT + " degrees");
        }
    }

    /** SHREC 2020's at another signal-to-noise ratio. */
    public static Imaging ofSnr(double snr) {
        return SHREC.withSnr(snr);
    }

    /** The same at another signal-to-noise ratio. */
    public Imaging withSnr(double other) {
        return new Imaging(other, defocus, maxTilt);
    }

    /** The same at another defocus. */
    public Imaging withDefocus(double other) {
        return new Imaging(snr, other, maxTilt);
    }

    /** The same tilted as far as another angle. */
    public Imaging withMaxTilt(double other) {
        return new Imaging(snr, defocus, other);
    }
}
