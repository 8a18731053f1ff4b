package org.cryonext.cryoet.robustness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.cryonext.cryoet.baseline.Profiles;
import org.cryonext.cryoet.baseline.SizeAlone;
import org.cryonext.cryoet.card.ModelCard;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.dataset.LabelledTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.evaluate.TomogramScores;
import org.cryonext.cryoet.evaluate.TrainingParticles;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.metrics.Rival;
import org.cryonext.cryoet.network.Scorer;
import org.cryonext.cryoet.particle.ClassNames;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.run.RunSettings;
import org.cryonext.cryoet.simulate.Imaging;
import org.cryonext.cryoet.simulate.SimulationSettings;
import org.cryonext.cryoet.simulate.Simulator;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.engine.Release;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.io.Counted;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import org.cryonext.engine.io.OutputFolder;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.download.Checksum;

/**
 * Measures a run on small simulated test sets that differ from its training data in one thing at a time: noise, defocus,
 * missing wedge, or how exactly the particles' positions are known. The specimens are the same everywhere: the same
 * particles, places and orientations.
 */
public final class RobustnessStudy {
    private final RobustnessSettings settings;
    private final RunFolder folder;
    private final RunSettings run;
    private final Nominal nominal;
    private final RobustnessFolder out;
    private final Backend backend;
    private final Progress progress;
    private final Consumer<String> say;
    private final Optional<TrainingParticles> training;

    private RobustnessStudy(RobustnessSettings settings, Backend backend, Progress progress, Consumer<String> say) {
        this.settings = settings;
        this.backend = backend;
        this.progress = progress;
        this.say = say;
        folder = RunFolder.open(settings.run());
        run = folder.settings();
        Optional<Dataset> given = settings.data().map(Dataset::open);
        given.ifPresent(this::requireTrainedOn);
        nominal = Nominal.of(run, folder.folder(), settings);
        Path place = settings.out().orElse(folder.folder().resolve("robustness"));
        OutputFolder.requireWritable(place, place);
        training = TrainingParticles.find(folder, given);
        out = RobustnessFolder.open(place, mark());
    }

    /**
     * Measures under every condition that was not measured before, and writes the results.
     *
     * @param backend what runs the network; the caller closes it
     * @param say shows a sentence to the user
     * @throws InputException if something that was given cannot be used
     */
    public static RobustnessResult run(
            RobustnessSettings settings, Backend backend, Progress progress, Consumer<String> say) {
        return new RobustnessStudy(settings, backend, progress, say).run();
    }

    private RobustnessFolder.Mark mark() {
        SimulationSettings simulation = settings.simulation(nominal.imaging());
        return new RobustnessFolder.Mark(
                weights(),
                nominal.densities(),
                settings.tomograms(),
                List.of(
                        settings.size().nx(),
                        settings.size().ny(),
                        settings.size().nz()),
                simulation.particleCount(),
                nominal.imaging(),
                settings.seed(),
                settings.mirrors().count());
    }

    private void requireTrainedOn(Dataset given) {
        if (!TrainingParticles.areIn(run, given)) {
            throw new InputException(given.place() + " is not the data set that " + folder.folder()
                    + " was trained on: it lacks some of its tomograms, or has others by their names; give that data set, a"
                    + " copy of it, or leave DATA out");
        }
    }

    private String weights() {
        folder.bestCheckpoint();
        Path weights = folder.best().resolve(Checkpoint.WEIGHTS);
        try {
            return Checksum.sha256("").compute(weights);
        } catch (IOException e) {
            throw new InputException("Cannot read " + weights + ": " + InputFile.reason(e), e);
        }
    }

    private RobustnessResult run() {
        nominal.notes().forEach(say);
        if (training.isEmpty()) {
            say.accept(withoutSizeAlone());
        }
        SequencedMap<Imaging, List<Condition>> missing = missing();
        if (!missing.isEmpty()) {
            measure(missing);
        }
        conditions().values().forEach(same -> out.discardPassing(same.getFirst()));
        RobustnessResult result = result();
        RobustnessFiles.write(out, result);
        if (ModelCard.isOfRun(folder, out.page().getParent())) {
            ModelCard.write(folder);
        }
        return result;
    }

    private String withoutSizeAlone() {
        return "Size alone is not measured beside the network, for the tomograms that it would be trained on, those of "
                + run.division().data() + ", are not there (give DATA).";
    }

    /** All conditions, each once, those of the same images together. */
    private SequencedMap<Imaging, List<Condition>> conditions() {
        SequencedMap<String, Condition> all = new LinkedHashMap<>();
        for (Factor factor : nominal.against()) {
            for (Condition condition : factor.conditions(nominal.imaging(), settings.quick())) {
                if (condition.isNominal()) {
                    all.putFirst(condition.id(), condition);
                } else {
                    all.put(condition.id(), condition);
                }
            }
        }
        SequencedMap<Imaging, List<Condition>> same = new LinkedHashMap<>();
        all.values()
                .forEach(condition -> same.computeIfAbsent(condition.imaging(), key -> new ArrayList<>())
                        .add(condition));
        return same;
    }

    private SequencedMap<Imaging, List<Condition>> missing() {
        SequencedMap<Imaging, List<Condition>> missing = new LinkedHashMap<>();
        conditions().forEach((imaging, same) -> {
            List<Condition> left =
                    same.stream().filter(condition -> !isDone(condition)).toList();
            if (!left.isEmpty()) {
                missing.put(imaging, left);
            }
        });
        return missing;
    }

    /** What was measured when the training tomograms were away is measured again once they are there. */
    private boolean isDone(Condition condition) {
        return out.read(condition)
                .filter(measured -> training.isEmpty() || measured.sizeAlone() != null)
                .isPresent();
    }

