package org.cryonext.cryoet.triplet;

import java.util.List;
import java.util.Optional;
import org.cryonext.engine.backend.SliceImages;
import org.cryonext.engine.backend.SliceImages.Axis;

/**
 * How a device makes the images that {@link SliceCutter} and {@link Preprocess} make here, with the same bits. It knows upright
 * views that need no resizing to the edge of the slices.
 */
public final class ImageRecipe {
    private ImageRecipe() {}

    /**
     * Why a device cannot make images of views, a clause; empty if it can.
     *
     * @param pixels edge of the slices
     */
    public static Optional<String> refusal(List<View> views, int pixels) {
        return views.stream()
                .filter(view -> view.plane() == Plane.OBLIQUE || view.edge() != pixels)
                .map(view -> "the view " + view.text()
                        + (view.plane() == Plane.OBLIQUE
                                ? " is oblique"
                                : " is resized to " + pixels + " pixels as it is cut"))
                .findFirst();
    }

    /**
     * The recipe of views that are not refused.
     *
     * @param together views that are the channels of one image; 1 where an image is one in grey
     * @param preprocess makes the same images of their slices here
     */
    public static SliceImages.Recipe of(List<View> views, int together, Preprocess preprocess) {
        int edge = preprocess.edge();
        return new SliceImages.Recipe(
                views.stream().map(ImageRecipe::of).toList(),
                edge,
                together,
                preprocess.height(),
                preprocess.width(),
                Preprocess.resizeWeights(edge, preprocess.height()),
                Preprocess.resizeWeights(edge, preprocess.width()),
                BilinearResize.PRECISION,
                preprocess.values());
    }

    private static SliceImages.View of(View view) {
        Slab slab = Slab.of(view);
        Orientation axes = slab.axes();
        return new SliceImages.View(
                axis(axes.x()),
                axis(axes.y()),
                axis(axes.z()),
                view.first(),
                view.thickness(),
                view.normalisation() == Normalisation.SLICE);
    }

    private static Axis axis(Vector way) {
        return way.x() == 1 ? Axis.X : way.y() == 1 ? Axis.Y : Axis.Z;
    }
}
