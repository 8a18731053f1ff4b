package org.cryonext.cryoet.saliency;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.cryonext.cryoet.network.ProfileSource;
import org.cryonext.cryoet.run.NetworkInput;

/**
 * How much the named class's probability falls where a quarter of each slice gets the slice's mean grey: the quarter that
 * speaks most for the class, the one that speaks least, and one at random. Maps that show what an answer rests on make a
 * large difference between the first two.
 *
 * @param particles how many were asked about
 * @param most sum of the falls without what speaks most
 * @param least without what speaks least
 * @param random without random places of the same size
 */
public record Blanking(int particles, double most, double least, double random) {
    /** Of no particles. */
    public static final Blanking NONE = new Blanking(0, 0, 0, 0);

    /** Cells of the random places along an edge. */
    private static final int CELLS = 6;

    private static final long SEED = 1;
    private static final int KEPT_OF_FOUR = 3;

    /** What decides which pixels of a slice are blanked: those where it is largest. */
    @FunctionalInterface
    private interface Key {
        float[] of(float[] map);
    }

    /**
     * Asks about some particles.
     *
     * @param slices those of all particles, one after another
     * @param profiles gives what stands beside their features
     * @param classes that the network named
     * @param maps of each particle's views
     */
    public static Blanking of(
            ParticleSaliency saliency,
            NetworkInput input,
            byte[] slices,
            ProfileSource profiles,
            int[] classes,
            List<List<SaliencyMap>> maps) {
        Random random = new Random(SEED);
        double whole = sum(saliency, input, slices, profiles, classes);
        Key[] keys = {map -> map, Blanking::negative, map -> scattered(random, input.crop())};
        double[] falls = new double[keys.length];
        for (int k = 0; k < keys.length; k++) {
            falls[k] = whole - sum(saliency, input, blanked(input, slices, maps, keys[k]), profiles, classes);
        }
        return new Blanking(classes.length, falls[0], falls[1], falls[2]);
    }

    private static double sum(
            ParticleSaliency saliency, NetworkInput input, byte[] slices, ProfileSource profiles, int[] classes) {
        int bytes = input.sliceBytes();
        double[] probabilities = saliency.probabilities(
                (particle, out, at) -> System.arraycopy(slices, particle * bytes, out, at, bytes), profiles, classes);
        return Arrays.stream(probabilities).sum();
    }

    private static byte[] blanked(NetworkInput input, byte[] slices, List<List<SaliencyMap>> maps, Key key) {
        int edge = input.crop();
        byte[] result = slices.clone();
        int at = 0;
        for (List<SaliencyMap> views : maps) {
            for (SaliencyMap map : views) {
                blank(result, at, key.of(map.over(edge, edge)));
                at += edge * edge;
            }
        }
        return result;
    }

    /** Gives a quarter of a slice's pixels, where the key is largest, the slice's mean. */
    static void blank(byte[] slices, int at, float[] key) {
        long sum = 0;
        for (int i = 0; i < key.length; i++) {
            sum += slices[at + i] & 0xFF;
        }
        float[] sorted = key.clone();
        Arrays.sort(sorted);
        float limit = sorted[key.length * KEPT_OF_FOUR / 4];
        int left = key.length - key.length * KEPT_OF_FOUR / 4;
        for (int i = 0; i < key.length && left > 0; i++) {
            if (key[i] >= limit) {
                slices[at + i] = (byte) Math.round((double) sum / key.length);
                left--;
            }
        }
    }

    private static float[] negative(float[] map) {
        float[] result = new float[map.length];
        for (int i = 0; i < map.length; i++) {
            result[i] = -map[i];
        }
        return result;
    }

    private static float[] scattered(Random random, int edge) {
        float[] cells = new float[CELLS * CELLS];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = random.nextFloat();
        }
        return new SaliencyMap(CELLS, CELLS, cells).over(edge, edge);
    }

    /** Of the particles of both. */
    public Blanking plus(Blanking other) {
        return new Blanking(particles + other.particles, most + other.most, least + other.least, random + other.random);
    }

    /** The mean changes, in a sentence. */
    public String sentence() {
        return String.format(
                Locale.ROOT,
                "Without the quarter of every slice that speaks most for it, the named class's probability changes by %+.2f,"
                        + " without the quarter that speaks least by %+.2f, without a random one by %+.2f (mean over %s).",
                change(most),
                change(least),
                change(random),
                particles == 1 ? "the particle shown" : "the " + particles + " particles shown");
    }

    /** To two digits, as it is shown: rounded here, so that what is next to nothing does not get a minus. */
    private double change(double fall) {
        return Math.round(-100 * fall / particles) / 100.0;
    }
}
