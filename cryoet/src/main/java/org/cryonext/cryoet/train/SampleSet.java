package org.cryonext.cryoet.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.cryonext.cryoet.run.Sampling;
import org.cryonext.cryoet.triplet.TrainingStream;
import org.cryonext.engine.op.CounterRandom;

/**
 * The samples of a run.
 *
 * @param samples all that train or validate
 * @param train indices of those that train
 * @param validation indices of those that validate
 */
record SampleSet(List<Sample> samples, int[] train, int[] validation) {
    /** Divides samples at random; of {@code n}, the first {@code n * share} (rounded down) of a shuffle train. */
    static SampleSet divide(List<Sample> samples, double share, long seed) {
        int[] all = indices(0, samples.size());
        shuffle(all, TrainingStream.SPLIT.key(seed));
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

    /**
     * Drops training samples: of each class the same share is kept, at least one. What a smaller share keeps is among what a
     * larger one does.
     *
     * @param share above 0, to 1 for all
     */
    SampleSet withTrainingShare(double share, long seed) {
        if (share == 1) {
            return this;
        }
        long key = TrainingStream.TRAIN_SHARE.key(seed);
        boolean[] kept = new boolean[samples.size()];
        int[][] byClass = byClass();
        for (int c = 0; c < byClass.length; c++) {
            shuffle(byClass[c], CounterRandom.bits(key, c));
            long count = Math.max(1, Math.round(share * byClass[c].length));
            for (int i = 0; i < count; i++) {
                kept[byClass[c][i]] = true;
            }
        }
        List<Sample> left = new ArrayList<>();
        for (int index : train) {
            if (kept[index]) {
                left.add(samples.get(index));
            }
        }
        return join(left, IntStream.of(validation).mapToObj(samples::get).toList());
    }

    private static int[] indices(int from, int to) {
        int[] result = new int[to - from];
        Arrays.setAll(result, i -> from + i);
        return result;
    }

    /** The batches of an epoch: training samples in random order, without the last incomplete batch. */
    List<int[]> batches(long seed, int epoch, int batch, Sampling sampling) {
        long key = CounterRandom.bits(TrainingStream.ORDER.key(seed), epoch);
        int[] order = switch (sampling) {
            case SHUFFLED -> {
                int[] all = train.clone();
                shuffle(all, key);
                yield all;
            }
            case BALANCED -> balanced(key);
        };
        List<int[]> batches = new ArrayList<>();
        for (int at = 0; at + batch <= order.length; at += batch) {
            batches.add(Arrays.copyOfRange(order, at, at + batch));
        }
        return batches;
    }

    /** In each round one of every class, in random order; a class that is used up begins again. */
    private int[] balanced(long key) {
        int[][] byClass = byClass();
        for (int c = 0; c < byClass.length; c++) {
            shuffle(byClass[c], CounterRandom.bits(key, c));
        }
        int[] round = indices(0, byClass.length);
        int[] order = new int[train.length];
        for (int i = 0; i < order.length; i++) {
            int turn = i / byClass.length;
            if (i % byClass.length == 0) {
                shuffle(round, CounterRandom.bits(key, byClass.length + turn));
            }
            int[] own = byClass[round[i % byClass.length]];
            order[i] = own[turn % own.length];
        }
        return order;
    }

    /** Indices of the training samples of each class that has some, in the order of the classes. */
    private int[][] byClass() {
        return Arrays.stream(train)
                .boxed()
                .collect(Collectors.groupingBy(index -> samples.get(index).label(), TreeMap::new, Collectors.toList()))
                .values()
                .stream()
                .map(own -> own.stream().mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new);
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
