package org.cryonext.cryoet.triplet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DihedralTest {
    private static final byte[] SLICE = Fixtures.image("images.u8", SliceCutter.SLICE, 0);

    private static byte[] apply(int symmetry, byte[] in) {
        byte[] out = new byte[SliceCutter.SLICE];
        Dihedral.apply(View.SIZE, symmetry, in, 0, out, 0);
        return out;
    }

    @Test
    void theEightAreDifferentAndClosed() {
        Set<ByteBuffer> images = new HashSet<>();
        for (int symmetry = 0; symmetry < Dihedral.COUNT; symmetry++) {
            images.add(ByteBuffer.wrap(apply(symmetry, SLICE)));
        }
        assertThat(images).hasSize(8).contains(ByteBuffer.wrap(SLICE));
        for (int a = 0; a < 8; a++) {
            for (int b = 0; b < 8; b++) {
                assertThat(images).contains(ByteBuffer.wrap(apply(b, apply(a, SLICE))));
            }
        }
    }

    @Test
    void oneOfThemIsAQuarterTurn() {
        byte[] turned = apply(5, SLICE);
        // Flipped left and right, then transposed: row r of the result is column 47 - r, a turn against the clock.
        for (int row = 0; row < 48; row++) {
            for (int column = 0; column < 48; column++) {
                assertThat(turned[row * 48 + column]).isEqualTo(SLICE[column * 48 + 47 - row]);
            }
        }
    }

    @Test
    void theChoiceIsEvenAndDependsOnEveryArgument() {
        int[] counts = new int[8];
        int[] same = new int[4];
        int n = 8000;
        for (int sample = 0; sample < n; sample++) {
            int chosen = Dihedral.choose(1, 2, sample, 0);
            counts[chosen]++;
            same[0] += chosen == Dihedral.choose(2, 2, sample, 0) ? 1 : 0;
            same[1] += chosen == Dihedral.choose(1, 3, sample, 0) ? 1 : 0;
            same[2] += chosen == Dihedral.choose(1, 2, sample + 1, 0) ? 1 : 0;
            same[3] += chosen == Dihedral.choose(1, 2, sample, 1) ? 1 : 0;
        }
        // Six standard deviations of a binomial with p = 1/8: 6 * sqrt(8000 * 7 / 64) = 177.
        assertThat(Arrays.stream(counts).allMatch(count -> Math.abs(count - n / 8) < 177))
                .isTrue();
        assertThat(Arrays.stream(same).allMatch(count -> Math.abs(count - n / 8) < 177))
                .isTrue();
    }
}
