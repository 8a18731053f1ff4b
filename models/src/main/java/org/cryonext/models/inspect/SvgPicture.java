package org.cryonext.models.inspect;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Version;

/**
 * A ConvNeXt as a picture: on the left its parts, one below the other, with bars for what each takes; on the right one of
 * its blocks, layer by layer. It follows the viewer's choice of light or dark.
 */
final class SvgPicture {
    private static final int WIDTH = 980;
    private static final int TOP = 128;

    private static final int PART_X = 32;
    private static final int PART_WIDTH = 250;
    private static final int PART_HEIGHT = 58;
    private static final int PART_STEP = 100;

    private static final int PARAMETERS_X = 330;
    private static final int WORK_X = 490;
    private static final int BAR_WIDTH = 80;
    private static final int BAR_HEIGHT = 12;

    private static final int BLOCK_X = 700;
    private static final int BLOCK_WIDTH = 200;
    private static final int LAYER_HEIGHT = 40;
    private static final int LAYER_STEP = 64;

    private static final String STYLE = """
            <style>
              text { font-family: system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1b1f24; }
              .background { fill: #ffffff; }
              .title { font-size: 22px; font-weight: 600; }
              .name { font-size: 15px; font-weight: 600; }
              .small { font-size: 12.5px; fill: #57606a; }
              .number { font-size: 12.5px; font-variant-numeric: tabular-nums; }
              .box { fill: #f4f7fa; stroke: #57606a; stroke-width: 1.2; }
              .stage { fill: #e3f0f9; stroke: #0067a5; stroke-width: 1.2; }
              .weighted { fill: #e3f0f9; stroke: #0067a5; stroke-width: 1.2; }
              .panel { fill: none; stroke: #c3cad2; stroke-width: 1; }
              .arrow { fill: none; stroke: #57606a; stroke-width: 1.4; }
              .head { fill: #57606a; }
              .track { fill: #e1e5ea; }
              .parameters { fill: #0067a5; }
              .work { fill: #c75100; }
              @media (prefers-color-scheme: dark) {
                text { fill: #e6eaef; }
                .background { fill: #171b21; }
                .small { fill: #a0aab6; }
                .box { fill: #222831; stroke: #a0aab6; }
                .stage, .weighted { fill: #16324a; stroke: #58b0ec; }
                .panel { stroke: #3d4650; }
                .arrow { stroke: #a0aab6; }
                .head { fill: #a0aab6; }
                .track { fill: #2d343d; }
                .parameters { fill: #58b0ec; }
                .work { fill: #f0913f; }
              }
            </style>
            """;

    private final Architecture architecture;
    private final ConvNextConfig config;
    private final StringBuilder svg = new StringBuilder();

    private SvgPicture(Architecture architecture) {
        this.architecture = architecture;
        this.config = architecture.config();
    }

    static String of(Architecture architecture) {
        return new SvgPicture(architecture).draw();
    }

    private String draw() {
        List<String> layers = layers();
        int parts = TOP + architecture.parts().size() * PART_STEP + PART_HEIGHT + 28;
        int block = TOP + 60 + (layers.size() + 1) * LAYER_STEP;
        int height = Math.max(parts, block) + 32;
        line(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">",
                WIDTH, height, WIDTH, height);
        line("<title>%s</title>", escaped(config.summary()));
        svg.append(STYLE);
        line("<rect class=\"background\" width=\"%d\" height=\"%d\"/>", WIDTH, height);
        text("title", PART_X, 46, architecture.name());
        text("small", PART_X, 72, subtitle());
        parts();
        block(layers);
        return svg.append("</svg>\n").toString();
    }

    private String subtitle() {
        int size = architecture.imageSize();
        return Units.decimal(architecture.parameters()) + " parameters, "
                + Units.decimal(architecture.cost().flops()) + "FLOP for an image of " + size + " x " + size + ", "
                + (config.hasClassifier() ? config.classes() + " classes" : config.features() + " features");
    }

    private void parts() {
        text("small", PARAMETERS_X, TOP - 18, "parameters");
        text("small", WORK_X, TOP - 18, "FLOP");
        int y = TOP;
        int size = architecture.imageSize();
        box(
                "box",
                PART_X,
                y,
                PART_WIDTH,
                PART_HEIGHT,
                "image",
                size + " x " + size + " x " + architecture.config().channels());
        for (PartCost part : architecture.parts()) {
            int top = y + PART_STEP;
            arrow(PART_X + PART_WIDTH / 2, y + PART_HEIGHT, top - (part.blocks() > 1 ? 9 : 1));
            for (int card = Math.min(part.blocks(), 3) - 1; card > 0; card--) {
                rectangle("stage", PART_X + 4 * card, top - 4 * card, PART_WIDTH, PART_HEIGHT);
            }
            box(part.blocks() > 0 ? "stage" : "box", PART_X, top, PART_WIDTH, PART_HEIGHT, name(part), what(part));
            text("small", PART_X + PART_WIDTH / 2 + 12, top + PART_HEIGHT + 20, dims(part.output()));
            bar("parameters", PARAMETERS_X, top, part.parameters(), architecture.parameters());
            bar("work", WORK_X, top, part.cost().flops(), architecture.cost().flops());
            y = top;
        }
        arrow(PART_X + PART_WIDTH / 2, y + PART_HEIGHT, y + PART_HEIGHT + 28);
    }

