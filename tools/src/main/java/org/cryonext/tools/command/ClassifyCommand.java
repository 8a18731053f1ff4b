package org.cryonext.tools.command;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.cryonext.cryoet.classify.Classification;
import org.cryonext.cryoet.classify.Classifier;
import org.cryonext.cryoet.classify.ClassifySettings;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.network.Backends;
import org.cryonext.engine.io.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what the particles of a list are. */
@Command(
        name = "classify",
        description = {
            "Finds the class of every particle of a list, with the best checkpoint of a run.",
            "",
            "Written are a STAR file (the list with _rlnClassNumber, _cryonextClass and _cryonextProbability added) and"
                    + " a CSV file with the probabilities of all classes.",
            ""
        },
        footerHeading = "%nExample:%n",
        footer = "  ./cryonext classify run tomograms/ particles.star --out classified.star")
final class ClassifyCommand extends Job {
    @Parameters(index = "0", paramLabel = "RUN", description = "Folder of a run, made by cryonext train.")
    private Path run;

    @Parameters(
            index = "1",
            paramLabel = "TOMOGRAM",
            description =
                    "The tomogram (MRC or OME-Zarr), or a folder of tomograms; then the list's column rlnTomoName,"
                            + " rlnMicrographName or tomogram names the files; for a list with _rlnImageName and no coordinates,"
                            + " the folder that those names begin in.")
    private Path tomogram;

    @Parameters(
            index = "2",
            paramLabel = "PARTICLES",
            description = "The particle list: STAR, CSV, TSV or SHREC's text.")
    private Path particles;

    @Option(
            names = "--out",
            paramLabel = "PATH",
            description = "Where the results go: a file (one ending in .star, one in .csv are written) or a folder"
                    + " (default: the current folder, under the list's name with _classified added).")
    private Path out;

    @Option(
            names = "--select",
            paramLabel = "CLASS,...",
            split = ",",
            hideParamSyntax = true,
            description = "Write the particles of these classes only.")
    private List<String> select;

    @Option(
            names = "--source",
            paramLabel = "SOURCE",
            completionCandidates = ShrecSources.class,
            description =
                    "Which volume to take where TOMOGRAM is a folder of SHREC's layout: grandmodel, noisefree, reconstruction"
                            + " (default: the one the run was trained on).")
    private Source source;

    @Option(
            names = "--z-offset",
            paramLabel = "N",
            description =
                    "Added to every z of the list to find it in the tomogram (default: 0; for SHREC's text, whose z"
                            + " is that of the ground truth, on a reconstruction what lies between them).")
    private Integer zOffset;

    @Option(
            names = "--tomograms-star",
            paramLabel = "FILE",
            description = "RELION 5's tomograms.star, for centred coordinates (default: the tomograms' own sizes).")
    private Path tomogramsStar;

    @Option(
            names = "--voxel-size",
            paramLabel = "A",
            description =
                    "Voxel of the tomograms in Angstrom (default: what the files say); where it is not that of the"
                            + " training, they are rescaled.")
    private Double voxelSize;

    @Option(
            names = "--binning",
            paramLabel = "N",
            description =
                    "Divide the list's coordinates by N, where they are unbinned pixels, as RELION 4 writes them, and"
                            + " the tomograms are binned N times (default: 1).")
    private Double binning;

    @Option(names = "--invert", description = "Turn the sign of all values: bright particles become dark.")
    private boolean invert;

    @Option(
            names = "--reject",
            paramLabel = "SHARE",
            description = "Mark what is like none of the classes: columns with each particle's energy and whether it is"
                    + " above that of all but this share of the run's validation particles, for instance 0.05.")
    private Double reject;

    @Mixin
    private MirrorsOption mirrors;

    @Mixin
    private BatchOption batch;

    @Mixin
    private DevicesOption devices;

    @Override
    int run(Progress progress) {
        ClassifySettings settings = usage(() -> new ClassifySettings(
                run,
                tomogram,
                particles,
                out,
                select,
                source,
                tomogramsStar,
                voxelSize,
                zOffset,
                binning,
                invert,
                batch.particles(),
                reject,
                mirrors.mirrors()));
        Classification result;
        try (StopWord _ = new StopWord("Stopped before the results were written; the same command begins again");
                Backends backends = devices.open()) {
            result = Classifier.run(settings, backends, progress, this::say);
        }
        print(result, out());
        return 0;
    }

    private void print(Classification result, PrintWriter out) {
        int width = result.classes().stream().mapToInt(String::length).max().orElse(0);
        long[] counts = result.counts();
        long total = result.predictions().size();
        for (int c = 0; c < counts.length; c++) {
            out.printf(
                    Locale.ROOT,
                    "%-" + width + "s %9d  %5.1f %%%n",
                    result.classes().get(c),
                    counts[c],
                    100.0 * counts[c] / total);
        }
        if (result.rejection() != null) {
            out.printf(
                    Locale.ROOT,
                    "%d of them are like none of the classes (energy above %.3f)%n",
                    result.rejection().count(),
                    result.rejection().threshold());
        }
        int written = result.written();
        out.println(written + (written == 1 ? " particle" : " particles")
                + (select == null ? "" : " of class " + String.join(", ", select))
                + (written == 1 ? " is in " : " are in ") + result.star() + " and " + result.csv());
    }
}
