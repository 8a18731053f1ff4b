package org.cryonext.cryoet.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.cryonext.cryoet.dataset.LabelledTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.network.ProfileSource;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.report.SampleTriplet;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.saliency.Blanking;
import org.cryonext.cryoet.saliency.ParticleSaliency;
import org.cryonext.cryoet.saliency.SaliencyMap;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.SliceCutter;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.cryoet.volume.Volume;

/**
 * Makes pictures of particles as the network saw them, with the places that spoke for its answers.
 *
 * @param input what a particle looks like to the network
 * @param source which volume the slices are cut from
 * @param borders which particles count
 * @param saliency finds the places
 */
record Pictures(NetworkInput input, Source source, Borders borders, ParticleSaliency saliency) {
    private static final int MOST_SHOWN = 6;

    /**
     * What was made of some particles.
     *
     * @param pictures in the particles' order
     * @param blanking whether their answers rest on what the pictures show
     */
    record Drawn(List<SampleTriplet> pictures, Blanking blanking) {}

    /** Draws some particles of a tomogram. */
    Drawn of(LabelledTomogram tomogram, List<Prediction> wanted) {
        if (wanted.isEmpty()) {
            return new Drawn(List.of(), Blanking.NONE);
        }
        int[] classes = wanted.stream().mapToInt(Prediction::predicted).toArray();
        List<Particle> particles = wanted.stream().map(Pictures::particle).toList();
        int bytes = input.sliceBytes();
        byte[] slices = new byte[Math.multiplyExact(wanted.size(), bytes)];
        try (Volume volume = tomogram.open(source)) {
            SliceCutter cutter = input.cutter(volume, tomogram.placement(source), borders);
            List<boolean[]> beyond = new ArrayList<>();
            for (int i = 0; i < wanted.size(); i++) {
                cutter.cut(particles.get(i), slices, i * bytes);
                beyond.add(cutter.beyond(particles.get(i)));
            }
            List<List<SaliencyMap>> maps = saliency.of(
                    (particle, out, at) -> System.arraycopy(slices, particle * bytes, out, at, bytes), classes);
            ProfileSource profiles = ProfileSource.of(input, volume, tomogram.placement(source), particles);
            return new Drawn(
                    pictures(tomogram, wanted, slices, maps, beyond),
                    Blanking.of(saliency, input, slices, profiles, classes, maps));
        }
    }

    private List<SampleTriplet> pictures(
            LabelledTomogram tomogram,
            List<Prediction> wanted,
            byte[] slices,
            List<List<SaliencyMap>> maps,
            List<boolean[]> beyond) {
        List<SampleTriplet> pictures = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            Prediction prediction = wanted.get(i);
            pictures.add(new SampleTriplet(
                    prediction.truth(),
                    prediction.predicted(),
                    tomogram.name() + ", line " + prediction.line() + ", "
                            + source.name().toLowerCase(Locale.ROOT),
                    slices(slices, i * input.sliceBytes(), maps.get(i), beyond.get(i))));
        }
        return pictures;
    }

    private List<SampleTriplet.Slice> slices(byte[] slices, int at, List<SaliencyMap> maps, boolean[] beyond) {
        int edge = input.crop();
        int pixels = edge * edge;
        List<float[]> over = maps.stream().map(map -> map.over(edge, edge)).toList();
        // One scale for all views of a particle, so that a view that says little looks so. What lies beyond the volume,
        // and is not shown, does not make the rest look faint.
        float largest = 0;
        for (int i = 0; i < beyond.length; i++) {
            largest = beyond[i] ? largest : Math.max(largest, over.get(i / pixels)[i % pixels]);
        }
        List<SampleTriplet.Slice> shown = new ArrayList<>();
        for (int v : shown(input.views())) {
            int from = v * pixels;
            shown.add(new SampleTriplet.Slice(
                    name(input.views(), v),
                    edge,
                    edge,
                    Arrays.copyOfRange(slices, at + from, at + from + pixels),
                    bytes(over.get(v), largest),
                    Arrays.copyOfRange(beyond, from, from + pixels)));
        }
        return shown;
    }

    /** From 0 to 255 at the largest that is shown, and above. */
    private static byte[] bytes(float[] map, float largest) {
        byte[] bytes = new byte[map.length];
        for (int i = 0; largest > 0 && i < map.length; i++) {
            bytes[i] = (byte) Math.min(255, Math.round(255 * map[i] / largest));
        }
        return bytes;
    }

    /** All views, or, where they are too many to look at, the middle one of each plane of each of the cubes. */
    static int[] shown(List<View> views) {
        if (views.size() <= MOST_SHOWN) {
            return IntStream.range(0, views.size()).toArray();
        }
        Map<String, Integer> middle = new LinkedHashMap<>();
        for (int v = 0; v < views.size(); v++) {
            middle.merge(
                    views.get(v).planeText() + ":" + views.get(v).edge(),
                    v,
                    (a, b) -> Math.abs(views.get(b).offset())
                                    < Math.abs(views.get(a).offset())
                            ? b
                            : a);
        }
        return middle.values().stream().mapToInt(Integer::intValue).toArray();
    }

    private static Particle particle(Prediction prediction) {
        return new Particle(
                prediction.tomogram(),
                prediction.line(),
                prediction.tomogram(),
                prediction.x(),
                prediction.y(),
                prediction.z(),
                null,
                null);
    }

    /** Where cubes of several sizes are cut, it says which one the view is of. */
    static String name(List<View> views, int index) {
        View view = views.get(index);
        String offset = view.offset() == 0 ? "" : String.format(Locale.ROOT, " %+d", view.offset());
        boolean several = views.stream().map(View::edge).distinct().count() > 1;
        return view.planeText().toUpperCase(Locale.ROOT)
                + offset
                + (view.thickness() == 1 ? "" : " (mean of " + view.thickness() + ")")
                + (several ? ", " + view.edge() + " voxels wide" : "");
    }
}
