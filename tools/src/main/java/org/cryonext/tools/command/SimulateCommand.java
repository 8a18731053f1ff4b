package org.cryonext.tools.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.cryonext.cryoet.simulate.Imaging;
import org.cryonext.cryoet.simulate.SimulationSettings;
import org.cryonext.cryoet.simulate.Simulator;
import org.cryonext.cryoet.simulate.VolumeSize;
import org.cryonext.engine.io.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Simulates tomograms with known particles. */
@Command(
        name = "simulate",
        description = {
            "Simulates tomograms in SHREC 2020's layout: OUT/model_0, OUT/model_1, ..., each with the specimen"
                    + " (grandmodel), its noise-free version, the reconstruction, class and occupancy masks, projections"
                    + " and the list of particles.",
            "",
            "A simulation that was stopped is continued by the same command. Equal seeds give equal files.",
            ""
        },
        footerHeading = "%nExample, a small data set in a few seconds:%n",
        footer = "  ./cryonext simulate data --tomograms 3 --size 128,128,64 --particles 60")
final class SimulateCommand extends Job {
    @Parameters(paramLabel = "OUT", description = "Folder for the tomograms; new, empty, or begun by the same command.")
    private Path out;

    @Option(names = "--tomograms", paramLabel = "N", defaultValue = "10", description = "How many (default: 10).")
    private int tomograms;

    @Option(
            names = "--size",
            paramLabel = "X,Y,Z",
            defaultValue = "512,512,200",
            description = "Voxels of a specimen, 1 nm each (default: ${DEFAULT-VALUE}, SHREC's; at least 64,64,64)."
                    + " The reconstruction has max(X, Z) slices.")
    private String size;

    @Option(
            names = "--particles",
            paramLabel = "N",
            description = "Particles in each tomogram (default: as crowded as SHREC, 2,500 in 512,512,200).")
    private Integer particles;

    @Option(
            names = "--snr",
            paramLabel = "X",
            defaultValue = "0.05",
            description = "Signal-to-noise ratio of the projections, as SHREC counts it (default: ${DEFAULT-VALUE}).")
    private double snr;

    @Option(
            names = "--defocus",
            paramLabel = "UM",
            defaultValue = "3",
            description =
                    "Defocus of the microscope in micrometres under focus, 0.1 to 20 (default: ${DEFAULT-VALUE}).")
    private double defocus;

    @Option(
            names = "--max-tilt",
            paramLabel = "DEGREES",
            defaultValue = "60",
            description = "The tilts run from minus to plus this angle in steps of about 3 degrees; 10 to 80 (default:"
                    + " ${DEFAULT-VALUE}).")
    private double maxTilt;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--templates",
            paramLabel = "DIR",
            description =
                    "Densities of the classes, MRC with 10 Angstrom a voxel, named by protein, instead of invented"
                            + " assemblies.")
    private Path templates;

    @Mixin
    private ThreadsOption threads;

    @Override
    int run(Progress progress) {
        SimulationSettings settings = usage(() -> new SimulationSettings(
                tomograms,
                VolumeSize.parse(size),
                particles == null ? OptionalInt.empty() : OptionalInt.of(particles),
                new Imaging(snr, defocus, maxTilt),
                seed,
                Optional.ofNullable(templates),
                threads.threads()));
        List<Path> folders;
        try (StopWord _ = new StopWord("Stopped; the same command goes on after the last tomogram that is whole")) {
            folders = Simulator.run(out, settings, progress, sentence -> out().println(sentence));
        }
        out().println("Tomograms in " + out + ": " + folders.size() + ", each with " + settings.particleCount()
                + " particles");
        return 0;
    }
}
