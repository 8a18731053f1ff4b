package org.cryonext.cryoet.triplet;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.volume.MemoryVolume;

/** Fixtures of tools/python/pil_fixtures.py, and the synthetic volume that it makes too. */
final class Fixtures {
    private Fixtures() {}

    static byte[] bytes(String name) {
        try (InputStream in = Fixtures.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static float[] floats(String name) {
        byte[] bytes = bytes(name);
        float[] floats = new float[bytes.length / 4];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
        return floats;
    }

    static byte[] image(String name, int bytes, int index) {
        return Arrays.copyOfRange(bytes(name), index * bytes, (index + 1) * bytes);
    }

    static MemoryVolume volume(int nx, int ny, int nz, float scale) {
        MemoryVolume volume = MemoryVolume.zeros("synthetic.mrc", nx, ny, nz, 10);
        for (int z = 0; z < nz; z++) {
            for (int y = 0; y < ny; y++) {
                for (int x = 0; x < nx; x++) {
                    long mixed = x * 73856093L ^ y * 19349663L ^ z * 83492791L;
                    volume.slice(z)[y * nx + x] = ((mixed & 0xFFFF) / 65536f - 0.25f) * scale;
                }
            }
        }
        return volume;
    }

    static Particle at(double x, double y, double z) {
        return new Particle("picks.csv", 7, "a", x, y, z, null, null);
    }
}
