package org.cryonext.cryoet.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;

/**
 * All that a report shows. Lists may be empty, except {@code classes} and {@code results}: a part without data is left
 * out.
 *
 * @param title heading of the page
 * @param metadata what was run, by label in the order to show: command, data, source, seed, device, date, ...
 * @param classes names, in the order of the class ids
 * @param results one, or several to stand beside each other (such as {@code grandmodel} and {@code reconstruction})
 * @param figures further numbers for {@code metrics.json} and the page, for instance {@code train_seconds}
 * @param counts particles per class of each set, for instance train, validation and test
 * @param samples particles to show
 * @param insides a look inside networks, each by the name of a result
 * @param trainings the log of each network's training, one a network
 * @param tables further tables, for instance what each protocol comes to
 * @param warnings sentences that the reader must not miss, for instance that a tomogram was trained on
 */
public record ReportInput(
        String title,
        SequencedMap<String, String> metadata,
        List<String> classes,
        List<Result> results,
        SequencedMap<String, Double> figures,
        List<ClassCounts> counts,
        List<SampleTriplet> samples,
        List<Inside> insides,
        List<TrainingCurves> trainings,
        List<ReportTable> tables,
        List<String> warnings) {

    /**
     * Copies the collections.
     *
     * @throws IllegalArgumentException if there is no result, two results or trainings have one name, a look inside belongs to no result, or a part has another number of classes
     */
    public ReportInput {
        metadata = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metadata));
        figures = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(figures));
        classes = List.copyOf(classes);
        results = List.copyOf(results);
        counts = List.copyOf(counts);
        samples = List.copyOf(samples);
        insides = List.copyOf(insides);
        trainings = List.copyOf(trainings);
        tables = List.copyOf(tables);
        warnings = List.copyOf(warnings);
        if (results.isEmpty()) {
            throw new IllegalArgumentException("a report needs at least one result");
        }
        requireDifferent("results", results.stream().map(Result::name).toList());
        requireDifferent("looks inside", insides.stream().map(Inside::result).toList());
        requireDifferent("tables", tables.stream().map(ReportTable::id).toList());
        requireDifferent(
                "trainings", trainings.stream().map(TrainingCurves::name).toList());
        for (Result result : results) {
            if (!result.metrics().confusion().classes().equals(classes)) {
                throw new IllegalArgumentException("result " + result.name() + " has other classes");
            }
        }
        for (Inside inside : insides) {
            if (results.stream().noneMatch(result -> result.name().equals(inside.result()))) {
                throw new IllegalArgumentException("a look inside is of " + inside.result() + ", which is no result");
            }
        }
        for (ClassCounts set : counts) {
            if (set.counts().size() != classes.size()) {
                throw new IllegalArgumentException("set " + set.set() + " has counts of another number of classes");
            }
        }
        for (SampleTriplet sample : samples) {
            if (sample.truth() < 0 || Math.max(sample.truth(), sample.predicted()) >= classes.size()) {
                throw new IllegalArgumentException("sample " + sample.caption() + " has an unknown class");
            }
        }
    }

    private static void requireDifferent(String what, List<String> names) {
        if (new LinkedHashSet<>(names).size() < names.size()) {
            throw new IllegalArgumentException("two " + what + " have one name");
        }
    }

    ReportInput withWarning(String warning) {
        List<String> all = new ArrayList<>(warnings);
        all.add(warning);
        return new ReportInput(
                title, metadata, classes, results, figures, counts, samples, insides, trainings, tables, all);
    }
}
