package org.cryonext.cryoet.run;

import java.util.List;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.Placement;
import org.cryonext.cryoet.triplet.Preprocess;
import org.cryonext.cryoet.triplet.SliceCutter;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.cryoet.volume.Volume;
import org.cryonext.engine.io.InputException;

/**
 * What a particle looks like to the network; training, classification and reports all follow it.
 *
 * @param views the images of a particle, at least one
 * @param crop edge of the slices that views are stored as, in pixels: {@link View#SIZE}, or that of the views and images
 *     where all are the same, so that nothing is resized
 * @param imageSize height and width of the network's images in pixels
 * @param mean of the image's channels, of pixels from 0 to 1
 * @param deviation of the image's channels
 * @param source which volume the slices are cut from
 * @param borders what happens to particles near a border
 * @param fusion how the views become one answer
 * @param channels what the channels of an image are; grey where a run's file does not say
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
        Channels channels) {
    /** Channels of an image. */
    private static final int COLOURS = 3;

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
                    + " was expected, or the edge of all views where images have it too");
        }
        channels = channels == null ? Channels.GREY : channels;
        if (channels == Channels.VIEWS && views.size() % COLOURS != 0) {
            throw new InputException("With --channels views, three views are an image; there are " + views.size()
                    + ", and a multiple of 3 was expected");
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
        this(views, crop, imageSize, mean, deviation, source, borders, fusion, Channels.GREY);
    }

    /** The edge of slices that spares resizing: that of the views, where images have it too; else 48. */
    public static int slices(List<View> views, int imageSize) {
        return views.stream().allMatch(view -> view.edge() == imageSize) ? imageSize : View.SIZE;
    }

    /** What cuts the slices of particles from a volume. */
    public SliceCutter cutter(Volume volume, Placement placement, Borders rule) {
        return new SliceCutter(volume, placement, views, rule, crop);
    }

    /** Images of a particle. */
    public int images() {
        return views.size() / viewsAnImage();
    }

    /** Views that make an image: 1 or 3. */
    public int viewsAnImage() {
        return channels == Channels.VIEWS ? COLOURS : 1;
    }

    /**
     * Fills one image of a batch, [height, width, 3].
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

    /** The same with another fusion of the views. */
    public NetworkInput withFusion(Fusion other) {
        return new NetworkInput(views, crop, imageSize, mean, deviation, source, borders, other, channels);
    }

    /** Bytes of a particle's slices: views x crop x crop. */
    public int sliceBytes() {
        return views.size() * crop * crop;
    }

    /** A new converter of slices to images; one thread at a time may use it. */
    public Preprocess preprocess() {
        return new Preprocess(crop, imageSize, imageSize, floats(mean), floats(deviation));
    }

    private static float[] floats(List<Double> values) {
        float[] result = new float[values.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = values.get(i).floatValue();
        }
        return result;
    }
}
