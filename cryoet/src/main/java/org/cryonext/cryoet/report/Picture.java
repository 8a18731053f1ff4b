package org.cryonext.cryoet.report;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.function.Consumer;
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
    /** Of grey, and of what is laid over it: together they fill a palette. */
    private static final int SHADES = 16;
    /** How much darker what is dim is shown. */
    private static final int DIMMED = 3;

    private static final IndexColorModel OVERLAY = overlay();

    static Picture of(Chart<?, ?> chart) {
        int width = chart.getWidth();
        int height = chart.getHeight();
        return of(width, height, graphics -> {
            graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            chart.paint(graphics, width, height);
        });
    }

    /** What is drawn in CSS pixels. */
    static Picture of(int width, int height, Consumer<Graphics2D> drawing) {
        BufferedImage image = new BufferedImage(DENSITY * width, DENSITY * height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.scale(DENSITY, DENSITY);
        drawing.accept(graphics);
        graphics.dispose();
        return new Picture(encode(image), width, height);
    }

    static Picture of(SampleTriplet.Slice slice) {
        return new Picture(encode(image(slice)), slice.width(), slice.height());
    }

    /** The slice's grey values. */
    static BufferedImage image(SampleTriplet.Slice slice) {
        BufferedImage image = new BufferedImage(slice.width(), slice.height(), BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setDataElements(0, 0, slice.width(), slice.height(), slice.pixels());
        return image;
    }

    /**
     * The slice with what speaks for the answer laid over it, from dark orange for little to yellow for most. What lies
     * outside of the volume is dim and has no colour.
     */
    static Picture withSaliency(SampleTriplet.Slice slice) {
        return new Picture(encode(imageWithSaliency(slice)), slice.width(), slice.height());
    }

    static BufferedImage imageWithSaliency(SampleTriplet.Slice slice) {
        byte[] pixels = new byte[slice.pixels().length];
        for (int i = 0; i < pixels.length; i++) {
            boolean beyond = slice.isBeyond(i);
            int grey = (slice.pixels()[i] & 0xFF) / (beyond ? DIMMED : 1) * (SHADES - 1) + 127;
            int weight = (beyond ? 0 : slice.saliency()[i] & 0xFF) * (SHADES - 1) + 127;
            pixels[i] = (byte) (grey / 255 * SHADES + weight / 255);
        }
        BufferedImage image =
                new BufferedImage(slice.width(), slice.height(), BufferedImage.TYPE_BYTE_INDEXED, OVERLAY);
        image.getRaster().setDataElements(0, 0, slice.width(), slice.height(), pixels);
        return image;
    }

    /** A palette makes the file a third as large as three colours a pixel would. */
    private static IndexColorModel overlay() {
        byte[] red = new byte[SHADES * SHADES];
        byte[] green = new byte[red.length];
        byte[] blue = new byte[red.length];
        for (int grey = 0; grey < SHADES; grey++) {
            for (int weight = 0; weight < SHADES; weight++) {
                int i = grey * SHADES + weight;
                double share = weight / (SHADES - 1.0);
                double cover = 0.7 * Math.pow(share, 0.75);
                double shade = 255.0 * grey / (SHADES - 1);
                red[i] = (byte) Math.round(shade + cover * (255 - shade));
                green[i] = (byte) Math.round(shade + cover * (40 + 190 * share - shade));
                blue[i] = (byte) Math.round(shade - cover * shade);
            }
        }
        return new IndexColorModel(Byte.SIZE, red.length, red, green, blue);
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
