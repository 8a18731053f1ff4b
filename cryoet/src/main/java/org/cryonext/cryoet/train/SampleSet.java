package org.cryonext.cryoet.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.cryonext.engine.op.CounterRandom;

/**
 * The samples of a run.
 *
 * @param samples all that train or validate
 * @param train indices of those that train
 * @param validation indices of those that validate
 */
record SampleSet(List<Sample> samples, int[] train, int[] validation) {
    /** Streams of the random numbers that belong to the samples; a network's blocks use small ones, from 0 on. */
    private static final int SPLIT_STREAM = -1;

    private static final int ORDER_STREAM = -2;

    /** Divides samples at random; of {@code n}, the first {@code n * share} (rounded down) of a shuffle train. */
    static SampleSet divide(List<Sample> samples, double share, long seed) {
        int[] all = indices(0, samples.size());
        shuffle(all, CounterRandom.key(seed, SPLIT_STREAM));
        int train = (int) (samples.size() * share);
        int[] first = Arrays.copyOfRange(all, 0, train);
        int[] rest = Arrays.copyOfRange(all, train, all.length);
        Arrays.sort(first);
        Arrays.sort(rest);
        return new SampleSet(samples, first, rest);
    }

    /** Joins training and validation samples. */
    static SampleSet join(List<Sample> train, List<Sample> validation) {
        List<Sample> all = new ArrayList<>(train);
        all.addAll(validation);
        return new SampleSet(List.copyOf(all), indices(0, train.size()), indices(train.size(), all.size()));
    }

    private static int[] indices(int from, int to) {
        int[] result = new int[to - from];
        Arrays.setAll(result, i -> from + i);
        return result;
    }

    /** The batches of an epoch: all training samples in random order, without the last incomplete batch. */
    List<int[]> batches(long seed, int epoch, int batch) {
        int[] order = train.clone();
        shuffle(order, CounterRandom.bits(CounterRandom.key(seed, ORDER_STREAM), epoch));
        List<int[]> batches = new ArrayList<>();
        for (int at = 0; at + batch <= order.length; at += batch) {
            batches.add(Arrays.copyOfRange(order, at, at + batch));
        }
        return batches;
    }

    /** Fisher and Yates's shuffle. */
    private static void shuffle(int[] values, long key) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = (int) Math.floorMod(CounterRandom.bits(key, i), (long) i + 1);
            int swap = values[i];
            values[i] = values[j];
            values[j] = swap;
        }
    }

    /** Samples of each class, those that validate included. */
    long[] counts(int classes) {
        long[] counts = new long[classes];
        for (int index : train) {
            counts[samples.get(index).label()]++;
        }
        for (int index : validation) {
            counts[samples.get(index).label()]++;
        }
        return counts;
    }
}
