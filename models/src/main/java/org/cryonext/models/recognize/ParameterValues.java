package org.cryonext.models.recognize;

import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Parameter;

/**
 * Takes a model's parameters from what was found.
 *
 * @param algebra has the constants
 * @param trunk stem and stages
 * @param finalNorm the LayerNorm behind the pooling, if the file has one
 * @param classifier the last layer, if the file has one
 */
record ParameterValues(Algebra algebra, Trunk trunk, Optional<Norm> finalNorm, Optional<Affine> classifier) {

    /** All of them by name. */
    SequencedMap<String, Tensor> of(ConvNextConfig config) {
        SequencedMap<String, Tensor> all = new LinkedHashMap<>();
        Parameter.of(config).forEach(p -> all.put(p.name(), value(p)));
        return all;
    }

    private Tensor value(Parameter p) {
        Trunk.Stage stage = p.stage() < 0 ? null : trunk.stages().get(p.stage());
        Block block = p.block() < 0 ? null : stage.blocks().get(p.block());
        return switch (p.layer()) {
            case STEM_CONV -> layer(p, trunk.stem());
            case STEM_NORM -> norm(p, trunk.stemNorm());
            case DOWNSAMPLE_NORM -> norm(p, stage.downsample().orElseThrow().norm());
            case DOWNSAMPLE_CONV -> layer(p, stage.downsample().orElseThrow().convolution());
            case DEPTHWISE -> layer(p, block.depthwise());
            case NORM -> norm(p, block.norm());
            case EXPAND -> layer(p, block.expand());
            case GRN -> norm(p, block.grn().orElseThrow());
            case CONTRACT -> layer(p, block.contract());
            case LAYER_SCALE ->
                block.layerScale().orElse(Coefficient.ONE).tensor(p.shape().dim(0));
            case FINAL_NORM ->
                finalNorm
                        .map(n -> norm(p, n))
                        .orElseGet(() -> new Coefficient(p.bias() ? 0 : 1)
                                .tensor(p.shape().dim(0)));
            case CLASSIFIER -> layer(p, classifier.orElseThrow());
            case PROFILE -> throw new IllegalStateException("no ONNX file that is recognised has a profile");
        };
    }

    private Tensor layer(Parameter p, Affine found) {
        return p.bias() ? found.bias(algebra) : found.weight(algebra, p.shape().rank() == 3);
    }

    private static Tensor norm(Parameter p, Norm found) {
        return (p.bias() ? found.bias() : found.weight()).tensor(p.shape().dim(0));
    }
}
