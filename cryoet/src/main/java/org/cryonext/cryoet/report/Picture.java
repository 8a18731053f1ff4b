package org.cryonext.cryoet.report;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.knowm.xchart.internal.chartpart.Chart;

/**
 * A PNG file's bytes with the size at which it is to be shown.
 *
 * @param png the file
 * @param width CSS pixels
 * @param height CSS pixels
 */
record Picture(byte[] png, int width, int height) {
    /** Device pixels per CSS pixel: sharp on dense screens and on paper. */
    private static final int DENSITY = 2;

    static Picture of(Chart<?, ?> chart) {
        int width = chart.getWidth();
        int height = chart.getHeight();
        BufferedImage image = new BufferedImage(DENSITY * width, DENSITY * height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.scale(DENSITY, DENSITY);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        chart.paint(graphics, width, height);
        graphics.dispose();
        return new Picture(encode(image), width, height);
    }

    static Picture of(SampleTriplet.Slice slice) {
        BufferedImage image = new BufferedImage(slice.width(), slice.height(), BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setDataElements(0, 0, slice.width(), slice.height(), slice.pixels());
        return new Picture(encode(image), slice.width(), slice.height());
    }

    /** The picture itself as an address, so that a page needs no other file. */
    String dataUri() {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
    }

    private static byte[] encode(BufferedImage image) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
