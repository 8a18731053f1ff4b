package org.cryonext.models.hub;

import java.util.Map;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Parameter;
import org.cryonext.models.convnext.Size;
import org.cryonext.models.convnext.Version;

/**
 * A model of the catalogue.
 *
 * @param name what users call it, for instance "convnext-tiny"
 * @param repository where it is
 * @param training the images it learned from
 * @param imageSize edge of the images it was last trained on, in pixels
 * @param licence the terms of its weights
 * @param sha256 the files whose SHA-256 the hub's pages state, in hexadecimal digits
 */
public record Published(
        String name,
        Repository repository,
        Version version,
        Size size,
        Training training,
        int imageSize,
        Licence licence,
        Map<String, String> sha256) {
    /** What a model learned from. */
    public enum Training {
        /** ImageNet-1k. */
        IMAGENET_1K("1k", 1000),
        /** ImageNet-22k. */
        IMAGENET_22K("22k", 21841),
        /** ImageNet-22k, then ImageNet-1k. */
        IMAGENET_22K_1K("22k-1k", 1000);

        private final String text;
        private final int classes;

        Training(String text, int classes) {
            this.text = text;
            this.classes = classes;
        }

        /** Number of classes that the classifier tells apart. */
        public int classes() {
            return classes;
        }

        /** As names of models have it. */
        @Override
        public String toString() {
            return text;
        }
    }

    /** Bytes of its weights as F32, as all of them are published. */
    public long bytes() {
        return 4 * Parameter.count(ConvNextConfig.of(version, size, training.classes()));
    }
}
