package org.cryonext.cryoet.classify;

import java.nio.file.Files;
import java.nio.file.Path;
import org.cryonext.cryoet.dataset.ShrecTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.volume.VolumeFile;

/**
 * A tomogram in which particles are classified.
 *
 * @param name as results name it
 * @param file its volume
 * @param shrec the folder of SHREC's layout that the file stands in, or null
 */
record Tomogram(String name, Path file, ShrecTomogram shrec) {

    /** The tomogram of a file, which may stand in a folder of SHREC's layout. */
    static Tomogram of(Path file) {
        Path folder = file.toAbsolutePath().normalize().getParent();
        if (isShrec(folder)) {
            String name = folder.getFileName().toString();
            return new Tomogram(name, file, new ShrecTomogram(name, folder));
        }
        return new Tomogram(VolumeFile.name(file), file, null);
    }

    /** The tomogram of a folder of SHREC's layout. */
    static Tomogram of(String name, Path folder, Source source) {
        Source there = source == Source.TOMOGRAM ? Source.RECONSTRUCTION : source;
        return new Tomogram(name, folder.resolve(there.file()), new ShrecTomogram(name, folder));
    }

    /** Whether a folder is one tomogram of SHREC's layout. */
    static boolean isShrec(Path folder) {
        return folder != null
                && folder.getFileName() != null
                && Files.isRegularFile(folder.resolve(ShrecTomogram.PARTICLES));
    }

    /** Which of SHREC's volumes this is; null for another file. */
    Source source() {
        if (shrec != null) {
            for (Source source : Source.values()) {
                if (file.getFileName().toString().equals(source.file())) {
                    return source;
                }
            }
        }
        return null;
    }

    /** Opens the volume; the caller closes it. */
    VolumeFile open() {
        return shrec != null && source() != null ? shrec.open(source()) : VolumeFile.open(file);
    }

    /** What separates z of the ground truth from z of this volume. */
    int groundTruthOffset() {
        return source() == Source.RECONSTRUCTION ? shrec.zOffset(Source.RECONSTRUCTION) : 0;
    }
}
