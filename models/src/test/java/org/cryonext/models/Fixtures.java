package org.cryonext.models;

import java.nio.file.Path;

/** Files made by tools/python/fixtures_models.py. */
public final class Fixtures {
    private Fixtures() {}

    /** A checkpoint folder with its reference file, or a weight file. */
    public static Path model(String name) {
        return Path.of("src/test/resources/models", name);
    }

    /** The reference file beside the weights of a model. */
    public static Path reference(String name) {
        return model(name).resolve("reference.safetensors");
    }
}
