package org.cryonext.cryoet.dataset;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.volume.Volume;
import org.cryonext.engine.io.InputException;

/**
 * What a tomogram holds, in few letters: by it a run knows its tomograms again, wherever they lie and whatever they are
 * called. The particles are told by their classes and positions, the volume by its size and by the values of eight rows, so
 * that little is read; angles and voxel sizes do not count.
 *
 * @param particles digest of the particle list
 * @param volume digest of the volume, or null where it was not there
 */
public record Fingerprint(String particles, String volume) {
    private static final int ROWS = 8;
    /** Half of SHA-256 is more than enough to tell tomograms apart. */
    private static final int BYTES = 16;

    /**
     * Reads what it needs.
     *
     * @param source which volume, where there are several
     * @throws InputException where the particle list cannot be read
     */
    public static Fingerprint of(LabelledTomogram tomogram, Source source) {
        String volume = volume(tomogram, source);
        return new Fingerprint(particles(tomogram, volume), volume);
    }

    /** Whether both have the same particles. */
    public boolean sharesParticles(Fingerprint other) {
        return particles.equals(other.particles);
    }

    /** Whether the volumes are known to differ. */
    public boolean differsInVolume(Fingerprint other) {
        return volume != null && other.volume != null && !volume.equals(other.volume);
    }

    private static String particles(LabelledTomogram tomogram, String volume) {
        MessageDigest digest = sha256();
        if (tomogram instanceof SubtomogramGroup && volume != null) {
            // A list of subtomograms says no more of its particles than how many there are.
            digest.update(volume.getBytes(StandardCharsets.UTF_8));
        }
        for (Particle particle : tomogram.particles().particles()) {
            digest.update(ByteBuffer.allocate(3 * Double.BYTES)
                    .putDouble(particle.x())
                    .putDouble(particle.y())
                    .putDouble(particle.z())
                    .flip());
            digest.update((particle.className() + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return text(digest);
    }

    private static String volume(LabelledTomogram tomogram, Source source) {
        try (Volume volume = tomogram.open(source)) {
            MessageDigest digest = sha256();
            digest.update(volume.size().getBytes(StandardCharsets.UTF_8));
            float[] row = new float[volume.nx()];
            ByteBuffer bytes = ByteBuffer.allocate(row.length * Float.BYTES);
            for (int i = 0; i < ROWS; i++) {
                int z = (int) ((2 * i + 1L) * volume.nz() / (2 * ROWS));
                volume.read(0, volume.ny() / 2, z, row.length, 1, 1, row, 0);
                bytes.asFloatBuffer().put(row);
                digest.update(bytes.array());
            }
            return text(digest);
        } catch (InputException e) {
            // Not every use needs every volume; who needs this one says what is wrong with it.
            return null;
        }
    }

    private static String text(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
