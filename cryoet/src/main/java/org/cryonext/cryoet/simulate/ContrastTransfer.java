package org.cryonext.cryoet.simulate;

/**
 * The contrast transfer function of a microscope, signed: dense matter is dark where it is negative, as it is at low
 * frequencies. CTF(f) = -(sqrt(1 - A^2) sin g + A cos g) exp(-(f / (E f_N))^2), with g = pi w d f^2 - pi/2 C w^3 f^4,
 * w the electrons' wavelength, d the defocus, C the spherical aberration, A the amplitude contrast, f_N the Nyquist
 * frequency and E the envelope's width in parts of it. Source: Wade, doi:10.1016/0304-3991(92)90011-8.
 *
 * @param kilovolts acceleration voltage
 * @param sphericalAberration in mm
 * @param defocus in micrometres, positive under focus
 * @param amplitudeContrast part of the contrast
 * @param envelope width in parts of the Nyquist frequency
 * @param voxel in nm
 */
record ContrastTransfer(
        double kilovolts,
        double sphericalAberration,
        double defocus,
        double amplitudeContrast,
        double envelope,
        double voxel) {
    /** SHREC 2020's microscope. */
    static ContrastTransfer shrec() {
        return underFocus(Imaging.SHREC.defocus());
    }

    /** SHREC 2020's microscope at another defocus, in micrometres. */
    static ContrastTransfer underFocus(double defocus) {
        return new ContrastTransfer(300, 2.7, defocus, 0.08, 0.4, 1);
    }

    /** De Broglie wavelength in nm, relativistic. */
    double wavelength() {
        double volts = kilovolts * 1e3;
        return 1.22643 / Math.sqrt(volts + 0.97845e-6 * volts * volts);
    }

    /** @param frequency in 1/nm */
    double at(double frequency) {
        double f2 = frequency * frequency;
        double w = wavelength();
        double phase = Math.PI * w * defocus * 1e3 * f2 - Math.PI / 2 * sphericalAberration * 1e6 * w * w * w * f2 * f2;
        double width = envelope * 0.5 / voxel;
        return -(Math.sqrt(1 - amplitudeContrast * amplitudeContrast) * Math.sin(phase)
                        + amplitudeContrast * Math.cos(phase))
                * Math.exp(-f2 / (width * width));
    }
}
