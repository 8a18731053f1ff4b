package org.cryonext.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.tensor.DType;
import org.cryonext.models.Fixtures;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.HeadInput;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ConfigJsonTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void whatIsWrittenIsReadAgain(Version version) {
        ConvNextConfig config = new ConvNextConfig(
                version,
                List.of(1, 2, 3, 4),
                List.of(5, 6, 7, 8),
                2,
                List.of("a \"quoted\" name", "zwölf"),
                1e-7,
                Activation.GELU_TANH,
                0.25,
                version == Version.V1 ? 0.5 : 1e-6);
        Path file = folder.resolve("config.json");
        ConfigJson.write(file, config, 96, DType.F32);
        assertThat(ConfigJson.read(file, 9)).isEqualTo(config);
    }

    @Test
    void imagesOfManyChannelsAndJoinedFeaturesAreReadAgain() throws IOException {
        ConvNextConfig config = ConvNextConfig.of(Version.V2, List.of(1, 1, 1, 1), List.of(5, 6, 7, 8), 3)
                .withImages(8, 2)
                .withHead(new HeadInput(HeadInput.Features.CONCAT, 3, 40));
        Path file = folder.resolve("config.json");
        ConfigJson.write(file, config, 96, DType.F32);
        assertThat(ConfigJson.read(file, 3)).isEqualTo(config);
        assertThat(config.summary())
                .isEqualTo("ConvNeXt V2, depths 1,1,1,1, dims 5,6,7,8, images of 8 channels, features of 3 images, a"
                        + " profile of 40 numbers, 3 classes");
        assertThatThrownBy(() -> read("{\"model_type\": \"convnext\", \"cryonext_features\": \"sum\"}"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("cryonext_features is sum, expected image, mean or concat");
        assertThatThrownBy(() -> read("{\"model_type\": \"convnext\", \"cryonext_images\": 3}"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("a head of 3 images whose features are IMAGE");
    }

    @Test
    void readsWhatTransformersWrites() {
        ConvNextConfig config = ConfigJson.read(Fixtures.model("v2-tanh/config.json"), 9);
        assertThat(config.version()).isEqualTo(Version.V2);
        assertThat(config.activation()).isEqualTo(Activation.GELU_TANH);
        assertThat(config.classes()).isEqualTo(5);
        assertThat(config.headEpsilon()).isEqualTo(1e-12);
    }

    @Test
    void whatIsAbsentHasTransformersDefault() throws IOException {
        ConvNextConfig config = read("{\"model_type\": \"convnext\", \"unknown\": [1]}");
        assertThat(config).isEqualTo(ConvNextConfig.of(Version.V1, List.of(3, 3, 9, 3), List.of(96, 192, 384, 768), 9));
    }

    @Test
    void namesMayLeaveNumbersOutIfThereIsOneForEachClass() throws IOException {
        String json = "{\"model_type\": \"convnext\", \"id2label\": {\"10\": \"c\", \"2\": \"b\", \"0\": \"a\"}}";
        Path file = Files.writeString(folder.resolve("config.json"), json);
        assertThat(ConfigJson.read(file, 3).labels()).containsExactly("a", "b", "c");
        assertThatThrownBy(() -> ConfigJson.read(file, 4))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(
                        "id2label is 3 names with numbers up to 10, expected one for each of the 4 classes");
    }

    @Test
    void aLayerScaleOfZeroMeansNone() throws IOException {
        assertThat(read("{\"model_type\": \"convnext\", \"layer_scale_init_value\": 0}")
                        .hasLayerScale())
                .isFalse();
    }

    private ConvNextConfig read(String json) throws IOException {
        return ConfigJson.read(Files.writeString(folder.resolve("config.json"), json), 9);
    }

    @Test
    void preprocessingIsReadAsTransformersWritesIt() {
        assertThat(Preprocessing.read(Fixtures.model("v1/preprocessor_config.json")))
                .isEqualTo(Preprocessing.imageNet(224));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"size": 224, "crop_pct": null, "resample": 2}                        | 224 x 224, bilinear
            {"size": {"shortest_edge": 384}}                                      | 384 x 384, bicubic
            {"size": {"height": 96, "width": 96}, "resample": 0}                  | 96 x 96, nearest
            """)
    void oldAndNewPreprocessingIsRead(String json, String expected) throws IOException {
        Path file = Files.writeString(folder.resolve(Preprocessing.FILE), json);
        assertThat(Preprocessing.read(file)).hasToString(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"size": {"height": 96, "width": 90}} | size is {"height":96,"width":90}, expected {"shortest_edge": pixels}
            {"size": 224, "resample": 9}          | resample is 9, expected one of PIL's filters, 0 to 5
            {"size": 224, "image_std": [1, 0, 1]} | image_std is [1.0, 0.0, 1.0], expected three positive numbers
            {"size": 224, "image_mean": [1]}      | image_std is [0.229, 0.224, 0.225], expected 1 positive numbers
            {"size": 224, "crop_pct": 2}          | crop_pct is 2.0, expected a number above 0 and up to 1
            [1]                                   | is not a JSON object
            """)
    void namesWhatIsWrongInThePreprocessing(String json, String message) throws IOException {
        Path file = Files.writeString(folder.resolve(Preprocessing.FILE), json);
        assertThatThrownBy(() -> Preprocessing.read(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(message);
    }

    @Test
    void preprocessingGoesRound() {
        Preprocessing mine = new Preprocessing(
                96, Preprocessing.Resample.BILINEAR, 1, 1, List.of(0.1, 0.2, 0.3), List.of(1.0, 2.0, 3.0));
        Path file = folder.resolve(Preprocessing.FILE);
        mine.write(file);
        assertThat(Preprocessing.read(file)).isEqualTo(mine);
    }
}
