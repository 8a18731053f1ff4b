package org.cryonext.cryoet.triplet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

final class AugmentationTest {
    private static Augmentation of(String... words) {
        return Augmentation.parse(List.of(words));
    }

    @Test
    void wordsAreReadAndWritten() {
        Augmentation all = new Augmentation(true, Augmentation.Turns.Z, 180, 15, 2.5, 60.0, 0.2, 0.1, 0.5);
        assertThat(all.words())
                .containsExactly(
                        "flips",
                        "turns=z",
                        "rotate",
                        "spin=15",
                        "shift=2.5",
                        "wedge",
                        "contrast=0.2",
                        "brightness=0.1",
                        "noise=0.5");
        assertThat(Augmentation.parse(all.words())).isEqualTo(all);
        assertThat(of("turns", "wedge=50").words()).containsExactly("turns", "wedge=50");
        assertThat(of()).isEqualTo(Augmentation.NONE);
        assertThat(Augmentation.NONE.words()).isEmpty();
        JsonMapper mapper = JsonMapper.shared();
        assertThat(mapper.readValue(mapper.writeValueAsString(all), Augmentation.class))
                .isEqualTo(all);
        for (String word : List.of("flip", "flips=1", "turns=x", "shift", "shift=a", "noise=", "")) {
            assertThatThrownBy(() -> of(word))
                    .isInstanceOf(InputException.class)
                    .hasMessageStartingWith("--augment has \"" + word + "\", expected words such as flips");
        }
        assertThatThrownBy(() -> of("rotate=181"))
                .isInstanceOf(InputException.class)
                .hasMessage("--augment has rotate=181.0, expected a number from 0 to 180");
        assertThatThrownBy(() -> of("noise=NaN")).hasMessageContaining("--augment has noise=NaN");
    }

    @Test
    void aDrawDependsOnSeedEpochAndSampleAlone() {
        Augmentation all = of("flips", "turns", "rotate", "shift=3", "contrast=0.2", "brightness=0.2", "noise=0.5");
        Variation one = all.draw(1, 2, 3);
        assertThat(all.draw(1, 2, 3)).isEqualTo(one);
        assertThat(List.of(all.draw(2, 2, 3), all.draw(1, 3, 3), all.draw(1, 2, 4)))
                .doesNotContain(one)
                .doesNotHaveDuplicates();
        assertThat(of("shift=3").draw(1, 2, 3).shift())
                .as("what one option draws does not depend on the others")
                .isEqualTo(one.shift());
        assertThat(Augmentation.NONE.draw(1, 2, 3).pose()).isEqualTo(Orientation.STRAIGHT);
        assertThat(Augmentation.NONE.draw(1, 2, 3).changesValues()).isFalse();
    }

    @Test
    void flipsAndTurnsAreEvenlyDrawnAndExact() {
        Map<Orientation, Integer> all = new HashMap<>();
        Map<Orientation, Integer> flips = new HashMap<>();
        Map<Orientation, Integer> flat = new HashMap<>();
        int n = 9600;
        for (int sample = 0; sample < n; sample++) {
            all.merge(of("flips", "turns").draw(1, 0, sample).pose(), 1, Integer::sum);
            flips.merge(of("flips").draw(1, 0, sample).pose(), 1, Integer::sum);
            flat.merge(of("flips", "turns=z").draw(1, 0, sample).pose(), 1, Integer::sum);
        }
        assertThat(all).hasSize(48);
        assertThat(flips).hasSize(8);
        assertThat(flat).hasSize(16);
        // Six standard deviations of a binomial with p = 1/48, 1/8, 1/16.
        assertThat(all.values()).allMatch(count -> Math.abs(count - n / 48) < 84);
        assertThat(flips.values()).allMatch(count -> Math.abs(count - n / 8) < 195);
        assertThat(flat.values()).allMatch(count -> Math.abs(count - n / 16) < 143);
        assertThat(all.keySet()).allMatch(Orientation::isExact);
        assertThat(flat.keySet()).allMatch(pose -> Math.abs(pose.z().z()) == 1);
    }

    @Test
    void rotationsAreRotationsAndAsLargeAsAllowed() {
        double largest = 0;
        double mean = 0;
        int n = 2000;
        for (int sample = 0; sample < n; sample++) {
            Orientation small = of("rotate=20").draw(1, 0, sample).pose();
            requireRotation(small);
            largest = Math.max(largest, angle(small));
            Orientation spun = of("spin").draw(1, 0, sample).pose();
            requireRotation(spun);
            assertThat(spun.z()).isEqualTo(new Vector(0, 0, 1));
            Orientation free = of("rotate").draw(1, 0, sample).pose();
            requireRotation(free);
            mean += angle(free) / n;
        }
        assertThat(largest).isBetween(19.5, 20.001);
        // Of uniformly random rotations: 90 + 360 / pi^2 degrees; six standard deviations of the mean are 5 degrees.
        assertThat(mean).isCloseTo(126.48, within(5.0));
    }

    private static double angle(Orientation pose) {
        double trace = pose.x().x() + pose.y().y() + pose.z().z();
        return Math.toDegrees(Math.acos(Math.clamp((trace - 1) / 2, -1, 1)));
    }

    private static void requireRotation(Orientation o) {
        assertThat(dot(o.x(), o.x())).isCloseTo(1, within(1e-12));
        assertThat(dot(o.y(), o.y())).isCloseTo(1, within(1e-12));
        assertThat(dot(o.x(), o.y())).isCloseTo(0, within(1e-12));
        Vector cross = new Vector(
                o.x().y() * o.y().z() - o.x().z() * o.y().y(),
                o.x().z() * o.y().x() - o.x().x() * o.y().z(),
                o.x().x() * o.y().y() - o.x().y() * o.y().x());
        assertThat(dot(cross, o.z())).isCloseTo(1, within(1e-12));
    }

    private static double dot(Vector a, Vector b) {
        return a.x() * b.x() + a.y() * b.y() + a.z() * b.z();
    }

    @Test
    void noiseIsGaussianAndOfItsKey() {
        int n = 200_000;
        float[] noise = new float[n];
        GaussianNoise.add(noise, 2, 77);
        double mean = 0;
        double squares = 0;
        double fourth = 0;
        double neighbours = 0;
        for (int i = 0; i < n; i++) {
            mean += noise[i] / n;
            squares += (double) noise[i] * noise[i] / n;
            fourth += Math.pow(noise[i], 4) / n;
            neighbours += i > 0 ? (double) noise[i] * noise[i - 1] / n : 0;
        }
        // Six standard deviations of each.
        assertThat(mean).isCloseTo(0, within(0.027));
        assertThat(squares).isCloseTo(4, within(0.08));
        assertThat(fourth / (squares * squares)).as("kurtosis").isCloseTo(3, within(0.1));
        assertThat(neighbours).isCloseTo(0, within(0.054));
        float[] again = new float[n];
        GaussianNoise.add(again, 2, 77);
        assertThat(again).isEqualTo(noise);
        float[] other = new float[n];
        GaussianNoise.add(other, 2, 78);
        assertThat(other).isNotEqualTo(noise);
    }
}
