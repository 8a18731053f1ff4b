package org.cryonext.cryoet.saliency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.network.Mirrors;
import org.cryonext.cryoet.network.ProfileSource;
import org.cryonext.cryoet.network.Score;
import org.cryonext.cryoet.network.Scorer;
import org.cryonext.cryoet.network.SliceSource;
import org.cryonext.cryoet.profile.RadialProfile;
import org.cryonext.cryoet.run.Channels;
import org.cryonext.cryoet.run.Fusion;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.run.ProfileInput;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.Preprocessing;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ParticleSaliencyTest {
    private static final ConvNextConfig CONFIG =
            ConvNextConfig.of(Version.V2, List.of(1, 1, 1, 1), List.of(4, 6, 8, 10), 3);

    private static NetworkInput grey(Fusion fusion) {
        List<Double> half = List.of(0.5, 0.5, 0.5);
        return new NetworkInput(View.PAPER, 48, 48, half, half, Source.GRANDMODEL, Borders.PAD, fusion);
    }

    private static Checkpoint network(NetworkInput input) {
        ConvNextConfig config = CONFIG.withImages(input.imageChannels(), 4).withHead(input.head());
        return Checkpoint.fresh(config, Preprocessing.imageNet(48), 7);
    }

    private static SliceSource noise(NetworkInput input) {
        return (particle, out, at) -> {
            byte[] bytes = new byte[input.sliceBytes()];
            new Random(particle).nextBytes(bytes);
            System.arraycopy(bytes, 0, out, at, bytes.length);
        };
    }

    private static List<List<SaliencyMap>> maps(NetworkInput input, int batch, int[] classes, Backend backend) {
        try (ParticleSaliency saliency = ParticleSaliency.open(network(input), input, batch, backend)) {
            return saliency.of(noise(input), classes);
        }
    }

    @ParameterizedTest
    @EnumSource(Fusion.class)
    void eachViewHasItsOwnMapWhateverTheBatch(Fusion fusion) {
        int[] classes = {0, 1, 2, 1, 0};
        try (Backend backend = new CpuBackend(1)) {
            List<List<SaliencyMap>> one = maps(grey(fusion), 1, classes, backend);
            List<List<SaliencyMap>> two = maps(grey(fusion), 2, classes, backend);
            assertThat(one).hasSize(5);
            for (int p = 0; p < 5; p++) {
                assertThat(one.get(p)).hasSize(3);
                for (int v = 0; v < 3; v++) {
                    assertThat(two.get(p).get(v).cells())
                            .isEqualTo(one.get(p).get(v).cells());
                }
            }
            assertThat(one.get(0).get(0).cells())
                    .isNotEqualTo(one.get(0).get(1).cells())
                    .isNotEqualTo(one.get(4).get(0).cells());
            int[] others = {1, 2, 0, 2, 1};
            assertThat(maps(grey(fusion), 2, others, backend).get(3).get(0).cells())
                    .isNotEqualTo(one.get(3).get(0).cells());
        }
    }

    /** Six views, two an image, whose features are read one behind another with a profile. */
    private static NetworkInput joined() {
        List<Double> half = List.of(0.5, 0.5);
        ProfileInput profile = new ProfileInput(
                Collections.nCopies(RadialProfile.LENGTH, 0.0), Collections.nCopies(RadialProfile.LENGTH, 1.0), 0);
        return new NetworkInput(
                View.parse("slabs:2x3:48"),
                48,
                48,
                half,
                half,
                Source.GRANDMODEL,
                Borders.PAD,
                Fusion.CONCAT,
                Channels.VIEWS,
                2,
                profile);
    }

    @Test
    void viewsThatAreChannelsOfAnImageShareItsMap() {
        try (Backend backend = new ReferenceBackend()) {
            List<SaliencyMap> maps = maps(joined(), 2, new int[] {1}, backend).getFirst();
            assertThat(maps).hasSize(6);
            assertThat(maps.get(1)).isSameAs(maps.get(0));
            assertThat(maps.get(5)).isSameAs(maps.get(4));
            assertThat(maps.get(2).cells()).isNotEqualTo(maps.get(0).cells());
        }
    }

    @Test
    void probabilitiesAreThoseOfTheNetworkItself() {
        for (NetworkInput input : List.of(grey(Fusion.LOGITS), grey(Fusion.PROBABILITIES), joined())) {
            ProfileSource profiles = (particle, out, at) -> {
                for (int i = 0; i < input.profileLength(); i++) {
                    out[at + i] = (float) Math.sin(particle + i);
                }
            };
            int[] classes = {0, 1, 2};
            try (Backend backend = new CpuBackend(1);
                    Scorer scorer = Scorer.open(network(input), input, backend, 3);
                    ParticleSaliency saliency = ParticleSaliency.open(network(input), input, 2, backend)) {
                List<Score> scores = scorer.score(
                        3,
                        Mirrors.NONE,
                        (particle, axes, out, at) -> noise(input).read(particle, out, at),
                        profiles,
                        Progress.none());
                double[] probabilities = saliency.probabilities(noise(input), profiles, classes);
                for (int p = 0; p < 3; p++) {
                    assertThat(probabilities[p]).isCloseTo(scores.get(p).probabilities()[classes[p]], within(1e-6));
                }
            }
        }
    }

    @Test
    void theQuarterWhereTheKeyIsLargestIsBlanked() {
        byte[] slices = {9, 9, 0, (byte) 200, 40, 0, 0, 0, 0, 0};
        Blanking.blank(slices, 2, new float[] {0, 3, 1, 2, 0, 0, 0, 2});
        assertThat(slices)
                .as("two of eight, with the mean of the eight; of equal ones the first")
                .containsExactly(9, 9, 0, 30, 40, 30, 0, 0, 0, 0);
        Blanking two = new Blanking(1, 0.5, 0.25, 0).plus(new Blanking(1, 0.3, -0.05, 0.1));
        assertThat(two.sentence())
                .contains("changes by -0.40,", "least by -0.10,", "random one by -0.05 ", "over the 2 particles shown");
        assertThat(new Blanking(1, -0.04, 0.001, -0.001).sentence())
                .as("what grows says so, and nothing has no minus")
                .contains(
                        "changes by +0.04,", "least by +0.00,", "random one by +0.00 ", "mean over the particle shown");
    }

    @Test
    void smallImagesAreLookedAtWhereTheyStillHavePlaces() {
        assertThat(ParticleSaliency.stage(CONFIG, 224)).isEqualTo(3);
        assertThat(ParticleSaliency.stage(CONFIG, 192)).isEqualTo(3);
        assertThat(ParticleSaliency.stage(CONFIG, 191)).isEqualTo(2);
        assertThat(ParticleSaliency.stage(CONFIG, 48)).isEqualTo(1);
        assertThat(ParticleSaliency.stage(CONFIG.withImages(8, 2), 48)).isEqualTo(2);
        assertThat(ParticleSaliency.stage(CONFIG, 32)).isZero();
    }
}
