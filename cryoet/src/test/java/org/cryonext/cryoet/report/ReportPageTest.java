package org.cryonext.cryoet.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.cryonext.cryoet.features.PrincipalPlane;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class ReportPageTest {
    private static final ReportInput FULL = Samples.full("grandmodel", "reconstruction");
    private static final String PAGE = ReportPage.render(FULL, Figures.draw(FULL));

    @Test
    void theColumnsOfSlicesNameTheirViews() {
        assertThat(PAGE)
                .contains(
                        "<div class=\"slices views\" aria-hidden=\"true\"><span>XY</span><span>XZ</span><span>YZ</span>"
                                + "</div>");
    }

    @Test
    void isWellFormedAndHasEverySection() throws Exception {
        Document page = parse(PAGE);

        assertThat(attributes(page, "section", "id"))
                .containsExactly("figures", "classes", "confusion", "samples", "data", "training", "notes");
        assertThat(attributes(page, "h1", "id")).hasSize(1);
        assertThat(page.getElementsByTagName("h1").item(0).getTextContent()).isEqualTo("Evaluation of <run>");
        // 3 particles of 3 slices, and the charts F1, distribution, and loss and accuracy of two trainings.
        assertThat(attributes(page, "img", "alt")).hasSize(15).doesNotContain("");
    }

    @Test
    void baselinesAndProtocolsHaveTheirSections() throws Exception {
        ReportInput input = Samples.withRivals("grandmodel", "reconstruction");
        Document page = parse(ReportPage.render(input, Figures.NONE));

        assertThat(attributes(page, "section", "id"))
                .containsExactly(
                        "figures",
                        "tables",
                        "baselines",
                        "classes",
                        "confusion",
                        "samples",
                        "data",
                        "training",
                        "notes");
        assertThat(attributes(page, "a", "href")).contains("#tables", "#baselines");
        assertThat(page.getDocumentElement().getTextContent())
                .contains("another <source>", "Size <alone>", "The network cannot be told apart from size <alone>");
    }

    @Test
    void tablesOfManyColumnsKeepTheirFirstInSight() throws Exception {
        ReportInput input = Samples.withRivals("grandmodel");
        List<String> few = List.of("Row", "a", "b");
        List<String> many = List.of("Row", "a", "b", "c", "d", "e", "f", "g");
        ReportInput wide = new ReportInput(
                input.title(),
                input.metadata(),
                input.classes(),
                input.results(),
                input.figures(),
                input.counts(),
                input.samples(),
                input.insides(),
                input.trainings(),
                List.of(
                        new ReportTable("few", "Few", "", few, List.of(few)),
                        new ReportTable("many", "Many", "", many, List.of(many))),
                input.warnings());
        Document page = parse(ReportPage.render(wide, Figures.NONE));

        assertThat(attributes(page, "table", "class")).startsWith("wide texts", "wide texts many");
        assertThat(page.getElementsByTagName("style").item(0).getTextContent())
                .contains(".many th:first-child { position: sticky;");
    }

    @Test
    void theMapOfTheFeaturesSaysWhatItHolds() throws Exception {
        ReportInput input = Samples.withInsides("grandmodel", "reconstruction");
        Document page = parse(ReportPage.render(input, Figures.draw(input)));

        assertThat(attributes(page, "section", "id"))
                .containsExactly(
                        "figures", "classes", "confusion", "pairs", "samples", "features", "data", "training", "notes");
        assertThat(attributes(page, "a", "href")).contains("#features", "tables/feature_map_grandmodel.csv");
        assertThat(attributes(page, "img", "alt"))
                .contains("The features of grandmodel as points; the table feature_map has their places.");
        PrincipalPlane plane = input.insides().getFirst().features().plane();
        assertThat(page.getDocumentElement().getTextContent())
                .contains("The plane holds %.1f %% of the variance of 3 features."
                        .formatted(100 * (plane.firstShare() + plane.secondShare())));
    }

    @Test
    void confusedPairsStandBesideWhatSpeaksForTheAnswer() throws Exception {
        ReportInput input = Samples.withInsides("grandmodel");
        Document page = parse(ReportPage.render(input, Figures.NONE));

        assertThat(attributes(page, "img", "alt"))
                .containsSubsequence(
                        "XZ slice, model_9, line 6",
                        "What speaks for " + Samples.NASTY + " in the XZ slice, model_9, line 6",
                        "What speaks for 3qm1 in the XZ slice, model_9, line 7",
                        "What speaks for " + Samples.NASTY + " in the XZ slice, model_9, line 8");
        assertThat(page.getDocumentElement().getTextContent())
                .contains("3qm1 taken for " + Samples.NASTY + ": 2 of 8 (25.0 %)", "From <stage> 2.");
        assertThat(attributes(page, "a", "href")).contains("#pairs");
    }

    @Test
    void theHeatOverASliceIsSeen() throws IOException {
        byte[] pixels = {0, (byte) 255, 0, (byte) 255};
        byte[] saliency = {0, 0, (byte) 255, (byte) 255};
        Picture picture = Picture.withSaliency(new SampleTriplet.Slice("XY", 2, 2, pixels, saliency, null));
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(picture.png()));
        assertThat(new Color(image.getRGB(0, 0))).isEqualTo(Color.BLACK);
        assertThat(new Color(image.getRGB(1, 0))).isEqualTo(Color.WHITE);
        assertThat(new Color(image.getRGB(0, 1))).isEqualTo(new Color(179, 161, 0));
        assertThat(new Color(image.getRGB(1, 1))).isEqualTo(new Color(255, 238, 77));
    }

    @Test
    void whatLiesBeyondTheVolumeIsDimAndHasNoHeat() throws IOException {
        byte[] pixels = {(byte) 255, (byte) 255, 90, 90};
        byte[] saliency = {(byte) 255, (byte) 255, (byte) 255, 0};
        boolean[] beyond = {true, false, true, true};
        Picture picture = Picture.withSaliency(new SampleTriplet.Slice("XY", 2, 2, pixels, saliency, beyond));
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(picture.png()));
        assertThat(new Color(image.getRGB(0, 0))).isEqualTo(new Color(85, 85, 85));
        assertThat(new Color(image.getRGB(1, 0))).isEqualTo(new Color(255, 238, 77));
        assertThat(new Color(image.getRGB(0, 1))).isEqualTo(new Color(34, 34, 34));
        assertThat(image.getRGB(1, 1)).isEqualTo(image.getRGB(0, 1));
        assertThat(PAGE).doesNotContain("outside of the tomogram");
        ReportInput full = Samples.withInsides("grandmodel");
        assertThat(ReportPage.render(full, Figures.NONE)).contains("outside of the tomogram");
    }

    @Test
    void curvesOfSeveralTrainingsAreToldApart() throws Exception {
        Document page = parse(PAGE);

        assertThat(attributes(page, "img", "alt"))
                .contains(
                        "Loss of grandmodel by epoch; the table has the numbers.",
                        "Accuracy of grandmodel by epoch; the table has the numbers.",
                        "Loss of reconstruction by epoch; the table has the numbers.",
                        "Accuracy of reconstruction by epoch; the table has the numbers.");
        assertThat(PAGE).contains("Epochs of grandmodel as a table", "Epochs of reconstruction as a table");
        ReportInput one = Samples.full("grandmodel");
        assertThat(ReportPage.render(one, Figures.draw(one)))
                .contains("Loss by epoch; the table has the numbers.", "Epochs as a table");
    }

    @Test
    void namesAreEscaped() throws Exception {
        Document page = parse(PAGE);

        assertThat(page.getElementsByTagName("script").getLength()).isZero();
        assertThat(PAGE).doesNotContain("<script").contains("&lt;script&gt;");
        assertThat(page.getDocumentElement().getTextContent())
                .contains(Samples.NASTY, "was trained on & counts for nothing", "--out <folder>");
    }

    @Test
    void loadsNothingFromElsewhere() throws Exception {
        Document page = parse(PAGE);

        assertThat(PAGE).doesNotContain("http:", "https:", "//www", "@import", "url(");
        assertThat(attributes(page, "img", "src")).allMatch(src -> src.startsWith("data:image/png;base64,"));
        assertThat(attributes(page, "source", "srcset")).allMatch(src -> src.startsWith("data:image/png;base64,"));
        for (String element : List.of("link", "script", "iframe", "object")) {
            assertThat(page.getElementsByTagName(element).getLength()).isZero();
        }
        assertThat(PAGE).contains("default-src 'none'");
    }

    @Test
    void everyLinkOfThePageHasItsTarget() throws Exception {
        Document page = parse(PAGE);
        List<String> ids = attributes(page, "section", "id");

        for (String href : attributes(page, "a", "href")) {
            assertThat(href.startsWith("#") ? ids.contains(href.substring(1)) : href.matches("[a-z0-9_./]+"))
                    .as(href)
                    .isTrue();
        }
    }

    @Test
    void showsFiguresMistakesAndVerdicts() throws Exception {
        double f1 = FULL.results().getFirst().metrics().f1().value();

        assertThat(PAGE)
                .contains("%.4f".formatted(f1))
                .contains("Train seconds")
                .contains("1,234.5");
        assertThat(PAGE).containsPattern("✗ taken for 3qm1");
        assertThat(Pattern.compile("class=\"verdict right\">✓").matcher(PAGE).results())
                .hasSize(1);
        assertThat(parse(PAGE).getDocumentElement().getTextContent()).doesNotContain("NaN");
    }

    @Test
    void partsWithoutDataAreLeftOut() throws Exception {
        ReportInput bare = Samples.bare();
        Document page = parse(ReportPage.render(bare, Figures.draw(bare)));

        assertThat(attributes(page, "section", "id")).containsExactly("figures", "classes", "confusion", "notes");
        assertThat(attributes(page, "a", "href")).doesNotContain("#samples", "#data", "#training");
    }

    @Test
    void tablesStandWithoutChartsWhereNoFontIsFound() throws Exception {
        Document page = parse(ReportPage.render(FULL.withWarning("no font"), Figures.NONE));

        assertThat(page.getElementsByTagName("picture").getLength()).isZero();
        assertThat(page.getElementsByTagName("table").getLength()).isEqualTo(6);
        assertThat(page.getDocumentElement().getTextContent()).contains("no font");
    }

    private static Document parse(String page) throws Exception {
        DocumentBuilder parser = DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder();
        parser.setErrorHandler(null);
        return parser.parse(new InputSource(new StringReader(page)));
    }

    private static List<String> attributes(Document page, String element, String attribute) {
        NodeList nodes = page.getElementsByTagName(element);
        List<String> values = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            values.add(((Element) nodes.item(i)).getAttribute(attribute));
        }
        return values;
    }
}
