package org.cryonext.cryoet.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.cryonext.cryoet.features.PrincipalPlane;
import org.cryonext.cryoet.metrics.MetricsJson;
import org.cryonext.engine.io.InputException;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.dhatim.fastexcel.reader.Row;
import org.dhatim.fastexcel.reader.Sheet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
    @TempDir
    private Path folder;

    @Test
    void severalResultsStandInOneFolder() throws IOException {
        Path page = Report.write(folder, Samples.full("grandmodel", "reconstruction"));

        assertThat(page).isEqualTo(folder.resolve("report.html"));
        assertThat(files())
                .containsExactlyInAnyOrder(
                        "metrics.json",
                        "predictions_grandmodel.csv",
                        "predictions_reconstruction.csv",
                        "classification_report.xlsx",
                        "report.html",
                        "figures/confusion_matrix_grandmodel.png",
                        "figures/confusion_matrix_reconstruction.png",
                        "figures/f1_per_class.png",
                        "figures/class_distribution.png",
                        "figures/samples.png",
                        "figures/loss_grandmodel.png",
                        "figures/loss_reconstruction.png",
                        "figures/accuracy_grandmodel.png",
                        "figures/accuracy_reconstruction.png");
        assertThat(JsonMapper.shared()
                        .readTree(Files.readString(folder.resolve("metrics.json")))
                        .propertyNames())
                .containsExactly("grandmodel", "reconstruction", "train_seconds");
        assertThat(Files.readString(folder.resolve("metrics.json"))).contains("\"train_seconds\" : 1234.5");
        BufferedImage figure =
                ImageIO.read(folder.resolve("figures/f1_per_class.png").toFile());
        assertThat(figure.getWidth()).isEqualTo(2 * 920);
    }

    @Test
    void theParticlesThatThePageShowsAreAPictureToo() throws IOException {
        ReportInput input = Samples.full("grandmodel");
        Report.write(folder, input);

        BufferedImage sheet = ImageIO.read(folder.resolve("figures/samples.png").toFile());
        // Three particles of three slices of 96 pixels each, in one row.
        assertThat(sheet.getWidth()).isEqualTo(2 * (3 * (296 + 20) + 20));
        assertThat(sheet.getHeight()).isEqualTo(2 * (17 + 96 + 34 + 2 * 20));
        assertThat(sheet.getRGB(5, 5)).as("behind the slices").isEqualTo(Color.WHITE.getRGB());
        assertThat(ink(sheet, 2 * 20, 2 * 20, 2 * 96, 2 * 17))
                .as("XY above the first slice")
                .isPositive();
        byte[] slice = input.samples().getFirst().slices().getFirst().pixels();
        for (int at : new int[] {0, 47, 48 * 20 + 5, 48 * 48 - 1}) {
            int x = 2 * 20 + at % 48 * 4 + 1;
            int y = 2 * (20 + 17) + at / 48 * 4 + 1;
            assertThat(sheet.getRGB(x, y) & 0xFF).as("voxel " + at).isCloseTo(slice[at] & 0xFF, within(2));
        }
        assertThat(folder.resolve("report.html")).content().contains("href=\"figures/samples.png\"");
    }

    /** Pixels that are not white. */
    private static long ink(BufferedImage image, int left, int top, int width, int height) {
        return Arrays.stream(image.getRGB(left, top, width, height, null, 0, width))
                .filter(pixel -> pixel != Color.WHITE.getRGB())
                .count();
    }

    @Test
    void whatStandsBesideTheNetworkHasItsFiles() throws IOException {
        Report.write(folder, Samples.withRivals("grandmodel", "reconstruction"));

        assertThat(files())
                .contains("predictions_grandmodel_size_alone.csv", "predictions_reconstruction_size_alone.csv")
                .contains("tables/protocols.csv");
        assertThat(folder.resolve("tables/protocols.csv"))
                .content()
                .startsWith("Protocol,What changed,Particles,Network,Size alone,Most frequent class,Change")
                .contains("grandmodel,another <source>,60,");
        try (InputStream in = Files.newInputStream(folder.resolve("classification_report.xlsx"));
                ReadableWorkbook workbook = new ReadableWorkbook(in)) {
            Sheet sheet = workbook.findSheet("Beside 1 grandmodel").orElseThrow();
            List<Row> rows = sheet.read();
            assertThat(rows.get(1).getCellText(0)).isEqualTo("the network");
            assertThat(rows.get(2).getCellText(0)).isEqualTo("size <alone>");
        }
    }

    @Test
    void theFeaturesOfEachResultHaveTheirTableAndPicture() throws IOException {
        ReportInput input = Samples.withInsides("grandmodel", "reconstruction");
        Report.write(folder, input);

        assertThat(files())
                .contains("tables/feature_map_grandmodel.csv", "tables/feature_map_reconstruction.csv")
                .contains("figures/feature_map_grandmodel.png", "figures/feature_map_reconstruction.png");
        List<String> lines = Files.readAllLines(folder.resolve("tables/feature_map_grandmodel.csv"));
        assertThat(lines).hasSize(61).startsWith("tomogram,x,y,z,true,predicted,pc1,pc2");
        PrincipalPlane plane = input.insides().getFirst().features().plane();
        assertThat(lines.get(1)).startsWith("model_9,10,20.5,30,").endsWith("," + (float) plane.second()[0]);

        Report.write(folder, Samples.withInsides("grandmodel"));
        assertThat(files()).contains("tables/feature_map.csv", "figures/feature_map.png");
    }

    @Test
    void singleResultHasThePlainNamesAndSchema() throws IOException {
        Report.write(folder, Samples.bare());

        assertThat(files())
                .containsExactlyInAnyOrder(
                        "metrics.json",
                        "predictions.csv",
                        "classification_report.xlsx",
                        "report.html",
                        "figures/confusion_matrix.png",
                        "figures/f1_per_class.png");
        assertThat(MetricsJson.read(folder.resolve("metrics.json")).confusion().total())
                .isEqualTo(60);
    }

    @Test
    void furtherFiguresStandBesideThoseOfASingleResult() throws IOException {
        Report.write(folder, Samples.full("grandmodel"));

        assertThat(files()).contains("figures/loss.png", "figures/accuracy.png");
        assertThat(Files.readString(folder.resolve("metrics.json"))).contains("\"train_seconds\" : 1234.5");
        assertThat(MetricsJson.read(folder.resolve("metrics.json")).confusion().total())
                .isEqualTo(60);
    }

    @Test
    void reportIsWrittenAnewIntoItsFolder() throws IOException {
        Report.write(folder, Samples.bare());
        String first = Files.readString(folder.resolve("report.html"));
        Report.write(folder, Samples.bare());

        assertThat(folder.resolve("report.html")).hasContent(first);
    }

    @Test
    void workbookOpensAgain() throws IOException {
        Report.write(folder, Samples.full("grandmodel", "reconstruction"));
        try (InputStream in = Files.newInputStream(folder.resolve("classification_report.xlsx"));
                ReadableWorkbook workbook = new ReadableWorkbook(in)) {
            List<Sheet> sheets = workbook.getSheets().toList();
            assertThat(sheets.stream().map(Sheet::getName))
                    .containsExactly(
                            "Report 1 grandmodel",
                            "Confusion 1 grandmodel",
                            "Report 2 reconstruction",
                            "Confusion 2 reconstruction");
            List<Row> report = sheets.get(0).read();
            assertThat(texts(report.get(0), 5)).containsExactly("Class", "Precision", "Recall", "F1", "Support");
            assertThat(report.get(2).getCellText(0)).isEqualTo(Samples.NASTY);
            assertThat(report.stream().filter(r -> r.getCellCount() > 0).map(r -> r.getCellText(0)))
                    .contains("Macro average", "Weighted average", "Accuracy", "F1, macro");
            List<Row> confusion = sheets.get(1).read();
            assertThat(confusion.get(1).getCellText(2)).isEqualTo(Samples.NASTY);
            double sum = 0;
            for (int k = 0; k < 4; k++) {
                sum += confusion.get(k + 2).getCellAsNumber(5).orElseThrow().doubleValue();
            }
            assertThat(sum).isEqualTo(60);
        }
    }

    @Test
    void folderThatCannotBeWrittenIsAnError() throws IOException {
        Path file = Files.writeString(folder.resolve("taken"), "");

        assertThatThrownBy(() -> Report.write(file, Samples.bare()))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("Cannot write " + file.resolve("predictions.csv"));
    }

    @Test
    void inconsistentInputIsRefused() {
        ReportInput bare = Samples.bare();
        assertThatThrownBy(() -> new ReportInput(
                        "",
                        bare.metadata(),
                        List.of("other"),
                        bare.results(),
                        bare.figures(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of()))
                .hasMessage("result grandmodel has other classes");
        assertThatThrownBy(() -> new ReportInput(
                        "",
                        bare.metadata(),
                        bare.classes(),
                        bare.results(),
                        bare.figures(),
                        List.of(),
                        List.of(),
                        Samples.withInsides("other").insides(),
                        List.of(),
                        List.of(),
                        List.of()))
                .hasMessage("a look inside is of other, which is no result");
        assertThatThrownBy(() -> new TrainingCurves("../up", List.of(new Epoch(0, 1, 1, 1, 1, true, 1))))
                .hasMessage("\"../up\" cannot be part of a file name");
        assertThatThrownBy(() -> new TrainingCurves("grandmodel", List.of()))
                .hasMessage("the training grandmodel has no epoch");
        assertThatThrownBy(() -> Samples.full("grandmodel", "grandmodel")).hasMessage("two results have one name");
        assertThatThrownBy(() -> Result.of("../up", Samples.CLASSES, Samples.predictions(1)))
                .hasMessage("\"../up\" cannot be part of a file name");
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(p -> folder.relativize(p).toString().replace('\\', '/'))
                    .toList();
        }
    }

    private static List<String> texts(Row row, int columns) {
        return row.stream().limit(columns).map(cell -> cell.getText()).toList();
    }
}
