package org.cryonext.tools.command;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How the tomograms of a particle list of one's own are taken. */
final class VolumeOptions {
    @Option(
            names = "--volumes",
            paramLabel = "PATH",
            description =
                    "For a list of one's own: folder of the tomograms that it names, or the only tomogram (default:"
                            + " the list's folder).")
    Path volumes;

    @Option(
            names = "--voxel-size",
            paramLabel = "A",
            description = "For a list of one's own: voxel of the tomograms in Angstrom (default: what the files say).")
    Double voxelSize;

    @Option(names = "--invert", description = "For a list of one's own: turn the sign of all values.")
    boolean invert;

    @Option(
            names = "--binning",
            paramLabel = "N",
            description =
                    "For a list of one's own: divide its coordinates by N, where they are unbinned pixels, as RELION"
                            + " 4 writes them, and the tomograms are binned N times (default: 1).")
    Double binning;
}