    private void measure(SequencedMap<Imaging, List<Condition>> missing) {
        long disk = Simulator.disk(settings.simulation(nominal.imaging())) * settings.tomograms();
        long needed = settings.keepData() ? disk * missing.size() : disk;
        int count = missing.values().stream().mapToInt(List::size).sum();
        say.accept((count == 1 ? "1 condition is" : count + " conditions are")
                + " measured; the simulated tomograms take " + (needed >> 20) + " MiB of disk"
                + (settings.keepData() ? "" : ", as those of each are taken away when it is measured"));
        out.requireSpace(needed);
        try (Scorer scorer = Scorer.open(folder, backend, Scorer.BATCH)) {
            Optional<SizeAlone> sizeAlone = training.map(this::sizeAlone);
            missing.values().forEach(same -> measure(same, scorer, sizeAlone));
        }
    }

    private SizeAlone sizeAlone(TrainingParticles particles) {
        long tomograms = particles.samples().training().stream()
                .map(particle -> particle.tomogram())
                .distinct()
                .count();
        progress.start("Size alone", tomograms, "tomograms");
        SizeAlone trained =
                SizeAlone.fit(new Profiles(), new ClassNames(run.classes()), particles.forBaselines(), progress);
        progress.finish();
        return trained;
    }

    /** Measures under conditions of the same images, which are simulated once. */
    private void measure(List<Condition> same, Scorer scorer, Optional<SizeAlone> sizeAlone) {
        Condition first = imagesOf(same.getFirst());
        Path kept = out.kept(first);
        boolean stays = settings.keepData() || Files.exists(kept);
        Path data = stays ? kept : out.passing(first);
        Simulator.run(data, settings.simulation(first.imaging()), progress, text -> {});
        Dataset dataset = Dataset.open(data);
        for (Condition condition : same) {
            Measured measured = measure(condition, dataset, scorer, sizeAlone);
            out.write(condition, measured);
            say.accept(RobustnessTable.sentence(condition, measured));
        }
        if (!stays) {
            out.discardPassing(first);
        }
    }

    /** The condition by which the images of this one go, whichever of its kind are still to be measured. */
    private Condition imagesOf(Condition condition) {
        return conditions().get(condition.imaging()).getFirst();
    }

    private Measured measure(Condition condition, Dataset dataset, Scorer scorer, Optional<SizeAlone> sizeAlone) {
        Source source = run.input().source();
        Displacement displacement = new Displacement(condition.picking(), settings.seed());
        List<LabelledTomogram> tomograms = dataset.tomograms().stream()
                .map(tomogram -> displacement.of(tomogram, source))
                .toList();
        // All particles count, so that they are the same ones wherever they are looked for.
        TomogramScores scores = new TomogramScores(scorer, source, Borders.PAD, settings.mirrors());
        int total = tomograms.stream()
                .mapToInt(tomogram -> tomogram.particles().particles().size())
                .sum();
        progress.start("Classifying " + condition.id(), total, "particles");
        List<Prediction> predictions = new ArrayList<>();
        for (LabelledTomogram tomogram : tomograms) {
            scores.of(tomogram, particle -> true, progress).forEach(answer -> predictions.add(answer.prediction()));
        }
        progress.finish();
        Optional<Rival> beside = Optional.empty();
        if (sizeAlone.isPresent()) {
            progress.start("Size alone, " + condition.id(), tomograms.size(), "tomograms");
            beside = Optional.of(sizeAlone.get().beside(tomograms, source, predictions));
            progress.finish();
        }
        return Measured.of(condition, run.classes(), predictions, beside);
    }

    private RobustnessResult result() {
        List<RobustnessResult.Line> lines = new ArrayList<>();
        for (Factor factor : nominal.against()) {
            lines.add(new RobustnessResult.Line(
                    factor,
                    factor.conditions(nominal.imaging(), settings.quick()).stream()
                            .map(condition -> new RobustnessResult.Point(
                                    condition, out.read(condition).orElseThrow()))
                            .toList()));
        }
        List<String> notes = new ArrayList<>(nominal.notes());
        if (lines.stream().anyMatch(line -> !line.hasSizeAlone())) {
            notes.add(withoutSizeAlone());
        }
        String name = folder.folder().toAbsolutePath().normalize().getFileName().toString();
        return new RobustnessResult(name, metadata(), notes, lines, out.page());
    }

    private SequencedMap<String, String> metadata() {
        Imaging imaging = nominal.imaging();
        SequencedMap<String, String> data = new LinkedHashMap<>();
        data.put("Run", folder.folder().toString());
        data.put(
                "Trained on",
                Counted.of(run.division().train().size(), "tomogram") + " of "
                        + run.division().data() + ", " + run.input().source().file());
        data.put(
                "As trained",
                "signal-to-noise ratio " + Condition.text(imaging.snr()) + ", defocus "
                        + Condition.text(imaging.defocus()) + " micrometres, tilts to "
                        + Condition.text(imaging.maxTilt()) + " degrees");
        data.put(
                "Under each condition",
                Counted.of(settings.tomograms(), "simulated tomogram") + " of " + settings.size() + " voxels with "
                        + Counted.of(settings.simulation(imaging).particleCount(), "particle")
                        + (settings.tomograms() == 1 ? "" : " each") + ", seed " + settings.seed());
        data.put(
                "Densities",
                settings.templates().map(Path::toString).orElse("invented assemblies of SHREC 2020's masses"));
        data.put("Borders", "all particles count");
        if (settings.mirrors().count() > 1) {
            data.put(
                    "Mirrorings of a particle",
                    Integer.toString(settings.mirrors().count()));
        }
        data.put("Device", backend.name());
        data.put("Version", Release.version());
        return data;
    }
}
