package org.cryonext.cryoet.export;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.cryoet.run.Channels;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.tensor.DType;
import org.cryonext.models.convnext.ConvNext;
import org.cryonext.models.convnext.ConvNextConfig;
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
    private static final Dim RGB = new Dim.Fixed(3);

    private final ExportSource source;
    private final ExportSettings settings;
    private final OnnxGraph graph;
    private final boolean fused;
    private final Dim batch;

    private ParticleGraph(ExportSource source, ExportSettings settings) {
        this.source = source;
        this.settings = settings;
        graph = new OnnxGraph(settings.opset());
        fused = isFused(source, settings);
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
        if (source.input().map(input -> input.channels() == Channels.VIEWS).orElse(false)) {
            throw new InputException(
                    settings.source() + " was trained with --channels views, which an ONNX file cannot say"
                            + " yet; its checkpoint in best/ is in Hugging Face's layout and takes images of three slices");
        }
        return new ParticleGraph(source, settings).build();
    }

    private OnnxGraph build() {
        ConvNextConfig config = source.checkpoint().config();
        OnnxValue images = settings.preprocess() ? fromSlices() : images();
        OnnxValue logits = OnnxConvNext.add(graph, source.checkpoint(), settings.floats(), images);
        List<Dim> shape = List.of(batch, new Dim.Fixed(config.hasClassifier() ? config.classes() : config.features()));
        if (fused) {
            NetworkInput input = source.input().orElseThrow();
            FusedViews answer = FusedViews.add(graph, logits, input.views().size(), config.classes(), input.fusion());
            graph.output("logits", answer.logits(), shape);
            graph.output("probabilities", answer.probabilities(), shape);
        } else {
            graph.output(config.hasClassifier() ? "logits" : "pooled", logits, shape);
        }
        return graph;
    }

    private OnnxValue fromSlices() {
        NetworkInput input = source.input()
                .orElseThrow(() -> new InputException("--preprocess needs the folder of a run, which says how slices"
                        + " become images; " + settings.source() + " is a checkpoint"));
        Dim edge = new Dim.Fixed(input.crop());
        return SliceImages.add(graph, graph.input("slices", DType.U8, shape(edge, edge)), input);
    }

    /** F32 [images, 3, H, W]. */
    private OnnxValue images() {
        int size = source.imageSize();
        boolean dynamic = settings.dynamic();
        OnnxValue x = graph.input(
                "images",
                DType.F32,
                shape(
                        RGB,
                        dynamic ? new Dim.Symbolic("height") : new Dim.Fixed(size),
                        dynamic ? new Dim.Symbolic("width") : new Dim.Fixed(size)));
        if (!fused) {
            return x;
        }
        graph.scope("views");
        if (!dynamic) {
            return graph.reshape(x, -1, 3, size, size);
        }
        OnnxValue target =
                graph.add("Concat", List.of(graph.numbers(-1), graph.shape(x, 2, 5)), new Attribute.Whole("axis", 0));
        return graph.add("Reshape", List.of(x, target));
    }

    /** [batch, views, ...] or [batch, ...]. */
    private List<Dim> shape(Dim... rest) {
        List<Dim> dims = new ArrayList<>();
        dims.add(batch);
        if (fused) {
            dims.add(new Dim.Fixed(source.input().orElseThrow().views().size()));
        }
        dims.addAll(List.of(rest));
        return dims;
    }
}
