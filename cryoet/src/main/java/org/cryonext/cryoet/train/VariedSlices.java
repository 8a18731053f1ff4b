package org.cryonext.cryoet.train;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cryonext.cryoet.dataset.LabelledTomogram;
import org.cryonext.cryoet.network.SliceSource;
import org.cryonext.cryoet.run.Hyperparameters;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.SliceCutter;
import org.cryonext.cryoet.volume.InvertedVolume;
import org.cryonext.cryoet.volume.MrcForm;
import org.cryonext.cryoet.volume.MrcVolume;
import org.cryonext.cryoet.volume.MrcWriter;
import org.cryonext.cryoet.volume.Volume;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;

/**
 * The slices of training samples, cut anew from the mapped tomograms in every epoch, each time varied otherwise. A
 * tomogram that is computed as it is read (rescaled, unpacked, or a stack of subtomograms) is first written to the run's
 * cache as it is then.
 */
final class VariedSlices implements AutoCloseable {
    private static final String COPY = "tomogram-";

    private final List<Sample> samples;
    private final Hyperparameters numbers;
    private final Map<String, SliceCutter> cutters = new HashMap<>();
    private final List<Volume> open = new ArrayList<>();

    private VariedSlices(List<Sample> samples, Hyperparameters numbers) {
        this.samples = samples;
        this.numbers = numbers;
    }

    /**
     * Opens the volumes of all training samples.
     *
     * @throws StoppedException when a stop is asked for
     */
    static VariedSlices open(PreparedRun run, TrainContext context) {
        NetworkInput input = run.settings().input();
        VariedSlices slices =
                new VariedSlices(run.samples().samples(), run.settings().hyperparameters());
        try {
            for (int index : run.samples().train()) {
                slices.open(slices.samples.get(index).tomogram(), run, input, context);
            }
            return slices;
        } catch (RuntimeException | Error e) {
            slices.close();
            throw e;
        }
    }

    private void open(String name, PreparedRun run, NetworkInput input, TrainContext context) {
        if (cutters.containsKey(name)) {
            return;
        }
        if (context.stop().getAsBoolean()) {
            throw new StoppedException();
        }
        LabelledTomogram tomogram = run.dataset().tomogram(name);
        Volume volume = mapped(
                tomogram.open(input.source()), run.folder().cache().resolve(COPY + cutters.size() + ".mrc"), context);
        open.add(volume);
        SliceCutter first = cutters.values().stream().findFirst().orElse(null);
        cutters.put(
                name,
                first == null
                        ? input.cutter(volume, tomogram.placement(input.source()), Borders.PAD)
                        : first.in(volume, tomogram.placement(input.source())));
    }

    private static Volume mapped(Volume volume, Path copy, TrainContext context) {
        if (volume instanceof MrcVolume || volume instanceof InvertedVolume(MrcVolume file)) {
            return volume;
        }
        try (volume) {
            if (!Files.exists(copy)) {
                context.progress().start("Writing " + volume.name() + " as it is trained on", 1, "tomograms");
                MrcWriter.write(
                        copy, MrcForm.standard(volume.nx(), volume.ny(), volume.nz(), volume.voxelSize()), volume);
                context.progress().advance(1);
                context.progress().finish();
            }
        }
        return MrcVolume.open(copy);
    }

    /** The slices of a batch of an epoch, by their places in it. */
    SliceSource of(int epoch, Batch batch) {
        return (place, out, at) -> {
            Sample one = samples.get(batch.samples()[place]);
            cutters.get(one.tomogram())
                    .cut(one.particle(), numbers.augmentation(), numbers.seed(), epoch, batch.draw(place), out, at);
        };
    }

    /** Deletes the tomograms that were written to a run's cache. */
    static void delete(Path cache) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(cache, COPY + "*")) {
            for (Path file : files) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new InputException("Cannot delete the tomograms in " + cache + ": " + AtomicFile.reason(cache, e), e);
        }
    }

    @Override
    public void close() {
        open.forEach(Volume::close);
        open.clear();
    }
}