    private static String name(PartCost part) {
        return part.blocks() == 0
                ? part.name()
                : part.name() + ": " + part.blocks() + (part.blocks() == 1 ? " block" : " blocks");
    }

    private String what(PartCost part) {
        return switch (part.name()) {
            case "stem" -> "convolution " + config.patchSize() + " x " + config.patchSize() + ", norm";
            case "stage 0" -> config.dims().getFirst() + " channels";
            case "head" -> config.hasClassifier() ? "mean, norm, linear" : "mean, norm";
            default -> "2 x 2 downsampling, " + part.output().channels() + " channels";
        };
    }

    private void bar(String style, int x, int top, long value, long total) {
        int y = top + PART_HEIGHT / 2 - BAR_HEIGHT / 2;
        double share = total == 0 ? 0 : (double) value / total;
        line(
                "<rect class=\"track\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\"/>",
                x, y, BAR_WIDTH, BAR_HEIGHT);
        line(
                "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"3\"/>",
                style, x, y, Math.max(2, share * BAR_WIDTH), BAR_HEIGHT);
        text("number", x + BAR_WIDTH + 8, y + BAR_HEIGHT - 1, Units.decimal(value));
    }

    /** The layers of a block in words; those with weights begin with a star, which is not shown. */
    private List<String> layers() {
        List<String> layers = new ArrayList<>(List.of(
                "*depthwise convolution 7 x 7",
                "*norm over channels",
                "*linear, C to 4 C",
                config.activation() == Activation.GELU ? "GELU" : "GELU (tanh form)"));
        if (config.version() == Version.V2) {
            layers.add("*response norm (GRN)");
        }
        layers.add("*linear, 4 C to C");
        if (config.hasLayerScale()) {
            layers.add("*scale for each channel");
        }
        return layers;
    }

    private void block(List<String> layers) {
        int height = 60 + (layers.size() + 1) * LAYER_STEP;
        line(
                "<rect class=\"panel\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"12\"/>",
                BLOCK_X - 40, TOP - 40, WIDTH - 24 - BLOCK_X + 40, height + 56);
        text("name", BLOCK_X - 20, TOP - 14, "one block, C channels");
        int middle = BLOCK_X + BLOCK_WIDTH / 2;
        int y = TOP + 40;
        int branch = TOP + 18;
        arrow(middle, TOP + 2, y - 1);
        for (String layer : layers) {
            boolean weighted = layer.startsWith("*");
            rectangle(weighted ? "weighted" : "box", BLOCK_X, y, BLOCK_WIDTH, LAYER_HEIGHT);
            centred("number", middle, y + 25, weighted ? layer.substring(1) : layer);
            arrow(middle, y + LAYER_HEIGHT, y + LAYER_STEP - 1);
            y += LAYER_STEP;
        }
        int sum = y + 13;
        int side = BLOCK_X + BLOCK_WIDTH + 28;
        line("<circle class=\"box\" cx=\"%d\" cy=\"%d\" r=\"13\"/>", middle, sum);
        line("<path class=\"arrow\" d=\"M%d %d h12 M%d %d v12\"/>", middle - 6, sum, middle, sum - 6);
        line(
                "<path class=\"arrow\" d=\"M%d %d H%d Q%d %d %d %d V%d Q%d %d %d %d H%d\"/>",
                middle,
                branch,
                side - 10,
                side,
                branch,
                side,
                branch + 10,
                sum - 10,
                side,
                sum,
                side - 10,
                sum,
                middle + 20);
        line("<path class=\"head\" d=\"M%d %d l8 -4.5 v9 z\"/>", middle + 13, sum);
        arrow(middle, sum + 13, sum + 48);
    }

    private void box(String style, int x, int y, int width, int height, String name, String what) {
        rectangle(style, x, y, width, height);
        centred("name", x + width / 2, y + 25, name);
        centred("small", x + width / 2, y + 44, what);
    }

    private void rectangle(String style, int x, int y, int width, int height) {
        line("<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"8\"/>", style, x, y, width, height);
    }

    private void arrow(int x, int from, int to) {
        line("<path class=\"arrow\" d=\"M%d %d V%d\"/>", x, from, to - 7);
        line("<path class=\"head\" d=\"M%d %d l-4.5 -8 h9 z\"/>", x, to);
    }

    private void text(String style, int x, int y, String text) {
        line("<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>", style, x, y, escaped(text));
    }

    private void centred(String style, int x, int y, String text) {
        line("<text class=\"%s\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>", style, x, y, escaped(text));
    }

    private void line(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String dims(Shape shape) {
        return shape.dims().stream().map(String::valueOf).collect(Collectors.joining(" x "));
    }

    private static String escaped(String text) {
        String plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        return plain.replace(" x ", " \u00d7 ");
    }
}
