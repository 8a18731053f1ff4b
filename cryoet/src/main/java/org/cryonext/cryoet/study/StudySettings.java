package org.cryonext.cryoet.study;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.cryonext.engine.io.InputException;
import org.cryonext.models.convnext.Size;
import org.cryonext.models.convnext.Version;

/**
 * What a study trains. What is null is the recipe's.
 *
 * @param data the data set's folder, absolute
 * @param variants the networks that are compared, each once
 * @param init initial weights of each variant, absolute; empty for random weights
 * @param published whether these weights are the paper's, which ImageNet gave
 * @param size of networks with random weights; ignored for the others
 * @param imageSize pixels of an image's edge
 * @param epochs most epochs of a training
 * @param batch particles a step
 * @param folds of the cross-validation over tomograms, at least 2
 * @param seeds of the fair protocol's trainings; the first is that of the paper's protocol too
 */
public record StudySettings(
        String data,
        List<Version> variants,
        Map<Version, String> init,
        boolean published,
        Size size,
        Integer imageSize,
        Integer epochs,
        Integer batch,
        int folds,
        List<Long> seeds) {
    private static final List<Long> SEEDS = List.of(42L, 43L, 44L);
    private static final int FOLDS = 3;

    /** @throws InputException where a number is out of bounds */
    public StudySettings {
        variants = List.copyOf(variants);
        init = new TreeMap<>(init);
        seeds = List.copyOf(seeds);
        if (variants.isEmpty() || seeds.isEmpty()) {
            throw new InputException("A study needs at least one variant and one seed");
        }
        if (seeds.stream().distinct().count() != seeds.size()) {
            throw new InputException("--seeds is " + seeds + ", expected different numbers");
        }
        if (folds < 2) {
            throw new InputException("--folds is " + folds + ", expected at least 2");
        }
        if (!init.isEmpty() && !init.keySet().containsAll(variants)) {
            throw new InputException(
                    "There are initial weights for " + init.keySet() + " alone, expected for each of " + variants);
        }
    }

    /** The whole study: three folds, three seeds, the recipe's numbers. */
    public static StudySettings full(Path data, List<Version> variants, Map<Version, String> init, boolean published) {
        return new StudySettings(absolute(data), variants, init, published, Size.TINY, null, null, null, FOLDS, SEEDS);
    }

    /** A study that only shows that everything works: two folds, one seed, two epochs of small images. */
    public static StudySettings quick(Path data, List<Version> variants, Map<Version, String> init, boolean published) {
        return new StudySettings(
                absolute(data), variants, init, published, Size.ATTO, 48, 2, 16, 2, List.of(SEEDS.getFirst()));
    }

    private static String absolute(Path path) {
        return path.toAbsolutePath().normalize().toString();
    }
}
