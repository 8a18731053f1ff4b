package org.cryonext.cryoet.classify;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.IntStream;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.metrics.Rejection;
import org.cryonext.cryoet.particle.ParticleList;
import org.cryonext.cryoet.report.PredictionsCsv;
import org.cryonext.cryoet.star.StarTable;
import org.cryonext.cryoet.star.StarWriter;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.OutputFolder;

/**
 * The two files of a classification.
 *
 * @param star the list as it came, with class and probability
 * @param csv a row a particle: tomogram,x,y,z,class,probability,p_CLASS..., with the image of a subtomogram after its class
 */
record Outputs(Path star, Path csv) {
    private static final String CLASS_NUMBER = "rlnClassNumber";
    private static final String CLASS = "cryonextClass";
    private static final String ENERGY = "cryonextEnergy";
    private static final String REJECTED = "cryonextRejected";
    private static final String PROBABILITY = "cryonextProbability";

    /**
     * Decides on the names, and checks what can be checked before the work begins.
     *
     * @param out a file that ends in .star or .csv, a folder, or null for the current folder
     * @throws InputException where the list itself would be written over, or there can be no such file
     */
    static Outputs of(Path out, Path particles) {
        String text = out == null
                ? ""
                : out.getFileName() == null ? "" : out.getFileName().toString();
        String lower = text.toLowerCase(Locale.ROOT);
        boolean file = (lower.endsWith(".star") || lower.endsWith(".csv")) && !Files.isDirectory(out);
        String name = file
                ? text.substring(0, text.lastIndexOf('.'))
                : stem(particles.getFileName().toString()) + "_classified";
        if (!file && out != null && !Files.isDirectory(out) && lower.matches(".+\\.[a-z]{1,5}")) {
            throw new InputException(
                    "--out is " + out + ", expected a file that ends in .star or .csv, or a folder (one"
                            + " whose name looks like a file's must be there already)");
        }
        Path folder = file ? out.toAbsolutePath().getParent() : out == null ? Path.of("") : out;
        Path star = file ? out.resolveSibling(name + ".star") : folder.resolve(name + ".star");
        Outputs outputs = new Outputs(star, star.resolveSibling(name + ".csv"));
        outputs.check(folder.toAbsolutePath(), particles);
        return outputs;
    }

    private void check(Path folder, Path particles) {
        Path list = particles.toAbsolutePath().normalize();
        if (list.equals(star.toAbsolutePath().normalize())
                || list.equals(csv.toAbsolutePath().normalize())) {
            throw new InputException(
                    "The result would be written over the list " + particles + "; choose another name with --out");
        }
        OutputFolder.requireWritable(folder, star);
    }

    private static String stem(String name) {
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    /**
     * Writes both; each appears whole or not at all.
     *
     * @param selected ids of the classes to write
     * @param rejection which of the predictions are of none of the classes, a column of its own; null for no such column
     * @return the particles written
     */
    int write(
            ParticleList list,
            List<String> classes,
            List<Prediction> predictions,
            Set<Integer> selected,
            Rejection rejection) {
        int[] rows = IntStream.range(0, predictions.size())
                .filter(row -> selected.contains(predictions.get(row).predicted()))
                .toArray();
        List<Prediction> chosen = IntStream.of(rows).mapToObj(predictions::get).toList();
        SequencedMap<String, List<String>> more = new LinkedHashMap<>();
        if (list.images() != null) {
            more.put(PredictionsCsv.IMAGE, at(rows, list.images()));
        }
        StarTable known = classified(list.table(), classes, predictions);
        if (rejection == null) {
            // A list that was classified before may have those of another run.
            known = known.withoutColumn(ENERGY).withoutColumn(REJECTED);
        } else {
            known = known.withColumn(ENERGY, rejection.energyColumn()).withColumn(REJECTED, rejection.column());
            PredictionsCsv.columns(rejection).forEach((name, column) -> more.put(name, at(rows, column)));
        }
        PredictionsCsv.writeClassification(csv, classes, chosen, more);
        StarTable table =
                known.filter(row -> selected.contains(predictions.get(row).predicted()));
        StarWriter.write(star, list.star().replace(list.table(), table));
        return chosen.size();
    }

    private static List<String> at(int[] rows, List<String> column) {
        return IntStream.of(rows).mapToObj(column::get).toList();
    }

    private static StarTable classified(StarTable table, List<String> classes, List<Prediction> predictions) {
        List<String> numbers = new ArrayList<>(predictions.size());
        List<String> names = new ArrayList<>(predictions.size());
        List<String> probabilities = new ArrayList<>(predictions.size());
        for (Prediction prediction : predictions) {
            // RELION counts classes from 1.
            numbers.add(Integer.toString(prediction.predicted() + 1));
            names.add(classes.get(prediction.predicted()));
            probabilities.add(String.format(Locale.ROOT, "%.6f", prediction.probability()));
        }
        return table.withColumn(CLASS_NUMBER, numbers).withColumn(CLASS, names).withColumn(PROBABILITY, probabilities);
    }
}
