package org.cryonext.models.inspect;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.op.Cost;
import org.cryonext.engine.op.Input;
import org.cryonext.engine.op.Variable;
import org.cryonext.engine.pass.DeadNodes;
import org.cryonext.engine.pass.FuseLinear;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.models.convnext.ConvNext;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Parameter;
import org.cryonext.models.convnext.Size;

/**
 * A ConvNeXt and what its parts take for one sample, mostly an image, in the graph that classification runs.
 *
 * @param config the model
 * @param imageSize height and width of the image
 * @param parts in the order of the data: stem, four stages, head
 */
public record Architecture(ConvNextConfig config, int imageSize, List<PartCost> parts) {
    public Architecture {
        parts = List.copyOf(parts);
    }

    /** @throws org.cryonext.engine.io.InputException if the image is too small for the model */
    public static Architecture of(ConvNextConfig config, int imageSize) {
        Graph graph = new Graph();
        int images = config.head().images();
        ConvNext.Outputs outputs =
                ConvNext.add(graph, config, graph.input("x", ConvNext.images(config, images, imageSize, imageSize)));
        graph.output("y", config.hasClassifier() ? outputs.logits() : outputs.pooled());
        Graph run = FuseLinear.apply(DeadNodes.remove(graph));
        List<Parameter> parameters = Parameter.of(config);
        List<PartCost> parts = new ArrayList<>();
        parts.add(part("stem", 0, outputs.stem().shape(), run, parameters, p -> switch (p.layer()) {
            case STEM_CONV, STEM_NORM -> true;
            default -> false;
        }));
        for (int s = 0; s < ConvNextConfig.STAGES; s++) {
            int stage = s;
            Shape output = outputs.stages().get(s).shape();
            parts.add(part("stage " + s, config.depths().get(s), output, run, parameters, p -> p.stage() == stage));
        }
        parts.add(part("head", 0, run.output("y").shape(), run, parameters, p -> switch (p.layer()) {
            case FINAL_NORM, CLASSIFIER, PROFILE -> true;
            default -> false;
        }));
        return new Architecture(config, imageSize, parts);
    }

    private static PartCost part(
            String name, int blocks, Shape output, Graph graph, List<Parameter> all, Predicate<Parameter> belongs) {
        String scope = name.replace("stage ", "stages.");
        Cost cost = graph.nodes().stream()
                .filter(node -> node.scope().equals(scope) || node.scope().startsWith(scope + "."))
                .filter(node -> !(node.op() instanceof Variable || node.op() instanceof Input))
                .map(Node::cost)
                .reduce(new Cost(0, 0), Cost::plus);
        long parameters =
                all.stream().filter(belongs).mapToLong(p -> p.shape().size()).sum();
        long[] dims = output.toArray();
        Shape image = Shape.of(Arrays.copyOfRange(dims, 1, dims.length));
        return new PartCost(name, blocks, image, parameters, cost);
    }

    /** For instance {@code ConvNeXt V1, tiny}; without a size where it is none of the named ones. */
    public String name() {
        return "ConvNeXt " + config.version()
                + Arrays.stream(Size.values())
                        .filter(size -> size.depths().equals(config.depths())
                                && size.dims().equals(config.dims()))
                        .map(size -> ", " + size)
                        .collect(Collectors.joining());
    }

    /** For instance {@code ConvNeXt V1, tiny, depths 3,3,9,3, dims 96,192,384,768, 12 classes}. */
    public String summary() {
        return name() + ", " + config.details();
    }

    /** Number of values in all parameters. */
    public long parameters() {
        return parts.stream().mapToLong(PartCost::parameters).sum();
    }

    /** What all parts take together. */
    public Cost cost() {
        return parts.stream().map(PartCost::cost).reduce(new Cost(0, 0), Cost::plus);
    }
}
