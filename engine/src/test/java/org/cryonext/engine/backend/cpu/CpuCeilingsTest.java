package org.cryonext.engine.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.cryonext.engine.op.Cost;
import org.junit.jupiter.api.Test;

class CpuCeilingsTest {
    /** No machine of today adds a vector in each of four units five thousand million times a second and more. */
    @Test
    void aMachineReachesAFewFlopsACycle() {
        CpuCeilings ceilings = CpuCeilings.measure(1);
        assertThat(ceilings.gigaflops()).isBetween(1.0, 2.0 * 4 * 6 * CpuSpecies.LENGTH);
        assertThat(ceilings.gigabytes()).isBetween(0.1, 1000.0);
    }

    @Test
    void theLongerOfOperationsAndBytesBoundsWork() {
        CpuCeilings ceilings = new CpuCeilings(1, 100, 10);
        Cost product = new Cost(2_000_000_000, 10_000_000);
        Cost sum = new Cost(1_000_000, 40_000_000);
        assertThat(ceilings.seconds(product)).isCloseTo(0.02, within(1e-12));
        assertThat(ceilings.seconds(sum)).isCloseTo(0.004, within(1e-12));
        assertThat(ceilings.isBoundByMemory(product)).isFalse();
        assertThat(ceilings.isBoundByMemory(sum)).isTrue();
    }
}
