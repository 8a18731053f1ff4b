package org.cryonext.cryoet.saliency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.cryonext.cryoet.dataset.Source;
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

    private static List<List<SaliencyMap>> maps(NetworkInput input, int batch, int[] classes, Backend backend) {
        ConvNextConfig config = CONFIG.withImages(input.imageChannels(), 4).withHead(input.head());
        Checkpoint checkpoint = Checkpoint.fresh(config, Preprocessing.imageNet(48), 7);
        SliceSource noise = (particle, out, at) -> {
            byte[] bytes = new byte[input.sliceBytes()];
            new Random(particle).nextBytes(bytes);
            System.arraycopy(bytes, 0, out, at, bytes.length);
        };
        try (ParticleSaliency saliency = ParticleSaliency.open(checkpoint, input, batch, backend)) {
            return saliency.of(noise, classes);
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

    @Test
    void viewsThatAreChannelsOfAnImageShareItsMap() {
        List<Double> half = List.of(0.5, 0.5);
        ProfileInput profile = new ProfileInput(
                Collections.nCopies(RadialProfile.LENGTH, 0.0), Collections.nCopies(RadialProfile.LENGTH, 1.0), 0);
        NetworkInput input = new NetworkInput(
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
        try (Backend backend = new ReferenceBackend()) {
            List<SaliencyMap> maps = maps(input, 2, new int[] {1}, backend).getFirst();
            assertThat(maps).hasSize(6);
            assertThat(maps.get(1)).isSameAs(maps.get(0));
            assertThat(maps.get(5)).isSameAs(maps.get(4));
            assertThat(maps.get(2).cells()).isNotEqualTo(maps.get(0).cells());
        }
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
