package org.cryonext.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.cryonext.bench.model.Mode;
import org.cryonext.bench.model.ModelProgram;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cuda.SimulatedGpu;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.Mlp;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Models as they are proved and timed, on a simulated card. */
class CudaGpuCardTest {
    /** Else results and times in 16 bits would be those of F32 under another name. */
    @ParameterizedTest
    @EnumSource(Precision.class)
    void modelsComputeInThePrecisionThatIsAskedFor(Precision precision) {
        SimulatedGpu.loadWithKernels();
        TinyModels.Choice choice = new TinyModels.Choice(Version.V1, Mode.INFER, precision, 1);
        try (GpuCard card = new GpuCard(0);
                ModelProgram program = new TinyModels().program(choice, card.backend(precision))) {
            assertThat(program.program().order())
                    .filteredOn(node -> node.op() instanceof Linear || node.op() instanceof Mlp)
                    .isNotEmpty()
                    .allSatisfy(
                            node -> assertThat(node.input("x").type().dtype()).isEqualTo(precision.dtype()));
        }
    }

    @Test
    void tilesAreMeasuredInThePrecisionThatIsAskedFor() {
        SimulatedGpu.loadWithKernels();
        try (GpuCard card = new GpuCard(0)) {
            assertThat(card.tiles(Precision.F16))
                    .containsKeys("own", "128x96")
                    .allSatisfy(
                            (tile, backend) -> assertThat(backend.precision()).isEqualTo(Precision.F16));
            assertThat(card.backend(Precision.F16))
                    .isSameAs(card.tiles(Precision.F16).get("own"));
        }
    }
}
