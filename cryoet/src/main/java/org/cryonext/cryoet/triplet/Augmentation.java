package org.cryonext.cryoet.triplet;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.op.CounterRandom;

/**
 * How the cube around a particle is varied in training, anew in every epoch, before its views are cut. What is drawn
 * depends on nothing but seed, epoch and the draw of a sample.
 *
 * @param flips whether each axis is mirrored or not, exactly. A missing wedge stays where it is
 * @param turns which axes are exchanged at random, exactly
 * @param rotate largest angle of a rotation about any axis, in degrees; 180 for all orientations alike, 0 for none
 * @param spin largest angle of a rotation about z, in degrees; 180 for all alike, 0 for none
 * @param shift largest shift along each axis, in voxels
 * @param wedge last tilt in degrees of a missing wedge that is taken from the cube after all turning; 0, or null in earlier
 *     runs, for none
 * @param contrast largest change of the contrast's factor, from 0 to 1
 * @param brightness largest shift of the brightness, in standard deviations of the tomogram
 * @param noise largest standard deviation of added Gaussian noise a voxel, in those of the tomogram
 */
public record Augmentation(
        boolean flips,
        Turns turns,
        double rotate,
        double spin,
        double shift,
        Double wedge,
        double contrast,
        double brightness,
        double noise) {
    /** Exchanges of axes. */
    public enum Turns {
        NONE,
        /** x and y: with flips, the quarter turns about z. */
        Z,
        /** All: with flips, the 48 symmetries of the cube. */
        ALL
    }

    /** No variation. */
    public static final Augmentation NONE = new Augmentation(false, Turns.NONE, 0, 0, 0, 0.0, 0, 0, 0);

    /** Index of the bits that the noise is drawn from; the other draws count from 0. */
    private static final int NOISE = -1;

    private static final double HALF_TURN = 180;
    private static final double FARTHEST = 24;
    private static final double USUAL_TILT = 60;
    private static final double MOST_TILT = 89;

    /** @throws InputException naming what is out of range */
    public Augmentation {
        wedge = wedge == null ? 0 : wedge;
        within("rotate", rotate, HALF_TURN);
        within("spin", spin, HALF_TURN);
        within("shift", shift, FARTHEST);
        within("wedge", wedge, MOST_TILT);
        within("contrast", contrast, 1);
        within("brightness", brightness, FARTHEST);
        within("noise", noise, FARTHEST);
        turns = turns == null ? Turns.NONE : turns;
    }

    private static void within(String word, double value, double most) {
        if (!(value >= 0 && value <= most)) {
            throw new InputException(
                    "--augment has " + word + "=" + value + ", expected a number from 0 to " + (int) most);
        }
    }

    /**
     * Reads what the command line has, word by word: {@code flips}, {@code turns}, {@code turns=z}, {@code rotate},
     * {@code rotate=DEGREES}, {@code spin}, {@code spin=DEGREES}, {@code shift=VOXELS}, {@code wedge}, {@code
     * wedge=DEGREES}, {@code contrast=X}, {@code brightness=X}, {@code noise=X}.
     *
     * @throws InputException where a word is none of these
     */
    public static Augmentation parse(List<String> words) {
        Augmentation all = NONE;
        for (String word : words) {
            all = all.with(word);
        }
        return all;
    }

    private Augmentation with(String word) {
        String[] parts = word.split("=", 2);
        String value = parts.length > 1 ? parts[1] : null;
        return switch (parts[0]) {
            case "flips" ->
                new Augmentation(nothing(word, value), turns, rotate, spin, shift, wedge, contrast, brightness, noise);
            case "turns" ->
                new Augmentation(flips, turns(word, value), rotate, spin, shift, wedge, contrast, brightness, noise);
            case "rotate" ->
                new Augmentation(
                        flips, turns, degrees(word, value, HALF_TURN), spin, shift, wedge, contrast, brightness, noise);
            case "spin" ->
                new Augmentation(
                        flips,
                        turns,
                        rotate,
                        degrees(word, value, HALF_TURN),
                        shift,
                        wedge,
                        contrast,
                        brightness,
                        noise);
            case "shift" ->
                new Augmentation(flips, turns, rotate, spin, number(word, value), wedge, contrast, brightness, noise);
            case "wedge" ->
                new Augmentation(
                        flips,
                        turns,
                        rotate,
                        spin,
                        shift,
                        degrees(word, value, USUAL_TILT),
                        contrast,
                        brightness,
                        noise);
            case "contrast" ->
                new Augmentation(flips, turns, rotate, spin, shift, wedge, number(word, value), brightness, noise);
            case "brightness" ->
                new Augmentation(flips, turns, rotate, spin, shift, wedge, contrast, number(word, value), noise);
            case "noise" ->
                new Augmentation(flips, turns, rotate, spin, shift, wedge, contrast, brightness, number(word, value));
            default -> throw unknown(word);
        };
    }

    private static boolean nothing(String word, String value) {
        if (value != null) {
            throw unknown(word);
        }
        return true;
    }

    private static Turns turns(String word, String value) {
        if (value == null) {
            return Turns.ALL;
        }
        if (!value.equals("z")) {
            throw unknown(word);
        }
        return Turns.Z;
    }

    private static double degrees(String word, String value, double usual) {
        return value == null ? usual : number(word, value);
    }

    private static double number(String word, String value) {
        try {
            if (value != null) {
                return Double.parseDouble(value);
            }
        } catch (NumberFormatException e) {
            throw unknown(word);
        }
        throw unknown(word);
    }

    private static InputException unknown(String word) {
        return new InputException("--augment has \"" + word
                + "\", expected words such as flips,turns,turns=z,rotate,rotate=20,spin,shift=2,wedge,contrast=0.2,"
                + "brightness=0.2,noise=0.5, or views or none");
    }

    /** The words that {@link #parse} reads; none for no variation. */
    public List<String> words() {
        List<String> words = new ArrayList<>();
        if (flips) {
            words.add("flips");
        }
        if (turns != Turns.NONE) {
            words.add(turns == Turns.ALL ? "turns" : "turns=" + turns.name().toLowerCase(Locale.ROOT));
        }
        add(words, "rotate", rotate, HALF_TURN);
        add(words, "spin", spin, HALF_TURN);
        add(words, "shift", shift, Double.NaN);
        add(words, "wedge", wedge, USUAL_TILT);
        add(words, "contrast", contrast, Double.NaN);
        add(words, "brightness", brightness, Double.NaN);
        add(words, "noise", noise, Double.NaN);
        return words;
    }

    private static void add(List<String> words, String name, double value, double usual) {
        if (value != 0) {
            String number = value == Math.rint(value) ? Integer.toString((int) value) : Double.toString(value);
            words.add(value == usual ? name : name + "=" + number);
        }
    }

    /**
     * How a sample is varied in an epoch.
     *
     * @param seed the run's
     * @param epoch from 0
     * @param draw the sample's index, or, where an epoch draws it again, another number
     */
    Variation draw(long seed, int epoch, long draw) {
        long key = CounterRandom.bits(CounterRandom.bits(TrainingStream.VARIATION.key(seed), epoch), draw);
        Draws draws = new Draws(key);
        Orientation pose = mirrored(draws, exchanged(draws));
        pose = rotated(draws).of(pose);
        Vector moved = new Vector(draws.within(shift), draws.within(shift), draws.within(shift));
        double gain = 1 + draws.within(contrast);
        double added = draws.within(brightness);
        return new Variation(pose, moved, wedge, gain, added, noise * draws.next(), CounterRandom.bits(key, NOISE));
    }

    private Orientation exchanged(Draws draws) {
        Orientation s = Orientation.STRAIGHT;
        double choice = draws.next();
        return switch (turns) {
            case NONE -> s;
            case Z -> choice < 0.5 ? s : new Orientation(s.y(), s.x(), s.z());
            case ALL ->
                switch ((int) (6 * choice)) {
                    case 0 -> s;
                    case 1 -> new Orientation(s.y(), s.x(), s.z());
                    case 2 -> new Orientation(s.x(), s.z(), s.y());
                    case 3 -> new Orientation(s.z(), s.y(), s.x());
                    case 4 -> new Orientation(s.y(), s.z(), s.x());
                    default -> new Orientation(s.z(), s.x(), s.y());
                };
        };
    }

    private Orientation mirrored(Draws draws, Orientation pose) {
        int axes = (int) (8 * draws.next());
        return flips ? Orientation.mirrored(axes).of(pose) : pose;
    }

    private Orientation rotated(Draws draws) {
        double a = draws.next();
        double b = draws.next();
        double c = draws.next();
        double about = draws.next();
        Orientation rotation = Orientation.STRAIGHT;
        if (rotate == HALF_TURN) {
            rotation = Orientation.uniform(a, b, c);
        } else if (rotate > 0) {
            double z = 2 * a - 1;
            double across = Math.sqrt(1 - z * z);
            double azimuth = 2 * Math.PI * b;
            Vector axis = new Vector(across * StrictMath.cos(azimuth), across * StrictMath.sin(azimuth), z);
            rotation = Orientation.about(axis, rotate * (2 * c - 1));
        }
        return spin > 0 ? rotation.of(Orientation.aboutZ(spin * (2 * about - 1))) : rotation;
    }

    /** Uniform numbers from 0 to 1, one after another; each option has its own, so that none moves another's. */
    private static final class Draws {
        private final long key;
        private int index;

        private Draws(long key) {
            this.key = key;
        }

        double next() {
            return (CounterRandom.bits(key, index++) >>> 11) * 0x1p-53;
        }

        double within(double most) {
            return most * (2 * next() - 1);
        }
    }
}
