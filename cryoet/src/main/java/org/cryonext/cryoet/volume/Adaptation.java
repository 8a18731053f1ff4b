package org.cryonext.cryoet.volume;

/**
 * What is done to a volume so that it looks as the others do.
 *
 * @param own edge of its voxels in Angstrom; 0 where it is not known
 * @param wanted edge of the voxels that it shall have; 0 to leave them as they are
 * @param invert whether the sign of its values is turned
 */
public record Adaptation(double own, double wanted, boolean invert) {
    /** Nothing. */
    public static final Adaptation NONE = new Adaptation(0, 0, false);

    /** Headers round: sizes that differ by less than two parts in a hundred are the same. */
    private static final double SAME = 0.02;

    /** The volume as it shall be; closing it closes the one that was given. */
    public Volume apply(Volume volume) {
        Volume turned = invert ? new InvertedVolume(volume) : volume;
        return rescales() ? new RescaledVolume(turned, own, wanted) : turned;
    }

    /** Whether voxels change their size. */
    public boolean rescales() {
        return own > 0 && wanted > 0 && Math.abs(own - wanted) > SAME * wanted;
    }

    /** Own voxels that make one of the new ones. */
    public double scale() {
        return rescales() ? wanted / own : 1;
    }
}
