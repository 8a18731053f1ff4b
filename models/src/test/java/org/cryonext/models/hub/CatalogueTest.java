package org.cryonext.models.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.cryonext.models.convnext.Size;
import org.cryonext.models.convnext.Version;
import org.cryonext.models.download.Checksum;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CatalogueTest {
    @Test
    void everyModelIsFoundByItsNameAndByTheNameOfItsRepository() {
        for (Published model : Catalogue.models()) {
            assertThat(Catalogue.find(model.name())).as(model.name()).contains(model);
            assertThat(Catalogue.in(model.repository().at("x")))
                    .as(model.name())
                    .contains(model);
            String plain = model.repository().name().replace("fb_in", "").replace("ft_in", "");
            if (model.repository().owner().equals("facebook")) {
                assertThat(Catalogue.find(plain)).as(plain).contains(model);
            }
        }
    }

    @Test
    void everySizeOfBothVersionsIsThereAsFarAsItWasPublished() {
        for (Size size : Size.values()) {
            assertThat(Catalogue.models().stream()
                            .filter(m -> m.size() == size)
                            .map(Published::version)
                            .distinct())
                    .as(size.toString())
                    .containsExactlyInAnyOrder(
                            switch (size) {
                                case SMALL, XLARGE -> new Version[] {Version.V1};
                                case HUGE -> new Version[] {Version.V2};
                                default -> Version.values();
                            });
        }
    }

    @Test
    void namesNeedNotBeExact() {
        for (String name : new String[] {
            "ConvNeXt-Tiny", "convnext_tiny", "convnext-tiny-224", "convnext-tiny-1k", "convnext_tiny_1k_224"
        }) {
            assertThat(Catalogue.find(name).map(Published::name)).as(name).contains("convnext-tiny");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "convnext-tiny-22k, timm/convnext_tiny.fb_in22k",
        "convnext-base-224-22k, facebook/convnext-base-224-22k",
        "convnext-base-22k-384, facebook/convnext-base-384-22k-1k",
        "convnext-xlarge-22k-1k, facebook/convnext-xlarge-224-22k-1k",
        "convnextv2-atto-1k, facebook/convnextv2-atto-1k-224",
        "convnext-v2-tiny-22k, facebook/convnextv2-tiny-22k-224",
        "convnextv2-tiny-22k-384, facebook/convnextv2-tiny-22k-384",
        "convnextv2_huge_22k_512, facebook/convnextv2-huge-22k-512",
    })
    void namesSayWhatAModelLearnedFrom(String name, String repository) {
        assertThat(Catalogue.find(name).map(model -> model.repository().id())).contains(repository);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "convnext",
                "convnext-gigantic",
                "convnextv2-small",
                "convnext-xlarge",
                "convnextv2-tiny-fcmae",
                "resnet-50",
                "convnextv2-huge-22k",
                "convnext-tiny-tiny",
                ""
            })
    void whatWasNotPublishedIsNotFound(String name) {
        assertThat(Catalogue.find(name)).isEmpty();
    }

    @Test
    void theNearestNamesAreOffered() {
        assertThat(Catalogue.nearest("convnxt-tiny")).startsWith("convnext-tiny");
        assertThat(Catalogue.nearest("convnextv2-smal-22k")).contains("convnext-small-22k");
        assertThat(Catalogue.nearest("x")).isEmpty();
        assertThat(Catalogue.nearest("resnet50")).isEmpty();
        assertThat(Catalogue.distance("", "abc")).isEqualTo(3);
        assertThat(Catalogue.distance("kitten", "sitting")).isEqualTo(3);
    }

    @Test
    void bytesAreThoseOfThePublishedFiles() {
        // Sizes that the hub's pages show: 114, 178, 440 MB and 2.64 GB.
        assertThat(bytes("convnext-tiny")).isBetween(114_000_000L, 115_000_000L);
        assertThat(bytes("convnext-tiny-22k")).isBetween(177_500_000L, 178_500_000L);
        assertThat(bytes("convnext-base-22k")).isBetween(439_500_000L, 440_500_000L);
        assertThat(bytes("convnextv2-huge")).isBetween(2_635_000_000L, 2_645_000_000L);
    }

    private static long bytes(String name) {
        return Catalogue.find(name).orElseThrow().bytes();
    }

    @Test
    void checksumsAreSha256AndLicencesStandBesideThem() {
        for (Published model : Catalogue.models()) {
            for (Map.Entry<String, String> entry : model.sha256().entrySet()) {
                assertThat(Checksum.of(entry.getValue()).map(Checksum::kind))
                        .isEqualTo(Optional.of(Checksum.Kind.SHA256));
                assertThat(model.repository().revision())
                        .as("a checksum is of one revision")
                        .isNotEqualTo("main");
            }
            assertThat(model.licence().name()).isEqualTo(model.version() == Version.V2 ? "CC-BY-NC-4.0" : "Apache-2.0");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "owner",
                "owner/",
                "/name",
                "a/b/c",
                "../name",
                "owner/..",
                "owner/na--me",
                "owner/name@",
                "owner/name@a b",
                "owner/name@../x",
                "owner/name@refs//1",
                "owner/name@/x",
                "-owner/name",
                "owner/na me",
                "owner/name@x\\y",
                ""
            })
    void whatCouldLeaveTheCacheIsNoRepository(String text) {
        assertThat(Repository.parse(text)).isEmpty();
    }

    @Test
    void repositoriesMayHaveARevision() {
        assertThat(Repository.parse("timm/convnext_tiny.fb_in22k"))
                .contains(new Repository("timm", "convnext_tiny.fb_in22k", "main"));
        assertThat(Repository.parse("facebook/convnext-tiny-224@refs/pr/4").orElseThrow())
                .hasToString("facebook/convnext-tiny-224@refs/pr/4")
                .isEqualTo(new Repository("facebook", "convnext-tiny-224", "refs/pr/4"));
    }
}
