package org.cryonext.bench.pair;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * Two programs measured in turns, or this engine alone.
 *
 * @param peer column of the other program; null where there is none
 * @param ours this engine
 * @param theirs the other; null where there is none
 * @param difference largest difference of their first results, as a part of the largest magnitude; null likewise
 * @param peaks GFLOP/s of this machine's registers, before and after each round that counts
 * @param repeated rounds that were done again because the machine changed its speed meanwhile
 * @param unsteady rounds that count although it did, because it would not hold still
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PairResult(
        String peer, Speed ours, Speed theirs, Double difference, List<Double> peaks, int repeated, int unsteady) {}
