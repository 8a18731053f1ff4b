package org.cryonext.cryoet.export;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.cryoet.run.Channels;
import org.cryonext.cryoet.run.Fusion;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.run.ProfileInput;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.convnext.ConvNext;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.HeadInput;
import org.cryonext.models.export.Attribute;
import org.cryonext.models.export.Dim;
import org.cryonext.models.export.OnnxConvNext;
import org.cryonext.models.export.OnnxGraph;
import org.cryonext.models.export.OnnxValue;

/**
 * The ONNX graph of an export: slices or images of particles, the network, and one answer a particle; or single images
 * and their logits.
 */
final class ParticleGraph {
    private final ExportSource source;
    private final ExportSettings settings;
    private final OnnxGraph graph;
    private final boolean fused;
    /** Images of a particle; 0 where an image stands alone. */
    private final int images;

    private final Dim batch;

    private ParticleGraph(ExportSource source, ExportSettings settings) {
        this.source = source;
        this.settings = settings;
        graph = new OnnxGraph(settings.opset());
        fused = isFused(source, settings);
        HeadInput head = source.checkpoint().config().head();
        images = fused ? source.input().orElseThrow().images() : head.isOfOneImage() ? 0 : head.images();
        batch = settings.dynamic() ? new Dim.Symbolic("batch") : new Dim.Fixed(1);
    }

    /** Whether the graph takes all views of a particle; a checkpoint by itself knows of none. */
    static boolean isFused(ExportSource source, ExportSettings settings) {
        return source.input().isPresent() && !settings.singleView();
    }

    /** @throws InputException if slices are wanted of a checkpoint that is not a run's, or the images are too small */
    static OnnxGraph of(ExportSource source, ExportSettings settings) {
        int smallest = ConvNext.minimumSize(source.checkpoint().config());
        if (source.imageSize() < smallest) {
            throw new InputException(settings.source() + " has images of " + source.imageSize() + " x "
                    + source.imageSize() + " pixels; its network needs at least " + smallest + " x " + smallest);
        }
        if (settings.singleView() && !source.checkpoint().config().head().isOfOneImage()) {
            throw new InputException("--single-view takes single images, and the classifier of " + settings.source()
                    + " reads the features of "
                    + source.checkpoint().config().head().images()
                    + " together; leave it out");
        }
        return new ParticleGraph(source, settings).build();
    }

    private OnnxGraph build() {
        ConvNextConfig config = source.checkpoint().config();
        OnnxValue x = settings.preprocess() ? fromSlices() : images();
        OnnxValue logits = OnnxConvNext.add(graph, source.checkpoint(), settings.floats(), x, profile());
        List<Dim> shape = List.of(
                batch,
                new Dim.Fixed(
                        config.hasClassifier()
                                ? config.classes()
                                : config.head().inputs(config.features())));
        if (fused) {
            NetworkInput input = source.input().orElseThrow();
            FusedViews answer =
                    FusedViews.add(graph, calibrated(logits, input), input.answers(), config.classes(), input.fusion());
            graph.output("logits", answer.logits(), shape);
            graph.output("probabilities", answer.probabilities(), shape);
        } else {
            graph.output(config.hasClassifier() ? "logits" : "pooled", logits, shape);
        }
        return graph;
    }

    /** Means of logits are divided by the temperature, as the logits are that they are means of. */
    private OnnxValue calibrated(OnnxValue logits, NetworkInput input) {
        return input.fusion() == Fusion.PROBABILITIES || source.temperature() == 1
                ? logits
                : graph.add("Div", List.of(logits, graph.scalar(DType.F32, source.temperature())));
    }

    private OnnxValue fromSlices() {
        NetworkInput input = source.input()
                .orElseThrow(() -> new InputException("--preprocess needs the folder of a run, which says how slices"
                        + " become images; " + settings.source() + " is a checkpoint"));
        Dim edge = new Dim.Fixed(input.crop());
        int slices = fused ? input.views().size() : input.channels() == Channels.VIEWS ? input.viewsAnImage() : 0;
        return SliceImages.add(graph, graph.input("slices", DType.U8, shape(slices, edge, edge)), input);
    }

    /** F32 [batch, numbers], standardised; null where the network reads none. A run knows how to standardise it. */
    private OnnxValue profile() {
        int numbers = source.checkpoint().config().head().profile();
        if (numbers == 0) {
            return null;
        }
        OnnxValue given = graph.input("profile", DType.F32, List.of(batch, new Dim.Fixed(numbers)));
        if (!fused) {
            return given;
        }
        ProfileInput beside = source.input().orElseThrow().profile();
        graph.scope("profile");
        OnnxValue centred = graph.add("Sub", List.of(given, row("profile/mean", beside.mean())));
        return graph.add("Div", List.of(centred, row("profile/deviation", beside.deviation())));
    }

    private OnnxValue row(String name, List<Double> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i).floatValue();
        }
        return graph.constant(name, Tensor.of(floats, 1, floats.length));
    }

    /** F32 [images, C, H, W]. */
    private OnnxValue images() {
        int size = source.imageSize();
        int channels = source.checkpoint().config().channels();
        boolean dynamic = settings.dynamic();
        OnnxValue x = graph.input(
                "images",
                DType.F32,
                shape(
                        images,
                        new Dim.Fixed(channels),
                        dynamic ? new Dim.Symbolic("height") : new Dim.Fixed(size),
                        dynamic ? new Dim.Symbolic("width") : new Dim.Fixed(size)));
        if (images == 0) {
            return x;
        }
        graph.scope("views");
        if (!dynamic) {
            return graph.reshape(x, -1, channels, size, size);
        }
        OnnxValue target =
                graph.add("Concat", List.of(graph.numbers(-1), graph.shape(x, 2, 5)), new Attribute.Whole("axis", 0));
        return graph.add("Reshape", List.of(x, target));
    }

    /** [batch, each, ...], or [batch, ...] where {@code each} is 0. */
    private List<Dim> shape(int each, Dim... rest) {
        List<Dim> dims = new ArrayList<>();
        dims.add(batch);
        if (each > 0) {
            dims.add(new Dim.Fixed(each));
        }
        dims.addAll(List.of(rest));
        return dims;
    }
}
