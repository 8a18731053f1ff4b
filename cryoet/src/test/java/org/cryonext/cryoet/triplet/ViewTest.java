package org.cryonext.cryoet.triplet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

class ViewTest {
    @Test
    void viewsSurviveJson() {
        JsonMapper mapper = new JsonMapper();
        String json = mapper.writeValueAsString(View.PAPER);
        assertThat(json)
                .contains("{\"plane\":\"XZ\",\"offset\":0,\"thickness\":1,\"normalisation\":\"SLICE\",\"edge\":48}");
        assertThat(mapper.readValue(json, new TypeReference<List<View>>() {})).isEqualTo(View.PAPER);
    }

    @ParameterizedTest
    @CsvSource({"-24, 1", "23, 1", "0, 48", "-23, 3", "22, 3"})
    void slicesWithinTheCubeAreTaken(int offset, int thickness) {
        assertThat(new View(Plane.XY, offset, thickness, Normalisation.SLICE).thickness())
                .isEqualTo(thickness);
    }

    @ParameterizedTest
    @CsvSource({"-25, 1", "24, 1", "0, 49", "1, 48", "0, 0", "-24, 3", "23, 3", "2147483647, 2147483647"})
    void slicesBeyondTheCubeAreRefused(int offset, int thickness) {
        assertThatThrownBy(() -> new View(Plane.XY, offset, thickness, Normalisation.SLICE))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("The view XY with offset " + offset + " and thickness " + thickness
                        + " leaves the cube of 48 voxels (-24 to 23 from the particle)");
    }

    @Test
    void anIncompleteViewIsRefused() {
        assertThatThrownBy(() -> new View(null, 0, 1, Normalisation.SLICE))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("found plane null");
    }
}
