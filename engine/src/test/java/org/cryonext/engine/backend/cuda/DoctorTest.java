package org.cryonext.engine.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.cryonext.engine.doctor.Diagnosis;
import org.cryonext.engine.doctor.Doctor;
import org.junit.jupiter.api.Test;

/** What {@code cryonext doctor} says of a machine with a card; a simulated one. */
class DoctorTest {
    @Test
    void operatorsAreTheCardsInTheTypeThatNetworksHaveThere() {
        SimulatedGpu.loadWithKernels();
        Map<String, List<String>> operators =
                section(Doctor.examine(Optional.empty()), "Operators, by what runs them under --device auto").stream()
                        .filter(finding -> !finding.name().equals("images"))
                        .collect(Collectors.toMap(
                                Diagnosis.Finding::name,
                                finding -> List.of(finding.text()
                                        .substring(finding.text().indexOf(": ") + 2)
                                        .split(", "))));
        assertThat(operators).containsOnlyKeys("cuda", "reference");
        // Fused MLPs have kernels of 16 bits alone.
        assertThat(operators.get("cuda")).contains("Mlp", "DepthwiseNorm", "Linear", "AdamW", "SoftmaxCrossEntropy");
        assertThat(operators.get("reference")).contains("MatMul").doesNotContain("Mlp");
    }

    private static List<Diagnosis.Finding> section(Diagnosis diagnosis, String title) {
        return diagnosis.sections().stream()
                .filter(section -> section.title().equals(title))
                .findFirst()
                .orElseThrow()
                .findings();
    }
}
