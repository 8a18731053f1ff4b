package org.cryonext.cryoet.report;

import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.image.BufferedImage;
import java.util.Comparator;
import java.util.List;
import org.cryonext.cryoet.metrics.Prediction;

/** Draws the particles that a report shows on one sheet, by class: their slices, and what speaks for the answer below. */
final class SampleSheet {
    /** At most, in CSS pixels: four particles of three slices. */
    private static final int WIDTH = 1284;

    private static final int SLICE = 96;
    private static final int GAP = 4;
    private static final int SPACE = 20;
    private static final int LINE = 17;
    /** The line with the views' names above the slices. */
    private static final int HEAD = 17;

    private static final Font NAME = new Font(Font.SANS_SERIF, Font.BOLD, 13);
    private static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);

    private final List<String> classes;
    private final List<SampleTriplet> samples;
    private final Palette palette;
    private final int blockWidth;
    private final int blockHeight;
    private final int columns;

    private SampleSheet(List<String> classes, List<SampleTriplet> samples, Palette palette) {
        this.classes = classes;
        this.samples = samples.stream()
                .sorted(Comparator.comparingInt(SampleTriplet::truth))
                .toList();
        this.palette = palette;
        int slices = samples.stream()
                .mapToInt(sample -> sample.slices().size())
                .max()
                .orElseThrow();
        boolean overlays = samples.stream().anyMatch(SampleTriplet::hasSaliency);
        blockWidth = slices * (SLICE + GAP) - GAP;
        blockHeight = HEAD + SLICE + (overlays ? GAP + SLICE : 0) + 2 * LINE;
        columns = Math.max(1, (WIDTH - SPACE) / (blockWidth + SPACE));
    }

    /**
     * Draws the sheet.
     *
     * @param classes names, in the order of the class ids
     * @param samples at least one
     */
    static Picture draw(List<String> classes, List<SampleTriplet> samples, Palette palette) {
        SampleSheet sheet = new SampleSheet(classes, samples, palette);
        int rows = Math.ceilDiv(samples.size(), sheet.columns);
        int width = Math.min(sheet.columns, samples.size()) * (sheet.blockWidth + SPACE) + SPACE;
        int height = rows * (sheet.blockHeight + SPACE) + SPACE;
        return Picture.of(width, height, graphics -> {
            graphics.setColor(palette.background());
            graphics.fillRect(0, 0, width, height);
            sheet.paint(graphics);
        });
    }

    private void paint(Graphics2D graphics) {
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        // A voxel stays a square, as on the page.
        graphics.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
        for (int i = 0; i < samples.size(); i++) {
            int x = SPACE + i % columns * (blockWidth + SPACE);
            int y = SPACE + i / columns * (blockHeight + SPACE);
            block(graphics, samples.get(i), x, y);
        }
    }

    private void block(Graphics2D graphics, SampleTriplet sample, int x, int y) {
        for (int s = 0; s < sample.slices().size(); s++) {
            SampleTriplet.Slice slice = sample.slices().get(s);
            int left = x + s * (SLICE + GAP);
            graphics.setColor(palette.muted());
            graphics.setFont(TEXT);
            String view = fitting(slice.view(), graphics.getFontMetrics());
            int width = graphics.getFontMetrics().stringWidth(view);
            graphics.drawString(view, left + (SLICE - width) / 2, y + HEAD - 5);
            draw(graphics, Picture.image(slice), left, y + HEAD);
            if (slice.saliency() != null) {
                draw(graphics, Picture.imageWithSaliency(slice), left, y + HEAD + SLICE + GAP);
            }
        }
        int below = y + blockHeight - 2 * LINE;
        Shape clip = graphics.getClip();
        graphics.clipRect(x, below, blockWidth, 2 * LINE + GAP);
        graphics.setColor(palette.text());
        graphics.setFont(NAME);
        graphics.drawString(words(sample), x, below + LINE - 2);
        graphics.setColor(palette.muted());
        graphics.setFont(TEXT);
        graphics.drawString(sample.caption(), x, below + 2 * LINE - 2);
        graphics.setClip(clip);
    }

    /** The whole name where it is no wider than the slice, else its first word, the plane: names must not run into each other. */
    static String fitting(String view, FontMetrics metrics) {
        return metrics.stringWidth(view) <= SLICE ? view : view.split(" ", 2)[0];
    }

    private static void draw(Graphics2D graphics, BufferedImage image, int x, int y) {
        graphics.drawImage(image, x, y, SLICE, SLICE, null);
    }

    private String words(SampleTriplet sample) {
        String name = classes.get(sample.truth());
        return sample.predicted() == Prediction.UNKNOWN
                ? name
                : sample.predicted() == sample.truth()
                        ? name + ", recognised"
                        : name + ", taken for " + classes.get(sample.predicted());
    }
}
