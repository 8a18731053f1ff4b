package org.cryonext.bench.recipe;

import java.nio.file.Path;
import org.cryonext.engine.io.InputException;
import org.cryonext.models.convnext.ConvNextConfig;

/**
 * What is trained. A fifth of the particles validates.
 *
 * @param name of the model, for instance {@code convnext-tiny}
 * @param config of the model; as many classes as the simulated data has: twelve
 * @param particles that train or validate, three images each
 * @param epochs the classifier alone trains at first; then the last stage too
 * @param unfreeze epoch from which the last stage trains
 * @param batch particles a step
 * @param imageSize height and width of images, pixels
 * @param threads worker threads of each program
 * @param python interpreter that has torch and transformers, or null to train with this engine alone
 * @param spread whether PyTorch trains with one thread too, to show how far it is from itself
 */
public record RecipeSettings(
        String name,
        ConvNextConfig config,
        int particles,
        int epochs,
        int unfreeze,
        int batch,
        int imageSize,
        int threads,
        Path python,
        boolean spread) {
    /** Images of a particle: the paper's views. */
    static final int VIEWS = 3;

    private static final int FEWEST = 5;

    /** @throws InputException where a number makes no training */
    public RecipeSettings {
        if (particles < FEWEST) {
            throw new InputException(
                    "--particles is " + particles + ", expected at least " + FEWEST + ": a fifth of them validates");
        }
        int training = particles - particles / FEWEST;
        if (batch > training) {
            throw new InputException("--batch is " + batch + ", but of " + particles + " particles only " + training
                    + " train; give a smaller batch or more --particles");
        }
        if (spread && (python == null || threads == 1)) {
            throw new InputException(
                    "--spread lays a training of PyTorch with one thread beside one with more: it needs"
                            + " --peers and at least --threads 2");
        }
    }

    int validating() {
        return particles / FEWEST;
    }

    /** Images that pass the network in the whole training, those of the validation included. */
    long images() {
        return (long) VIEWS * particles * epochs;
    }
}
