package org.cryonext.bench.recipe;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * A whole training, images a second: those of all epochs and validations, over the time from start to end.
 *
 * @param model for instance {@code convnext-tiny}
 * @param mode {@code recipe}
 * @param batch particles a step
 * @param threads worker threads
 * @param particles that train or validate
 * @param epochs trained
 * @param ours this engine's
 * @param torch PyTorch's; null where it was not run
 * @param ratioTorch ours over PyTorch's
 * @param firstSteps largest relative difference of the loss of one of the first 60 steps
 * @param epochMeans largest relative difference of an epoch's mean loss, training or validation
 * @param torchSpread the same between PyTorch with all threads and with one
 * @param trainings what each process took
 * @param peaks the machine's multiply-adds before and after each, GFLOP/s
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RecipeRow(
        String model,
        String mode,
        int batch,
        int threads,
        int particles,
        int epochs,
        double ours,
        Double torch,
        @JsonProperty("ratio_torch") Double ratioTorch,
        @JsonProperty("first_steps_difference") Double firstSteps,
        @JsonProperty("epoch_means_difference") Double epochMeans,
        @JsonProperty("torch_epoch_means_difference") Double torchSpread,
        List<TimedTraining> trainings,
        List<Double> peaks) {
    private static final double STEADY = 0.05;

    /** Whether the machine was as fast before each training as after it: a training is too long to be repeated if it was not. */
    @JsonIgnore
    public boolean isSteady() {
        for (int i = 1; i < peaks.size(); i++) {
            if (Math.abs(peaks.get(i) / peaks.get(i - 1) - 1) > STEADY) {
                return false;
            }
        }
        return true;
    }
}
