package org.cryonext.cryoet.simulate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.cryonext.engine.io.InputException;

/** Places particles of random class, orientation and position without overlap, each whole inside the volume. */
final class SpecimenMaker {
    private static final int TRIES = 5000;
    private static final int BATCH = 64;

    private final List<Density> densities;
    private final VolumeSize size;
    private final RandomStreams streams;
    private final float[][] contrast;
    private final char[][] occupancy;
    private final char[][] boxes;

    private SpecimenMaker(List<Density> densities, VolumeSize size, RandomStreams streams) {
        this.densities = densities;
        this.size = size;
        this.streams = streams;
        int plane = size.nx() * size.ny();
        contrast = new float[size.nz()][plane];
        occupancy = new char[size.nz()][plane];
        boxes = new char[size.nz()][plane];
    }

    /**
     * @param densities one for each of {@link Protein#SHREC_2020}
     * @param count particles to place
     * @throws InputException if they do not fit; says how many did
     */
    static Specimen make(List<Density> densities, VolumeSize size, int count, RandomStreams streams, Workers workers) {
        return new SpecimenMaker(densities, size, streams).fill(count, workers);
    }

    private Specimen fill(int count, Workers workers) {
        int[] classes = new int[count];
        Rotation[] rotations = new Rotation[count];
        for (int i = 0; i < count; i++) {
            classes[i] = streams.of(RandomStreams.Use.CLASS, i).nextInt(densities.size());
            rotations[i] = Rotation.random(streams.of(RandomStreams.Use.ROTATION, i));
        }
        // The large ones first: a full volume has no room left for them. The list keeps its random order.
        int[] order = IntStream.range(0, count)
                .boxed()
                .sorted(Comparator.comparingDouble(
                        i -> -densities.get(classes[i]).radius()))
                .mapToInt(Integer::intValue)
                .toArray();
        Placement[] particles = new Placement[count];
        int[][] bounds = new int[count][];
        Stamp[] stamps = new Stamp[BATCH];
        for (int from = 0; from < count; from += BATCH) {
            int first = from;
            int n = Math.min(BATCH, count - from);
            workers.each(n, k -> {
                int i = order[first + k];
                stamps[k] = Stamp.of(densities.get(classes[i]), rotations[i]);
            });
            for (int k = 0; k < n; k++) {
                int i = order[from + k];
                Stamp stamp = stamps[k];
                int[] corner = findRoom(stamp, streams.of(RandomStreams.Use.POSITION, i));
                if (corner.length == 0) {
                    throw new InputException("Only " + (from + k) + " of " + count + " particles found room in " + size
                            + " voxels, where the largest are placed first; ask for fewer with --particles ("
                            + size.usualParticles()
                            + " are usual) or for a larger --size");
                }
                add(stamp, corner, (char) (i + 1));
                particles[i] = new Placement(
                        classes[i],
                        corner[0] - stamp.lowX(),
                        corner[1] - stamp.lowY(),
                        corner[2] - stamp.lowZ(),
                        rotations[i]);
                bounds[i] = new int[] {corner[0], corner[1], corner[2], stamp.nx(), stamp.ny(), stamp.nz()};
            }
        }
        for (int i = 0; i < count; i++) {
            fillBox(bounds[i], (char) (i + 1));
        }
        return new Specimen(size, Arrays.asList(particles), contrast, occupancy, boxes);
    }

    /** Corner of a place where the stamp overlaps nothing, or an empty array. */
    private int[] findRoom(Stamp stamp, SplittableRandom random) {
        int roomX = size.nx() - stamp.nx() + 1;
        int roomY = size.ny() - stamp.ny() + 1;
        int roomZ = size.nz() - stamp.nz() + 1;
        if (roomX < 1 || roomY < 1 || roomZ < 1) {
            return new int[0];
        }
        for (int attempt = 0; attempt < TRIES; attempt++) {
            int x = random.nextInt(roomX);
            int y = random.nextInt(roomY);
            int z = random.nextInt(roomZ);
            if (isFree(stamp, x, y, z)) {
                return new int[] {x, y, z};
            }
        }
        return new int[0];
    }

    private boolean isFree(Stamp stamp, int x0, int y0, int z0) {
        for (int z = 0, i = 0; z < stamp.nz(); z++) {
            float[] slice = contrast[z0 + z];
            for (int y = 0; y < stamp.ny(); y++) {
                int at = (y0 + y) * size.nx() + x0;
                for (int x = 0; x < stamp.nx(); x++, i++) {
                    if (stamp.contrast()[i] > 0 && slice[at + x] > 0) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private void add(Stamp stamp, int[] corner, char number) {
        boolean[] belongs = stamp.mask();
        for (int z = 0, i = 0; z < stamp.nz(); z++) {
            float[] slice = contrast[corner[2] + z];
            char[] numbers = occupancy[corner[2] + z];
            for (int y = 0; y < stamp.ny(); y++) {
                int at = (corner[1] + y) * size.nx() + corner[0];
                for (int x = 0; x < stamp.nx(); x++, i++) {
                    slice[at + x] += stamp.contrast()[i];
                    if (belongs[i]) {
                        numbers[at + x] = number;
                    }
                }
            }
        }
    }

    private void fillBox(int[] box, char number) {
        for (int z = box[2]; z < box[2] + box[5]; z++) {
            for (int y = box[1]; y < box[1] + box[4]; y++) {
                int at = y * size.nx() + box[0];
                Arrays.fill(boxes[z], at, at + box[3], number);
            }
        }
    }
}
