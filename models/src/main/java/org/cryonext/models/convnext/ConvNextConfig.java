package org.cryonext.models.convnext;

import java.util.List;
import java.util.stream.IntStream;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.op.Activation;

/**
 * Everything that shapes a ConvNeXt, with a classifier or without.
 *
 * @param version the architecture
 * @param depths blocks of each of the four stages, each at least 1
 * @param dims channels of each stage
 * @param patchSize kernel and stride of the stem; 4 in every published model
 * @param channels of the images; 3 in every published model
 * @param head what the classifier reads of a sample; one image's features in every published model
 * @param labels class names, in the order of the logits; none for a model without a classifier, which gives features
 * @param headEpsilon epsilon of the last LayerNorm; all others have 1e-6. Hugging Face's models have 1e-12, timm's,
 *     torchvision's and the authors' 1e-6
 * @param activation the form of GELU
 * @param dropPathRate probability that the last block is left out for a sample in training; it grows linearly from 0
 *     at the first block
 * @param layerScaleInit initial layer scale of V1; 0 for a V1 without layer scale; ignored by V2
 */
public record ConvNextConfig(
        Version version,
        List<Integer> depths,
        List<Integer> dims,
        int patchSize,
        int channels,
        HeadInput head,
        List<String> labels,
        double headEpsilon,
        Activation activation,
        double dropPathRate,
        double layerScaleInit) {
    /** Number of stages. */
    public static final int STAGES = 4;

    /** Channels of an image where nothing else is said. */
    public static final int COLOURS = 3;

    /** Edge of the depthwise kernels. */
    public static final int KERNEL = 7;

    /** Channels between the two linear layers of a block, as a multiple of its own. */
    public static final int EXPANSION = 4;

    /** Most channels of a stage, and most blocks: far more than any model has. */
    public static final int MOST_CHANNELS = 1 << 16;

    /** Far more than any data set has; files that claim more are damaged. */
    public static final int MOST_CLASSES = 1 << 20;

    /** Epsilon of every LayerNorm but the last, and of GRN. */
    public static final double EPSILON = 1e-6;

    /** Hugging Face's epsilon of the last LayerNorm. */
    public static final double HUGGING_FACE_HEAD_EPSILON = 1e-12;

    /** @throws InputException if a number is outside what a ConvNeXt can have */
    public ConvNextConfig {
        depths = List.copyOf(depths);
        dims = List.copyOf(dims);
        labels = List.copyOf(labels);
        requireStages("depths", depths);
        requireStages("dims", dims);
        requireClasses(labels.size());
        require(patchSize >= 1, "patch size " + patchSize + ", expected at least 1");
        require(
                channels >= 1 && channels <= MOST_CHANNELS,
                "images of " + channels + " channels, expected 1 to " + MOST_CHANNELS);
        require(headEpsilon > 0, "epsilon " + headEpsilon + " of the last LayerNorm, expected a positive number");
        require(activation != Activation.NONE, "no activation, expected a form of GELU");
        require(dropPathRate >= 0 && dropPathRate < 1, "drop path rate " + dropPathRate + ", expected 0 to below 1");
        require(layerScaleInit >= 0, "initial layer scale " + layerScaleInit + ", expected 0 or more");
    }

    /** A model of images of three channels, each a sample of its own. */
    public ConvNextConfig(
            Version version,
            List<Integer> depths,
            List<Integer> dims,
            int patchSize,
            List<String> labels,
            double headEpsilon,
            Activation activation,
            double dropPathRate,
            double layerScaleInit) {
        this(
                version,
                depths,
                dims,
                patchSize,
                COLOURS,
                HeadInput.IMAGE,
                labels,
                headEpsilon,
                activation,
                dropPathRate,
                layerScaleInit);
    }

    /** A model as the papers and Hugging Face define it, with labels LABEL_0, LABEL_1, .... */
    public static ConvNextConfig of(Version version, List<Integer> depths, List<Integer> dims, int classes) {
        return new ConvNextConfig(
                version, depths, dims, 4, numbered(classes), HUGGING_FACE_HEAD_EPSILON, Activation.GELU, 0, 1e-6);
    }

    /** A model of a named size. */
    public static ConvNextConfig of(Version version, Size size, int classes) {
        return of(version, size.depths(), size.dims(), classes);
    }

    /**
     * Hugging Face's placeholder labels.
     *
     * @throws InputException if there are more than a model can have
     */
    public static List<String> numbered(int classes) {
        requireClasses(classes);
        return IntStream.range(0, classes).mapToObj(i -> "LABEL_" + i).toList();
    }

    /** Number of classes; 0 where there is no classifier. */
    public int classes() {
        return labels.size();
    }

    /** Whether the features go through a classifier. */
    public boolean hasClassifier() {
        return !labels.isEmpty();
    }

    /** Whether the blocks have a layer scale. */
    public boolean hasLayerScale() {
        return version == Version.V1 && layerScaleInit > 0;
    }

    /** Channels of the last stage, which the head reads. */
    public int features() {
        return dims.getLast();
    }

    /** Drop path probability of block {@code block} of stage {@code stage}. */
    public double dropPathRate(int stage, int block) {
        int blocks = depths.stream().mapToInt(Integer::intValue).sum();
        int before =
                depths.subList(0, stage).stream().mapToInt(Integer::intValue).sum();
        return blocks == 1 ? 0 : dropPathRate * (before + block) / (blocks - 1);
    }

    /** The same model for other classes; without a classifier for none. */
    public ConvNextConfig withLabels(List<String> names) {
        return changed(patchSize, channels, head, names, dropPathRate);
    }

    /** The same model for images of so many channels, of which the stem takes patches of this edge. */
    public ConvNextConfig withImages(int imageChannels, int patch) {
        return changed(patch, imageChannels, head, labels, dropPathRate);
    }

    /** The same model with a head that reads something else of a sample. */
    public ConvNextConfig withHead(HeadInput other) {
        return changed(patchSize, channels, other, labels, dropPathRate);
    }

    /** The same model with another drop path rate. */
    public ConvNextConfig withDropPathRate(double rate) {
        return changed(patchSize, channels, head, labels, rate);
    }

    private ConvNextConfig changed(int patch, int imageChannels, HeadInput reads, List<String> names, double rate) {
        return new ConvNextConfig(
                version,
                depths,
                dims,
                patch,
                imageChannels,
                reads,
                names,
                headEpsilon,
                activation,
                rate,
                layerScaleInit);
    }

    /** For instance {@code ConvNeXt V1, depths 3,3,9,3, dims 96,192,384,768, 12 classes}. */
    public String summary() {
        return "ConvNeXt " + version + ", " + details();
    }

    /** For instance {@code depths 3,3,9,3, dims 96,192,384,768, 12 classes}. */
    public String details() {
        return "depths " + commas(depths) + ", dims " + commas(dims) + ", "
                + (channels == COLOURS ? "" : "images of " + channels + (channels == 1 ? " channel, " : " channels, "))
                + switch (head.features()) {
                    case IMAGE -> "";
                    case MEAN -> "mean features of " + head.images() + " images, ";
                    case CONCAT -> "features of " + head.images() + " images, ";
                }
                + (head.profile() == 0 ? "" : "a profile of " + head.profile() + " numbers, ")
                + (hasClassifier() ? classes() + (classes() == 1 ? " class" : " classes") : "no classifier");
    }

    private static String commas(List<Integer> values) {
        return String.join(",", values.stream().map(String::valueOf).toList());
    }

    private static void requireClasses(int classes) {
        require(
                classes >= 0 && classes <= MOST_CLASSES,
                classes + " classes, expected at most " + MOST_CLASSES + ", or none for features alone");
    }

    private static void requireStages(String what, List<Integer> values) {
        require(
                values.size() == STAGES && values.stream().allMatch(v -> v >= 1 && v <= MOST_CHANNELS),
                what + " " + values + ", expected four numbers from 1 to " + MOST_CHANNELS);
    }

    private static void require(boolean valid, String found) {
        if (!valid) {
            throw new InputException("Not a usable ConvNeXt: " + found);
        }
    }
}
