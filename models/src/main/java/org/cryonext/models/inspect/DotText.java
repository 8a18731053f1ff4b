package org.cryonext.models.inspect;

import java.util.StringJoiner;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Input;
import org.cryonext.engine.op.Variable;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.models.convnext.ConvNextConfig;

/** Networks in Graphviz's language. */
final class DotText {
    private DotText() {}

    /** The blocks of a ConvNeXt, a box for each stage around its own. */
    static String of(Architecture architecture) {
        ConvNextConfig config = architecture.config();
        StringJoiner dot = new StringJoiner("\n", header(config.summary()), "\n}\n");
        int size = architecture.imageSize();
        dot.add(node("image", "image\n" + size + " x " + size + " x " + config.channels()));
        dot.add(node("stem", label(architecture.parts().getFirst())));
        dot.add("  image -> stem;");
        String before = "stem";
        for (int s = 0; s < ConvNextConfig.STAGES; s++) {
            PartCost part = architecture.parts().get(s + 1);
            dot.add("  subgraph cluster_" + s + " {");
            dot.add("    label=" + quoted(label(part)) + "; style=rounded; color=gray;");
            if (s > 0) {
                dot.add("  " + node("down" + s, "downsampling\nnorm, convolution 2 x 2"));
            }
            for (int b = 0; b < part.blocks(); b++) {
                dot.add("  " + node("block" + s + "_" + b, "block " + b));
            }
            dot.add("  }");
            if (s > 0) {
                dot.add("  " + before + " -> down" + s + ";");
                before = "down" + s;
            }
            for (int b = 0; b < part.blocks(); b++) {
                dot.add("  " + before + " -> block" + s + "_" + b + ";");
                before = "block" + s + "_" + b;
            }
        }
        dot.add(node("head", label(architecture.parts().getLast())));
        dot.add("  " + before + " -> head;");
        return dot.toString();
    }

    private static String label(PartCost part) {
        return part.name() + "\n" + dims(part.output()) + "\n" + Units.decimal(part.parameters()) + " parameters, "
                + Units.decimal(part.cost().flops()) + "FLOP";
    }

    /** Every node of a graph; weights are left out. */
    static String of(Graph graph) {
        StringJoiner dot = new StringJoiner("\n", header(""), "\n}\n");
        for (Node node : graph.nodes()) {
            if (!(node.op() instanceof Variable)) {
                String name = node.op() instanceof Input input ? input.name() : node.op() + "\n" + node.scope();
                dot.add(node("n" + node.id(), name + "\n" + node.outputs().getFirst()));
                node.inputs().stream()
                        .filter(in -> in != null && !(in.node().op() instanceof Variable))
                        .forEach(in -> dot.add("  n" + in.node().id() + " -> n" + node.id() + ";"));
            }
        }
        graph.outputs().forEach((name, value) -> output(dot, name, value));
        return dot.toString();
    }

    private static void output(StringJoiner dot, String name, Value value) {
        String id = "output " + name;
        dot.add("  " + quoted(id) + " [label=" + quoted(name) + ", shape=ellipse];");
        dot.add("  n" + value.node().id() + " -> " + quoted(id) + ";");
    }

    private static String header(String title) {
        return "digraph network {\n  label=" + quoted(title)
                + ";\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n  fontname=\"sans-serif\";\n";
    }

    private static String node(String id, String label) {
        return "  " + id + " [label=" + quoted(label) + "];";
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }

    private static String dims(Shape shape) {
        return String.join(" x ", shape.dims().stream().map(String::valueOf).toList());
    }
}
