package org.cryonext.models.inspect;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.io.OneLine;

/**
 * What there is to know about a model.
 *
 * @param title one line: the file and what it is
 * @param facts in the order in which they are shown
 * @param architecture the parts of a ConvNeXt; empty for another network
 * @param operators of an ONNX file by name, with how many nodes have them, the most frequent first
 * @param graph an ONNX file's graph; empty for weights, and where it is not understood
 */
public record Inspection(
        String title,
        List<Fact> facts,
        Optional<Architecture> architecture,
        SequencedMap<String, Long> operators,
        Optional<Graph> graph) {
    public Inspection {
        title = OneLine.of(title);
        facts = List.copyOf(facts);
        SequencedMap<String, Long> printable = new LinkedHashMap<>();
        operators.forEach((name, count) -> printable.merge(OneLine.of(name), count, Long::sum));
        operators = Collections.unmodifiableSequencedMap(printable);
    }
}
