package org.cryonext.cryoet.saliency;

/**
 * How much each place of an image speaks for an answer.
 *
 * @param rows cells from top to bottom
 * @param columns cells from left to right
 * @param cells [rows, columns], 0 or more; not copied
 */
public record SaliencyMap(int rows, int columns, float[] cells) {

    /** @throws IllegalArgumentException if there are not as many cells */
    public SaliencyMap {
        if (cells.length != Math.multiplyExact(rows, columns)) {
            throw new IllegalArgumentException(cells.length + " cells for " + rows + " x " + columns);
        }
    }

    /** The largest cell. */
    public float largest() {
        float largest = 0;
        for (float cell : cells) {
            largest = Math.max(largest, cell);
        }
        return largest;
    }

    /**
     * The map over an image, bilinearly between the cells' centres; {@code torch.nn.functional.interpolate} with
     * {@code mode="bilinear", align_corners=False}.
     *
     * @return [height, width]
     */
    public float[] over(int height, int width) {
        float[] result = new float[Math.multiplyExact(height, width)];
        for (int y = 0; y < height; y++) {
            double down = place(y, height, rows);
            int top = (int) down;
            int bottom = Math.min(top + 1, rows - 1);
            for (int x = 0; x < width; x++) {
                double across = place(x, width, columns);
                int left = (int) across;
                int right = Math.min(left + 1, columns - 1);
                double above = between(cells[top * columns + left], cells[top * columns + right], across - left);
                double below = between(cells[bottom * columns + left], cells[bottom * columns + right], across - left);
                result[y * width + x] = (float) between(above, below, down - top);
            }
        }
        return result;
    }

    /** Where the middle of a pixel lies among the cells' middles; beyond the outermost it is theirs. */
    private static double place(int pixel, int pixels, int cells) {
        return Math.clamp((pixel + 0.5) * cells / pixels - 0.5, 0, cells - 1);
    }

    private static double between(double a, double b, double share) {
        return a + share * (b - a);
    }
}
