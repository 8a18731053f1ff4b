package org.cryonext.bench.pair;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;
import org.cryonext.bench.model.ModelSettings;

/**
 * A model's speed, images a second: medians.
 *
 * @param model for instance {@code convnext-tiny}
 * @param mode {@code infer}, {@code train_full}, {@code train_stage3} or {@code train_head}
 * @param batch images in a batch
 * @param threads worker threads
 * @param ours this engine's; of several pairs the median
 * @param ort ONNX Runtime's; null where it was not run
 * @param torch PyTorch's; null where it was not run
 * @param ratioOrt ours over ONNX Runtime's, both of the same pair
 * @param ratioTorch ours over PyTorch's, both of the same pair
 * @param pairs what was measured
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ModelRow(
        String model,
        String mode,
        int batch,
        int threads,
        double ours,
        Double ort,
        Double torch,
        @JsonProperty("ratio_ort") Double ratioOrt,
        @JsonProperty("ratio_torch") Double ratioTorch,
        List<PairResult> pairs) {

    static ModelRow of(ModelSettings settings, List<PairResult> pairs) {
        double[] ours = pairs.stream()
                .mapToDouble(pair -> pair.ours().median())
                .sorted()
                .toArray();
        Optional<PairResult> ort = with("ort", pairs);
        Optional<PairResult> torch = with("torch", pairs);
        return new ModelRow(
                settings.name(),
                settings.mode().toString(),
                settings.batch(),
                settings.threads(),
                (ours[(ours.length - 1) / 2] + ours[ours.length / 2]) / 2,
                ort.map(pair -> pair.theirs().median()).orElse(null),
                torch.map(pair -> pair.theirs().median()).orElse(null),
                ort.map(ModelRow::ratio).orElse(null),
                torch.map(ModelRow::ratio).orElse(null),
                List.copyOf(pairs));
    }

    private static Optional<PairResult> with(String peer, List<PairResult> pairs) {
        return pairs.stream().filter(pair -> peer.equals(pair.peer())).findFirst();
    }

    private static double ratio(PairResult pair) {
        return pair.ours().median() / pair.theirs().median();
    }
}
