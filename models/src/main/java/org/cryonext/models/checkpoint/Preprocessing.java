package org.cryonext.models.checkpoint;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.cryonext.engine.io.InputException;
import org.cryonext.models.convnext.ConvNextConfig;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How images become the network's input, as Hugging Face's ConvNextImageProcessor does it: below 384 pixels, resize the
 * shorter edge to size / cropPct and crop the centre, else resize to size x size; then scale by rescaleFactor, subtract
 * the mean and divide by the deviation.
 *
 * @param size edge of the input in pixels
 * @param resample the filter
 * @param cropPct part of the resized image that is kept, 0 to 1
 * @param rescaleFactor factor on the pixel values, 1 / 255 for bytes
 * @param mean of each channel, after scaling
 * @param deviation of each channel, after scaling
 */
public record Preprocessing(
        int size, Resample resample, double cropPct, double rescaleFactor, List<Double> mean, List<Double> deviation) {
    /** Name of the file beside the weights. */
    public static final String FILE = "preprocessor_config.json";

    /** Where a weight or ONNX file that stands alone carries it, among its metadata. */
    public static final String METADATA = "cryonext.preprocessor";

    private static final double DEFAULT_CROP = 224 / 256.0;

    /** PIL's filters, in the order of its codes. */
    public enum Resample {
        NEAREST,
        LANCZOS,
        BILINEAR,
        BICUBIC,
        BOX,
        HAMMING;

        /** The filter of this name, in any case. */
        static Optional<Resample> named(String name) {
            return Arrays.stream(values())
                    .filter(r -> r.name().equalsIgnoreCase(name))
                    .findFirst();
        }
    }

    /** Copies the lists. */
    public Preprocessing {
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
    }

    /** ImageNet's statistics at a size, bicubic: the published models' preprocessing. */
    public static Preprocessing imageNet(int size) {
        return new Preprocessing(
                size,
                Resample.BICUBIC,
                DEFAULT_CROP,
                1 / 255.0,
                List.of(0.485, 0.456, 0.406),
                List.of(0.229, 0.224, 0.225));
    }

    /**
     * The preprocessing of images for which there are no statistics, those of other than three channels: bytes become
     * -2 to 2.
     */
    public static Preprocessing plain(int size, int channels) {
        return new Preprocessing(
                size,
                Resample.BICUBIC,
                DEFAULT_CROP,
                1 / 255.0,
                Collections.nCopies(channels, 0.5),
                Collections.nCopies(channels, 0.25));
    }

    /** What is usual for a number of channels. */
    public static Preprocessing usual(int size, int channels) {
        return channels == ConvNextConfig.COLOURS ? imageNet(size) : plain(size, channels);
    }

    /**
     * This, for images of so many channels.
     *
     * @param file where it stands
     * @throws InputException if it is for others
     */
    Preprocessing requireChannels(int channels, Path file) {
        if (mean.size() != channels) {
            throw new InputException(file + ": image_mean and image_std have " + mean.size()
                    + " numbers, but the model's images have " + channels + " channels");
        }
        return this;
    }

    /**
     * Reads a {@code preprocessor_config.json}; what is absent has ConvNextImageProcessor's default, ImageNet's
     * statistics for mean and deviation.
     *
     * @throws InputException if a value makes no sense
     */
    public static Preprocessing read(Path file) {
        return read(JsonFile.read(file));
    }

    /**
     * Reads what {@link #read(Path)} does out of another file.
     *
     * @param file where the text stands, for the messages
     * @throws InputException if a value makes no sense
     */
    public static Preprocessing parse(Path file, String json) {
        return read(JsonFile.parse(file, json).requireObject());
    }

    static Preprocessing read(JsonFile json) {
        boolean normalised = flag(json, "do_normalize");
        boolean rescaled = flag(json, "do_rescale");
        Preprocessing usual = imageNet(224);
        return new Preprocessing(
                        size(json),
                        resample(json),
                        json.number("crop_pct").orElse(DEFAULT_CROP),
                        rescaled ? json.number("rescale_factor").orElse(usual.rescaleFactor()) : 1,
                        normalised ? json.numbers("image_mean").orElse(usual.mean()) : List.of(0.0, 0.0, 0.0),
                        normalised ? json.numbers("image_std").orElse(usual.deviation()) : List.of(1.0, 1.0, 1.0))
                .checked(json, "image_mean", "image_std");
    }

    /** This, if its numbers can be used; the keys are those they were read under. */
    Preprocessing checked(JsonFile json, String meanKey, String deviationKey) {
        if (!(cropPct > 0 && cropPct <= 1)) {
            throw json.unexpected("crop_pct", cropPct, "a number above 0 and up to 1");
        }
        if (mean.isEmpty()) {
            throw json.unexpected(meanKey, mean, "a number for each channel");
        }
        if (deviation.size() != mean.size() || deviation.stream().anyMatch(d -> !(d > 0))) {
            throw json.unexpected(
                    deviationKey, deviation, (mean.size() == 3 ? "three" : mean.size()) + " positive numbers");
        }
        return this;
    }

    private static boolean flag(JsonFile json, String key) {
        return json.get(key).map(JsonNode::asBoolean).orElse(true);
    }

    /** A number in old files, an object in new ones. */
    private static int size(JsonFile json) {
        JsonNode node = json.get("size").orElse(null);
        if (node == null) {
            return 384;
        }
        JsonNode edge = node.isObject() ? node.get(node.has("shortest_edge") ? "shortest_edge" : "height") : node;
        boolean square =
                !node.isObject() || !node.has("height") || node.get("height").equals(node.get("width"));
        if (edge == null || !edge.isIntegralNumber() || !edge.canConvertToInt() || edge.asInt() < 1 || !square) {
            throw json.unexpected("size", node, "{\"shortest_edge\": pixels}");
        }
        return edge.asInt();
    }

    private static Resample resample(JsonFile json) {
        int code = json.integer("resample").orElse(Resample.BICUBIC.ordinal());
        if (code < 0 || code >= Resample.values().length) {
            throw json.unexpected("resample", code, "one of PIL's filters, 0 to 5");
        }
        return Resample.values()[code];
    }

    /** Writes a {@code preprocessor_config.json} that transformers' AutoImageProcessor reads. */
    public void write(Path file) {
        JsonFile.write(file, object());
    }

    /** What {@link #write} writes, as one line. */
    public String text() {
        return object().toString();
    }

    private ObjectNode object() {
        ObjectNode root = JsonFile.object();
        root.put("crop_pct", cropPct);
        root.put("do_normalize", true);
        root.put("do_rescale", true);
        root.put("do_resize", true);
        mean.forEach(root.putArray("image_mean")::add);
        root.put("image_processor_type", "ConvNextImageProcessor");
        deviation.forEach(root.putArray("image_std")::add);
        root.put("resample", resample.ordinal());
        root.put("rescale_factor", rescaleFactor);
        root.putObject("size").put("shortest_edge", size);
        return root;
    }

    /** For instance {@code 224 x 224, bicubic}. */
    @Override
    public String toString() {
        return size + " x " + size + ", " + resample.name().toLowerCase(Locale.ROOT);
    }
}
