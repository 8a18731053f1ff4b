package org.cryonext.cryoet.run;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.cryonext.cryoet.triplet.Augmentation;
import org.cryonext.engine.optim.Schedule;
import org.cryonext.models.convnext.Part;

/**
 * Every number of a recipe.
 *
 * @param epochs most epochs
 * @param batch particles a step
 * @param headRate learning rate of the classifier
 * @param backboneRate learning rate of all else
 * @param weightDecay AdamW's decoupled decay
 * @param decayVectors whether biases, norms, layer scales and GRN decay too, as PyTorch's default has it
 * @param warmupEpochs epochs of linear warm-up; may be a fraction
 * @param schedule what the learning rates do after the warm-up
 * @param dropPath probability that the last block is left out for a sample
 * @param labelSmoothing share of the target spread over all classes
 * @param clipNorm limit of the gradients' norm; 0 for none
 * @param ema decay of the weights' moving average, which validation and the best checkpoint then use; 0 for none
 * @param classWeights weights of the classes in the training loss, in the order of the classes; empty for none
 * @param unfreeze epoch from which each part trains; parts that are absent never do
 * @param augment whether training views are flipped and turned at random, each image by itself
 * @param patience epochs without a better validation accuracy after which training stops; 0 for never
 * @param seed of the split, the order, the initial weights and everything random
 * @param init the initial weights, absolute, or null for random ones
 * @param augmentation how the cube around a training particle is varied before its views are cut; null, as in earlier runs,
 *     for not at all
 * @param sampling which samples an epoch shows; shuffled where a run's file does not say
 * @param mixup a of the distribution Beta(a, a) of the shares in which two samples are mixed; 0, or null in earlier runs, for
 *     none
 * @param focal exponent of the focal loss; 0, or null in earlier runs, for cross entropy
 * @param layerDecay factor of the learning rate from one layer to the one before; 1, or null in earlier runs, for none
 * @param frozenF16 whether the results of what is frozen are kept in half precision; false, or null in earlier runs, for as
 *     they are
 */
public record Hyperparameters(
        int epochs,
        int batch,
        double headRate,
        double backboneRate,
        double weightDecay,
        boolean decayVectors,
        double warmupEpochs,
        Schedule.Kind schedule,
        double dropPath,
        double labelSmoothing,
        double clipNorm,
        double ema,
        List<Double> classWeights,
        Map<Part, Integer> unfreeze,
        boolean augment,
        int patience,
        long seed,
        String init,
        Augmentation augmentation,
        Sampling sampling,
        Double mixup,
        Double focal,
        Double layerDecay,
        Boolean frozenF16) {

    /** Copies the collections. */
    public Hyperparameters {
        sampling = sampling == null ? Sampling.SHUFFLED : sampling;
        mixup = mixup == null ? 0 : mixup;
        focal = focal == null ? 0 : focal;
        layerDecay = layerDecay == null ? 1 : layerDecay;
        frozenF16 = frozenF16 != null && frozenF16;
        classWeights = List.copyOf(classWeights);
        Map<Part, Integer> copy = new EnumMap<>(Part.class);
        copy.putAll(unfreeze);
        unfreeze = Collections.unmodifiableMap(copy);
    }

    /** Whether all of the network trains from the first epoch on. */
    public boolean trainsWhole() {
        return unfreeze.size() == Part.values().length
                && unfreeze.values().stream().allMatch(epoch -> epoch == 0);
    }

    /**
     * Cubes are not varied; samples are shuffled and not mixed; cross entropy; one rate for all layers but the head;
     * what is frozen is kept as it is.
     */
    public Hyperparameters(
            int epochs,
            int batch,
            double headRate,
            double backboneRate,
            double weightDecay,
            boolean decayVectors,
            double warmupEpochs,
            Schedule.Kind schedule,
            double dropPath,
            double labelSmoothing,
            double clipNorm,
            double ema,
            List<Double> classWeights,
            Map<Part, Integer> unfreeze,
            boolean augment,
            int patience,
            long seed,
            String init) {
        this(
                epochs,
                batch,
                headRate,
                backboneRate,
                weightDecay,
                decayVectors,
                warmupEpochs,
                schedule,
                dropPath,
                labelSmoothing,
                clipNorm,
                ema,
                classWeights,
                unfreeze,
                augment,
                patience,
                seed,
                init,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /** Whether a training particle never looks the same. */
    public boolean varies() {
        return augment || augmentation != null || mixup > 0;
    }

    /** Whether a part trains in an epoch. */
    public boolean trains(Part part, int epoch) {
        return unfreeze.containsKey(part) && unfreeze.get(part) <= epoch;
    }
}
