package org.cryonext.cryoet.export;

import java.util.List;
import org.cryonext.cryoet.run.Fusion;
import org.cryonext.models.export.Attribute;
import org.cryonext.models.export.OnnxGraph;
import org.cryonext.models.export.OnnxValue;

/**
 * One answer for a particle from the logits of its images.
 *
 * @param logits F32 [particles, classes]; their softmax is the probabilities, whatever the fusion
 * @param probabilities F32 [particles, classes]
 */
record FusedViews(OnnxValue logits, OnnxValue probabilities) {

    /**
     * Adds the fusion of views to a graph.
     *
     * @param logits F32 [particles * answers, classes]
     */
    static FusedViews add(OnnxGraph graph, OnnxValue logits, int answers, int classes, Fusion fusion) {
        graph.scope("fusion");
        Attribute lastAxis = new Attribute.Whole("axis", -1);
        if (fusion.isOfFeatures()) {
            return new FusedViews(logits, graph.add("Softmax", List.of(logits), lastAxis));
        }
        OnnxValue each = graph.reshape(logits, -1, answers, classes);
        if (fusion == Fusion.PROBABILITIES) {
            OnnxValue softmax = graph.add("Softmax", List.of(each), lastAxis);
            // Not the logarithm of the mean, which is -infinity where a probability is too small for F32.
            OnnxValue sum = graph.reduce("ReduceLogSumExp", graph.add("LogSoftmax", List.of(each), lastAxis), false, 1);
            OnnxValue mean = graph.add("Sub", List.of(sum, graph.scalar(sum.type(), Math.log(answers))));
            return new FusedViews(mean, graph.reduce("ReduceMean", softmax, false, 1));
        }
        OnnxValue mean = graph.reduce("ReduceMean", each, false, 1);
        return new FusedViews(mean, graph.add("Softmax", List.of(mean), lastAxis));
    }
}
