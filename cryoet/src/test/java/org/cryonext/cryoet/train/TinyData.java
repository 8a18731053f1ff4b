package org.cryonext.cryoet.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.particle.ShrecParticles;
import org.cryonext.cryoet.particle.ZxzAngles;
import org.cryonext.cryoet.volume.MemoryVolume;
import org.cryonext.cryoet.volume.MrcForm;
import org.cryonext.cryoet.volume.MrcWriter;

/** Small data sets in SHREC's layout: noise with a blob of its class's size at each particle. */
public final class TinyData {
    public static final List<String> CLASSES = List.of("large", "medium", "small");

    private static final int SIZE = 40;

    private TinyData() {}

    /** Writes tomograms of 40^3 voxels with particles of the three classes in turn. */
    public static Path write(Path folder, int tomograms, int particles) throws IOException {
        for (int t = 0; t < tomograms; t++) {
            Random random = new Random(t);
            Path model = folder.resolve("model_" + t);
            MemoryVolume volume = MemoryVolume.zeros("tiny", SIZE, SIZE, SIZE, 10);
            for (int z = 0; z < SIZE; z++) {
                float[] slice = volume.slice(z);
                for (int i = 0; i < slice.length; i++) {
                    slice[i] = (float) random.nextGaussian();
                }
            }
            List<Particle> list = new ArrayList<>();
            for (int p = 0; p < particles; p++) {
                int x = 4 + random.nextInt(SIZE - 8);
                int y = 4 + random.nextInt(SIZE - 8);
                int z = 4 + random.nextInt(SIZE - 8);
                blob(volume, x, y, z, 4 - p % 3);
                list.add(new Particle("", p + 1, null, x, y, z, CLASSES.get(p % 3), new ZxzAngles(0, 0, 0)));
            }
            MrcWriter.write(model.resolve("grandmodel.mrc"), MrcForm.shrec(SIZE, SIZE, SIZE), volume);
            ShrecParticles.write(model.resolve("particle_locations.txt"), list);
        }
        return folder;
    }

    private static void blob(MemoryVolume volume, int x, int y, int z, int radius) {
        for (int k = -radius; k <= radius; k++) {
            for (int j = -radius; j <= radius; j++) {
                for (int i = -radius; i <= radius; i++) {
                    if (i * i + j * j + k * k <= radius * radius) {
                        volume.slice(z + k)[(y + j) * SIZE + x + i] = 6;
                    }
                }
            }
        }
    }
}
