package org.cryonext.cryoet.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.cryonext.cryoet.dataset.Fingerprint;
import org.cryonext.cryoet.dataset.ShrecDataset;
import org.cryonext.cryoet.dataset.ShrecTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import org.cryonext.engine.io.JsonFault;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the tomograms of a study hold, kept as {@code data.json} in its folder: a study that goes on after its data were
 * changed would set answers about the former beside answers about the new.
 *
 * @param tomograms by name
 */
record StudyData(SortedMap<String, Volumes> tomograms) {
    private static final String FILE = "data.json";

    /** Both volumes of a tomogram, each with its particles. */
    record Volumes(Fingerprint grandmodel, Fingerprint reconstruction) {}

    /**
     * Looks at a data set.
     *
     * @throws InputException where a particle list cannot be read, or a tomogram is there twice
     */
    static StudyData of(ShrecDataset dataset) {
        SortedMap<String, Volumes> found = new TreeMap<>();
        for (ShrecTomogram tomogram : dataset.tomograms()) {
            Volumes volumes = new Volumes(
                    Fingerprint.of(tomogram, Source.GRANDMODEL), Fingerprint.of(tomogram, Source.RECONSTRUCTION));
            found.forEach((name, other) -> {
                if (volumes.equals(other)) {
                    throw new InputException(tomogram.folder() + " holds the same particles and volumes as " + name
                            + "; a network would be tested on what it was trained on: put the right tomogram there");
                }
            });
            found.put(tomogram.name(), volumes);
        }
        return new StudyData(found);
    }

    /**
     * Compares with what a study began with, if it has begun.
     *
     * @param out the study's folder
     * @throws InputException naming the tomograms that have changed since
     */
    void requireUnchanged(Path out) {
        Path file = out.resolve(FILE);
        if (!Files.exists(file)) {
            return;
        }
        SortedMap<String, Volumes> begun = read(file).tomograms;
        List<String> changed = new ArrayList<>();
        begun.forEach((name, volumes) -> {
            if (!tomograms.containsKey(name)) {
                changed.add(name + " is gone");
            } else if (differ(volumes.grandmodel, tomograms.get(name).grandmodel)) {
                changed.add(name + " has another grandmodel or particle list");
            } else if (differ(volumes.reconstruction, tomograms.get(name).reconstruction)) {
                changed.add(name + " has another reconstruction");
            }
        });
        tomograms.keySet().stream()
                .filter(name -> !begun.containsKey(name))
                .forEach(name -> changed.add(name + " is new"));
        if (!changed.isEmpty()) {
            throw new InputException("The data have changed since the study in " + out + " was begun: "
                    + String.join(", ", changed) + "; put back what was there, or delete " + out
                    + " or choose another folder with --out, and train anew");
        }
    }

    /** A volume that is missing now is named by those who read it. */
    private static boolean differ(Fingerprint begun, Fingerprint now) {
        return !begun.sharesParticles(now) || begun.differsInVolume(now);
    }

    /** Keeps it in the study's folder, where that has not begun yet. */
    void keep(Path out) {
        Path file = out.resolve(FILE);
        if (!Files.exists(file)) {
            AtomicFile.write(
                    file,
                    temporary ->
                            Files.writeString(temporary, JsonMapper.shared().writeValueAsString(this) + "\n"));
        }
    }

    private static StudyData read(Path file) {
        try {
            return JsonMapper.shared().readValue(Files.readAllBytes(file), StudyData.class);
        } catch (JacksonException e) {
            throw new InputException(
                    file + ": " + JsonFault.words(e) + "; delete its folder or choose another one with --out", e);
        } catch (IOException e) {
            throw new InputException("Cannot read " + file + ": " + InputFile.reason(e), e);
        }
    }
}
