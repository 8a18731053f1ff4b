package org.cryonext.models.recognize;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.PatchConv;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.HeadInput;
import org.cryonext.models.convnext.Version;

/** Finds the ConvNeXt in a graph of primitives. */
final class Recognizer {
    private final Refusal refusal;
    private final Algebra algebra;
    private final SequencedMap<String, Laid> outputs;
    private final Epsilons epsilons;
    private final double tolerance;
    private final List<String> report = new ArrayList<>();

    private Recognizer(Refusal refusal, ChannelsLast.Result graph, double tolerance) {
        this.refusal = refusal;
        this.algebra = new Algebra(graph.constants());
        this.outputs = graph.outputs();
        this.epsilons = new Epsilons(tolerance, refusal);
        this.tolerance = tolerance;
    }

    /**
     * @param graph primitives, as {@code models.onnx} reads them
     * @param constants values of its variables by name
     * @param file where it comes from, for messages
     * @param tolerance how far constants may be off, because of the file's element type: relative
     * @throws org.cryonext.engine.io.InputException naming the first node that does not fit
     */
    static Recognition recognize(Graph graph, Map<String, Tensor> constants, String file, double tolerance) {
        Refusal refusal = new Refusal(file);
        ChannelsLast.Result result = ChannelsLast.apply(graph, constants, refusal);
        return new Recognizer(refusal, result, tolerance).recognize(result.image());
    }

    private Recognition recognize(Laid image) {
        HeadMatcher heads = new HeadMatcher(algebra, refusal);
        SequencedMap<String, Feature> features = new LinkedHashMap<>();
        outputs.forEach((name, output) -> features.put(name, heads.match(output)));
        Value last = features.values().stream()
                .map(Feature::map)
                .max(Comparator.comparingInt(value -> value.node().id()))
                .orElseThrow();
        BlockMatcher blocks = new BlockMatcher(algebra, new GeluPattern(algebra, tolerance), epsilons, refusal);
        Trunk trunk = new TrunkMatcher(algebra, blocks, epsilons, refusal).match(last);

        SequencedMap<String, Recognition.Output> found = new LinkedHashMap<>();
        Optional<Norm> finalNorm = Optional.empty();
        Optional<Affine> classifier = Optional.empty();
        for (Map.Entry<String, Feature> entry : features.entrySet()) {
            String name = name(entry.getKey(), entry.getValue(), trunk);
            Recognition.Then then = new Recognition.Nothing();
            switch (entry.getValue()) {
                case Feature.Logits logits -> {
                    finalNorm = Optional.of(same(finalNorm, logits.norm()));
                    if (classifier.isPresent()) {
                        throw refusal.of(logits.classifier().anchor(), "is a second classifier, expected one");
                    }
                    classifier = Optional.of(logits.classifier());
                }
                case Feature.Pooled pooled -> finalNorm = Optional.of(same(finalNorm, pooled.norm()));
                case Feature.Means means -> then = new Recognition.Mean();
                case Feature.NormalisedMap map -> then = normalised(map, name);
                case Feature.Map map -> {}
            }
            found.put(entry.getKey(), new Recognition.Output(name, then, outputs.get(entry.getKey())));
        }
        ConvNextConfig config = config(trunk, finalNorm, classifier);
        SequencedMap<String, Tensor> parameters = new ParameterValues(algebra, trunk, finalNorm, classifier).of(config);
        return new Recognition(config, parameters, image, found, List.copyOf(report));
    }

    private Norm same(Optional<Norm> before, Norm norm) {
        if (before.isPresent() && !before.orElseThrow().place().equals(norm.place())) {
            throw refusal.of(norm.place(), "belongs to a second LayerNorm behind the pooling, expected one");
        }
        return norm;
    }

    /** What the engine calls an output of the file. */
    private String name(String output, Feature feature, Trunk trunk) {
        List<Value> maps = trunk.stages().stream().map(Trunk.Stage::y).toList();
        Value map = feature.map();
        boolean last = map.equals(maps.getLast());
        return switch (feature) {
            case Feature.Logits logits when last -> "logits";
            case Feature.Pooled pooled when last -> "pooled";
            case Feature.Logits logits -> throw noOutput(output);
            case Feature.Pooled pooled -> throw noOutput(output);
            default -> {
                if (map.equals(trunk.stemOutput())) {
                    yield "stem";
                }
                if (!maps.contains(map)) {
                    throw noOutput(output);
                }
                yield "stage" + maps.indexOf(map);
            }
        };
    }

    private InputException noOutput(String output) {
        return refusal.of(
                outputs.get(output).value().node(),
                "gives the output " + output + ", which is neither logits nor features of a whole stage");
    }

    private Recognition.Then normalised(Feature.NormalisedMap map, String name) {
        long channels = map.map().shape().channels();
        report.add("The LayerNorm over the feature map " + name + " is left out: a ConvNeXt has none there");
        return new Recognition.Normalised(
                map.norm().weight().tensor(channels),
                map.norm().bias().tensor(channels),
                map.norm().epsilon());
    }

    private ConvNextConfig config(Trunk trunk, Optional<Norm> finalNorm, Optional<Affine> classifier) {
        List<Block> blocks = trunk.blocks();
        boolean second = blocks.getFirst().grn().isPresent();
        Activation activation = blocks.getFirst().activation();
        for (Block block : blocks) {
            if (block.grn().isPresent() != second) {
                throw refusal.of(
                        block.contract().anchor(),
                        "belongs to a block with" + (second ? "out" : "") + " global response normalisation, expected"
                                + " all blocks or none to have it");
            }
            if (block.activation() != activation) {
                throw refusal.of(
                        block.contract().anchor(), "belongs to a block with another form of GELU than the first");
            }
        }
        boolean scaled = blocks.stream().anyMatch(block -> block.layerScale().isPresent());
        return new ConvNextConfig(
                second ? Version.V2 : Version.V1,
                trunk.stages().stream().map(stage -> stage.blocks().size()).toList(),
                trunk.stages().stream()
                        .map(stage -> Math.toIntExact(stage.y().shape().channels()))
                        .toList(),
                ((PatchConv) trunk.stem().anchor().op()).k(),
                Math.toIntExact(trunk.stem().anchor().input("x").shape().channels()),
                HeadInput.IMAGE,
                classifier
                        .map(c -> ConvNextConfig.numbered(Math.toIntExact(c.outputs())))
                        .orElse(List.of()),
                headEpsilon(finalNorm),
                activation,
                0,
                second || scaled ? 1e-6 : 0);
    }

    private double headEpsilon(Optional<Norm> finalNorm) {
        if (finalNorm.isEmpty()) {
            report.add("It has no LayerNorm behind the pooling; it gets one of weight 1 and bias 0 with epsilon "
                    + ConvNextConfig.EPSILON);
            return ConvNextConfig.EPSILON;
        }
        double found = finalNorm.orElseThrow().epsilon();
        if (found == 0) {
            // F16 has no number as small as transformers' 1e-12.
            report.add("The epsilon of its last LayerNorm is 0; " + ConvNextConfig.HUGGING_FACE_HEAD_EPSILON
                    + " is taken instead");
            return ConvNextConfig.HUGGING_FACE_HEAD_EPSILON;
        }
        return epsilons.exact(found);
    }
}
