package org.cryonext.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.cryonext.bench.paper.Card;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cuda.PaperBackend;
import org.cryonext.engine.backend.cuda.driver.Architecture;
import org.cryonext.engine.cases.OpCase;
import org.cryonext.engine.cases.OpCases;
import org.cryonext.engine.tensor.DType;
import org.junit.jupiter.api.Test;

/** What is asked of a card. */
class GpuPlanTest {
    private static final Architecture TURING = new Architecture(7, 5);
    private static final Architecture AMPERE = new Architecture(8, 0);

    private static Stream<GpuTask> tasks(Architecture architecture) {
        GpuSettings settings = new GpuSettings(
                0, EnumSet.allOf(GpuPart.class), false, "", 1, Optional.empty(), Optional.empty(), Path.of(""));
        return Stream.of(GpuPart.values()).flatMap(part -> GpuPlan.tasks(part, settings, architecture).stream());
    }

    /** What a task computes in; a task without a precision of its own in F32. */
    private static String precision(GpuTask task) {
        return switch (task) {
            case GpuTask.Case t -> t.dtype().toString().toLowerCase(Locale.ROOT);
            case GpuTask.Kernel t -> t.dtype().toString().toLowerCase(Locale.ROOT);
            case GpuTask.Logits t -> t.precision().toString();
            case GpuTask.Losses t -> t.precision().toString();
            case GpuTask.Images t -> t.precision().toString();
            case GpuTask.Tiles t -> t.precision().toString();
            case GpuTask.Model t -> t.precision().toString();
            case GpuTask.Golden t -> "f32";
            case GpuTask.Ceilings t -> "f32";
        };
    }

    private static Set<String> precisions(Architecture architecture, GpuPart part) {
        return tasks(architecture)
                .filter(task -> task.part() == part)
                .map(GpuPlanTest::precision)
                .collect(Collectors.toSet());
    }

    @Test
    void theFirstTensorCoresAreNotAskedForWhatTheyLack() {
        assertThat(precisions(TURING, GpuPart.CASES)).containsExactlyInAnyOrder("f32", "f16");
        assertThat(precisions(TURING, GpuPart.MODELS)).containsExactlyInAnyOrder("f32", "f16");
        assertThat(precisions(TURING, GpuPart.TIMINGS)).containsExactlyInAnyOrder("f32", "f16");
        assertThat(precisions(TURING, GpuPart.TILES)).containsExactly("f16");
    }

    @Test
    void laterOnesAreAskedForAll() {
        assertThat(precisions(AMPERE, GpuPart.CASES)).containsExactlyInAnyOrder("f32", "f16", "bf16");
        assertThat(precisions(AMPERE, GpuPart.MODELS)).containsExactlyInAnyOrder("f32", "tf32", "f16", "bf16");
        assertThat(precisions(AMPERE, GpuPart.TIMINGS)).containsExactlyInAnyOrder("f32", "tf32", "f16", "bf16");
        assertThat(precisions(AMPERE, GpuPart.TILES)).containsExactlyInAnyOrder("f16", "tf32");
    }

    /** A refusal would be a fault, and the card would never pass. */
    @Test
    void everyOperatorThatIsAskedForHasItsKernel() {
        List<OpCase> tests = OpCases.tests().toList();
        List<OpCase> timings = OpCases.timings().toList();
        try (Backend paper = new PaperBackend(Card.T4.device(), Precision.F32)) {
            List<Finding> faults = tasks(Card.T4.device().architecture())
                    .flatMap(task -> switch (task) {
                        case GpuTask.Case t -> refusal(tests.get(t.index()), t.dtype(), paper);
                        case GpuTask.Kernel t -> refusal(timings.get(t.index()), t.dtype(), paper);
                        default -> Stream.empty();
                    })
                    .filter(finding -> !finding.passed())
                    .toList();
            assertThat(faults).isEmpty();
        }
    }

    private static Stream<Finding> refusal(OpCase c, DType dtype, Backend backend) {
        return CaseProof.refusal(c, dtype, backend).stream();
    }
}
