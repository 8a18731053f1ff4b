package org.cryonext.engine.doctor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.cases.OpCase;
import org.cryonext.engine.cases.OpCases;

/** Which backend each operator runs on: the first of several that takes it in the type that networks have there. */
final class OperatorPaths {
    private OperatorPaths() {}

    /** @param backends the preferred one first */
    static List<Diagnosis.Finding> of(List<Backend> backends) {
        Map<String, TreeSet<String>> operators = new LinkedHashMap<>();
        backends.forEach(backend -> operators.put(backend.name(), new TreeSet<>()));
        OpCases.lines().forEach(line -> {
            OpCase first = line.tests().getFirst();
            backends.stream()
                    .filter(backend -> takes(first, backend))
                    .findFirst()
                    .ifPresent(backend -> operators
                            .get(backend.name())
                            .add(first.op().getClass().getSimpleName()));
        });
        List<Diagnosis.Finding> findings = new ArrayList<>();
        operators.forEach((backend, names) -> {
            if (!names.isEmpty()) {
                findings.add(new Diagnosis.Finding(backend, names.size() + ": " + String.join(", ", names)));
            }
        });
        return findings;
    }

    private static boolean takes(OpCase c, Backend backend) {
        return c.graph(backend.precision().dtype()).nodes().stream()
                .filter(node -> node.op().equals(c.op()))
                .allMatch(node -> backend.refuses(node).isEmpty());
    }
}
