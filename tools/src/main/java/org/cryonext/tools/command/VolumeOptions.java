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
            description =
                    "For a list of one's own: voxel of all its tomograms in Angstrom, whatever the files say (default:"
                            + " what the files say; for evaluate on the run's own data, what its training was given).")
    Double voxelSize;

    @Option(
            names = "--invert",
            description =
                    "For a list of one's own: turn the sign of all values (for evaluate on the run's own data, where"
                            + " its training did so, without being told).")
    boolean invert;

    @Option(
            names = "--binning",
            paramLabel = "N",
            description =
                    "For a list of one's own: divide its coordinates by N, where they are unbinned pixels, as RELION"
                            + " 4 writes them, and the tomograms are binned N times (default: 1; for evaluate on the run's own data, what its"
                            + " training was given).")
    Double binning;
}
