package org.cryonext.cryoet.run;

import java.util.List;
import java.util.Locale;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.profile.RadialProfile;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.Placement;
import org.cryonext.cryoet.triplet.Preprocess;
import org.cryonext.cryoet.triplet.SliceCutter;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.cryoet.volume.Volume;
import org.cryonext.engine.io.InputException;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.HeadInput;

/**
 * What a particle looks like to the network; training, classification and reports all follow it.
 *
 * @param views the images of a particle, at least one
 * @param crop edge of the slices that views are stored as, in pixels: what {@link #slices} says, or {@link View#SIZE}, as earlier
 *     runs had it
 * @param imageSize height and width of the network's images in pixels
 * @param mean of the image's channels, of pixels from 0 to 1
 * @param deviation of the image's channels
 * @param source which volume the slices are cut from
 * @param borders what happens to particles near a border
 * @param fusion how the views become one answer
 * @param channels what the channels of an image are; grey where a run's file does not say
 * @param colours views that make an image where its channels are views, 3 where nothing is said; else null
 * @param profile the numbers that stand beside the images' features; null for none
 */
public record NetworkInput(
        List<View> views,
        int crop,
        int imageSize,
        List<Double> mean,
        List<Double> deviation,
        Source source,
        Borders borders,
        Fusion fusion,
        Channels channels,
        Integer colours,
        ProfileInput profile) {

    /** @throws InputException where there is no view, a crop that this version does not know, or no view for a channel */
    public NetworkInput {
        views = List.copyOf(views);
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
        if (views.isEmpty()) {
            throw new InputException("No view of the particles is given; at least one is needed");
        }
        if (crop != View.SIZE && crop != slices(views, imageSize)) {
            throw new InputException("A crop of " + crop + " pixels; " + View.SIZE
                    + " was expected, or the edge of all views, or that of small images where views have several");
        }
        channels = channels == null ? Channels.GREY : channels;
        colours = channels == Channels.GREY ? null : colours == null ? ConvNextConfig.COLOURS : colours;
        if (channels == Channels.VIEWS && (colours < 1 || views.size() % colours != 0)) {
            throw new InputException("With --channels views" + (colours == ConvNextConfig.COLOURS ? "" : ":" + colours)
                    + ", " + (colours == ConvNextConfig.COLOURS ? "three" : colours) + " views are an image; there are "
                    + views.size() + ", and a multiple of " + colours + " was expected");
        }
        if (profile != null && !fusion.isOfFeatures()) {
            throw new InputException("--profile stands beside the features of a particle, and --fusion is "
                    + word(fusion) + "; give --fusion features or concat");
        }
    }

    /** Grey images. */
    public NetworkInput(
            List<View> views,
            int crop,
            int imageSize,
            List<Double> mean,
            List<Double> deviation,
            Source source,
            Borders borders,
            Fusion fusion) {
        this(views, crop, imageSize, mean, deviation, source, borders, fusion, Channels.GREY, null, null);
    }

    /**
     * The edge of slices that are resized but once: that of the views where all have the same, and they become images later; else
     * that of the images, but for larger ones than {@link View#SIZE}, which would need many times the memory.
     */
    public static int slices(List<View> views, int imageSize) {
        int edge = views.getFirst().edge();
        boolean alike = views.stream().allMatch(view -> view.edge() == edge);
        return alike ? edge : Math.min(imageSize, View.SIZE);
    }

    /** What cuts the slices of particles from a volume. */
    public SliceCutter cutter(Volume volume, Placement placement, Borders rule) {
        return new SliceCutter(volume, placement, views, rule, crop);
    }

    /** Images of a particle. */
    public int images() {
        return views.size() / viewsAnImage();
    }

    /** Views that make an image; 1 where it is grey. */
    public int viewsAnImage() {
        return channels == Channels.VIEWS ? colours : 1;
    }

    /** Channels of an image; 3 equal ones where it is grey. */
    public int imageChannels() {
        return channels == Channels.VIEWS ? colours : ConvNextConfig.COLOURS;
    }

    /** What the network's classifier reads of a particle. */
    public HeadInput head() {
        return switch (fusion) {
            case LOGITS, PROBABILITIES -> HeadInput.IMAGE;
            case FEATURES -> new HeadInput(HeadInput.Features.MEAN, images(), profileLength());
            case CONCAT -> new HeadInput(HeadInput.Features.CONCAT, images(), profileLength());
        };
    }

    /** Numbers beside the features of a particle; 0 for none. */
    public int profileLength() {
        return profile == null ? 0 : RadialProfile.LENGTH;
    }

    /** Rows of logits that the network gives for a particle: one for each image, or one for all. */
    public int answers() {
        return head().isOfOneImage() ? images() : 1;
    }

    /**
     * Fills one image of a batch, [height, width, channels].
     *
     * @param slices the slices of its views, one after another from {@code from} on
     * @param out the batch
     * @param at where the image begins in it
     */
    public void image(Preprocess preprocess, byte[] slices, int from, float[] out, int at) {
        if (channels == Channels.VIEWS) {
            preprocess.coloursLast(slices, from, out, at);
        } else {
            preprocess.channelsLast(slices, from, out, at);
        }
    }

    /**
     * The same with another fusion of the views.
     *
     * @throws InputException where the network was not trained for it
     */
    public NetworkInput withFusion(Fusion other) {
        if (other != fusion && (other.isOfFeatures() || fusion.isOfFeatures())) {
            throw new InputException("--fusion is " + word(other) + ", but the run was trained with " + word(fusion)
                    + "; a network that was trained on "
                    + (fusion.isOfFeatures()
                            ? "joined features answers for them alone: leave --fusion out"
                            : "single images can be fused by logits or probabilities: give one of them"));
        }
        return new NetworkInput(
                views, crop, imageSize, mean, deviation, source, borders, other, channels, colours, profile);
    }

    /** The same with a profile beside the features. */
    public NetworkInput withProfile(ProfileInput beside) {
        return new NetworkInput(
                views, crop, imageSize, mean, deviation, source, borders, fusion, channels, colours, beside);
    }

    /** Bytes of a particle's slices: views x crop x crop. */
    public int sliceBytes() {
        return views.size() * crop * crop;
    }

    /** A new converter of slices to images; one thread at a time may use it. */
    public Preprocess preprocess() {
        return new Preprocess(crop, imageSize, imageSize, floats(mean), floats(deviation));
    }

    private static String word(Fusion fusion) {
        return fusion.name().toLowerCase(Locale.ROOT);
    }

    private static float[] floats(List<Double> values) {
        float[] result = new float[values.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = values.get(i).floatValue();
        }
        return result;
    }
}
