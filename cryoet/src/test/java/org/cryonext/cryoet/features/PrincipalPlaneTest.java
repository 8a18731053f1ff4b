package org.cryonext.cryoet.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class PrincipalPlaneTest {

    @Test
    void agreesWithNumpy() throws IOException {
        JsonNode cases;
        try (InputStream in = PrincipalPlaneTest.class.getResourceAsStream("plane.json")) {
            cases = JsonMapper.shared().readTree(in);
        }
        assertThat(cases.size()).isEqualTo(3);
        for (JsonNode one : cases) {
            List<float[]> points = new ArrayList<>();
            for (JsonNode row : one.get("points")) {
                float[] point = new float[row.size()];
                for (int k = 0; k < point.length; k++) {
                    point[k] = (float) row.get(k).asDouble();
                }
                points.add(point);
            }
            PrincipalPlane plane = PrincipalPlane.of(points);
            String name = one.get("name").asString();
            assertThat(plane.firstShare())
                    .as(name)
                    .isCloseTo(one.get("shares").get(0).asDouble(), within(1e-10));
            assertThat(plane.secondShare())
                    .as(name)
                    .isCloseTo(one.get("shares").get(1).asDouble(), within(1e-10));
            for (int i = 0; i < points.size(); i++) {
                assertThat(plane.first()[i])
                        .as(name)
                        .isCloseTo(one.get("first").get(i).asDouble(), within(1e-6));
                assertThat(plane.second()[i])
                        .as(name)
                        .isCloseTo(one.get("second").get(i).asDouble(), within(1e-6));
            }
        }
    }

    @Test
    void thePlaneOfALineHasNoSecondAxis() {
        PrincipalPlane plane =
                PrincipalPlane.of(List.of(new float[] {0, 0, 0}, new float[] {1, 2, 2}, new float[] {3, 6, 6}));
        assertThat(plane.first()).containsExactly(new double[] {-4, -1, 5}, within(1e-12));
        assertThat(plane.second()).containsExactly(new double[] {0, 0, 0}, within(1e-12));
        assertThat(plane.firstShare()).isCloseTo(1, within(1e-12));
        assertThat(plane.secondShare()).isCloseTo(0, within(1e-12));
    }

    @Test
    void equalPointsAndASinglePointLieAtTheOrigin() {
        for (List<float[]> points : List.of(
                List.of(new float[] {0.1f, 7}, new float[] {0.1f, 7}, new float[] {0.1f, 7}),
                List.of(new float[] {0.1f, 7}))) {
            PrincipalPlane plane = PrincipalPlane.of(points);
            assertThat(plane.first()).containsOnly(0);
            assertThat(plane.second()).containsOnly(0);
            assertThat(plane.firstShare()).isZero();
            assertThat(plane.secondShare()).isZero();
        }
    }

    @Test
    void aSingleNumberIsOneAxis() {
        PrincipalPlane plane = PrincipalPlane.of(List.of(new float[] {1}, new float[] {3}));
        assertThat(plane.first()).containsExactly(-1, 1);
        assertThat(plane.second()).containsExactly(0, 0);
        assertThat(plane.firstShare()).isEqualTo(1);
    }

    @Test
    void theSamePointsGiveTheSameBits() {
        Random random = new Random(9);
        List<float[]> points = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            float[] point = new float[70];
            for (int k = 0; k < point.length; k++) {
                point[k] = (float) random.nextGaussian();
            }
            points.add(point);
        }
        assertThat(PrincipalPlane.of(points).first())
                .isEqualTo(PrincipalPlane.of(points).first());
    }
}
