package org.cryonext.models.onnx;

import java.util.Map;
import org.cryonext.engine.op.Binary;
import org.cryonext.engine.op.BinaryFunction;
import org.cryonext.engine.op.Gelu;

/** Operators of the domain com.microsoft, which ONNX Runtime's offline optimiser writes. */
final class MicrosoftRules {
    private MicrosoftRules() {}

    static void add(Map<String, Rule> rules) {
        rules.put("Gelu", Rule.of(1, 1, s -> s.apply(new Gelu(false), s.in(0))));
        rules.put(
                "BiasGelu",
                Rule.of(
                        2,
                        2,
                        s -> s.apply(new Gelu(false), s.apply(new Binary(BinaryFunction.ADD), s.in(0), s.in(1)))));
    }
}
