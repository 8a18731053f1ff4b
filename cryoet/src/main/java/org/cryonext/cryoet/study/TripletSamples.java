package org.cryonext.cryoet.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.cryonext.cryoet.dataset.ShrecTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.report.SampleTriplet;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.SliceCutter;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.cryoet.volume.Volume;

/** The paper's triplets of a particle of each class. */
final class TripletSamples {
    private TripletSamples() {}

    /** The first particle of each class in the list; a class without one has no picture. */
    static List<SampleTriplet> of(ShrecTomogram tomogram, Source source, List<String> classes) {
        List<SampleTriplet> samples = new ArrayList<>();
        try (Volume volume = tomogram.open(source)) {
            SliceCutter cutter = new SliceCutter(volume, tomogram.zOffset(source), View.PAPER, Borders.PAD);
            List<Particle> particles = tomogram.particles().particles();
            for (int k = 0; k < classes.size(); k++) {
                String name = classes.get(k);
                int id = k;
                particles.stream()
                        .filter(particle -> name.equals(particle.className()))
                        .findFirst()
                        .ifPresent(particle -> samples.add(sample(cutter, particle, id, tomogram, source)));
            }
        }
        return samples;
    }

    private static SampleTriplet sample(
            SliceCutter cutter, Particle particle, int id, ShrecTomogram tomogram, Source source) {
        byte[] bytes = new byte[cutter.bytes()];
        cutter.cut(particle, bytes, 0);
        List<SampleTriplet.Slice> slices = new ArrayList<>();
        for (int v = 0; v < View.PAPER.size(); v++) {
            byte[] pixels = new byte[SliceCutter.SLICE];
            System.arraycopy(bytes, v * SliceCutter.SLICE, pixels, 0, pixels.length);
            slices.add(new SampleTriplet.Slice(View.PAPER.get(v).plane().name(), View.SIZE, View.SIZE, pixels));
        }
        return new SampleTriplet(
                id,
                Prediction.UNKNOWN,
                tomogram.name() + ", line " + particle.line() + ", "
                        + source.name().toLowerCase(Locale.ROOT),
                slices);
    }
}
