package org.cryonext.cryoet.volume;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cryonext.cryoet.zarr.ZarrFiles;

/** A volume on the disk, of any format that is read: an MRC file, or the folder of an OME-Zarr image. */
public sealed interface VolumeFile extends Volume permits MrcVolume, OmeZarrVolume {

    /**
     * Opens a volume; {@link #close} gives back what it holds.
     *
     * @throws org.cryonext.engine.io.InputException if there is none, or one that cannot be read
     */
    static VolumeFile open(Path path) {
        return ZarrFiles.isZarr(path) ? OmeZarrVolume.open(path) : MrcVolume.open(path);
    }

    /** Whether there is something that could be opened: a file, or a folder that is meant as an image. */
    static boolean isThere(Path path) {
        return Files.isRegularFile(path) || ZarrFiles.isZarr(path);
    }

    /** What a tomogram is called after its file: the file's name without what says that it is a volume. */
    static String name(Path file) {
        String name = file.getFileName().toString();
        String unpacked = name.replaceFirst("\\.gz$", "").replaceFirst("\\.ome\\.zarr$", ".zarr");
        int dot = unpacked.lastIndexOf('.');
        return dot > 0 ? unpacked.substring(0, dot) : unpacked;
    }

    /** What is odd about it and was read past, a sentence each: to be shown to the user once. */
    List<String> notes();
}
