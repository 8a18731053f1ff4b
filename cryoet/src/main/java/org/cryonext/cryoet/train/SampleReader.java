package org.cryonext.cryoet.train;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.dataset.LabelledTomogram;
import org.cryonext.cryoet.particle.ClassNames;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.SliceCutter;
import org.cryonext.cryoet.volume.Volume;
import org.cryonext.engine.io.InputException;

/** Reads a data set's particles as samples. */
final class SampleReader {
    private final Dataset dataset;
    private final Map<String, List<Particle>> lists = new HashMap<>();

    SampleReader(Dataset dataset) {
        this.dataset = dataset;
    }

    private List<Particle> particles(String tomogram) {
        return lists.computeIfAbsent(
                tomogram, name -> dataset.tomogram(name).particles().particles());
    }

    /** All particles of some tomograms. */
    List<Particle> particles(List<String> tomograms) {
        return tomograms.stream().flatMap(name -> particles(name).stream()).toList();
    }

    /** The particles of some tomograms that the rule for borders lets count. */
    List<Sample> samples(List<String> tomograms, NetworkInput input, ClassNames classes) {
        List<Sample> samples = new ArrayList<>();
        for (String name : tomograms) {
            LabelledTomogram tomogram = dataset.tomogram(name);
            try (Volume volume = tomogram.open(input.source())) {
                SliceCutter cutter = input.cutter(volume, tomogram.placement(input.source()), input.borders());
                particles(name).stream()
                        .filter(cutter::accepts)
                        .forEach(particle -> samples.add(new Sample(name, particle, classes.id(particle))));
            }
        }
        if (samples.isEmpty()) {
            throw new InputException("No particle of " + String.join(", ", tomograms) + " in " + dataset.place()
                    + " counts"
                    + (input.borders() == Borders.SKIP ? ": all are too close to a border; use --borders pad" : ""));
        }
        return samples;
    }

    /**
     * The particles at some places.
     *
     * @param what where the places stand, for messages
     */
    List<Particle> particles(List<OrderFile.Place> places, String what) {
        Map<String, Map<Integer, Particle>> byLine = new HashMap<>();
        List<Particle> particles = new ArrayList<>();
        for (OrderFile.Place place : places) {
            Map<Integer, Particle> lines = byLine.computeIfAbsent(
                    place.tomogram(),
                    name -> particles(name).stream().collect(Collectors.toMap(Particle::line, Function.identity())));
            Particle particle = lines.get(place.line());
            if (particle == null) {
                throw new InputException(what + "[" + particles.size() + "]: "
                        + dataset.tomogram(place.tomogram()).particles().file()
                        + " has no particle on line " + place.line() + "; lines count from 1");
            }
            particles.add(particle);
        }
        return particles;
    }
}
