package org.cryonext.tools.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.cryonext.cryoet.robustness.Factor;
import org.cryonext.cryoet.robustness.RobustnessResult;
import org.cryonext.cryoet.robustness.RobustnessSettings;
import org.cryonext.cryoet.robustness.RobustnessStudy;
import org.cryonext.cryoet.robustness.RobustnessTable;
import org.cryonext.cryoet.simulate.VolumeSize;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.io.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures a run on tomograms that differ from its training data in one thing at a time. */
@Command(
        name = "robustness",
        description = {
            "Measures how well a run's answers stand noise, defocus, missing wedge and inexact positions: simulates small"
                    + " test sets of the same unseen particles with one thing changed at a time, classifies them, and"
                    + " writes macro F1 with 95 %% intervals as curves (robustness.html), CSV and JSON. Beside the network"
                    + " stands a logistic regression that sees the particles' size alone.",
            "",
            "What is changed are the conditions of the training data. A study that was stopped is continued by the same"
                    + " command.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./cryonext robustness run --templates densities",
            "  ./cryonext robustness run --quick --against picking"
        })
final class RobustnessCommand extends Job {
    @Parameters(index = "0", paramLabel = "RUN", description = "Folder of a run, made by cryonext train.")
    private Path run;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "DATA",
            description =
                    "Folder of the tomograms that the run was trained on, on which size alone is trained (default:"
                            + " where they were then).")
    private Path data;

    @Option(names = "--out", paramLabel = "DIR", description = "Folder of the results (default: RUN/robustness).")
    private Path out;

    @Option(
            names = "--templates",
            paramLabel = "DIR",
            description =
                    "Densities that the training data were simulated from, as cryonext simulate takes them (default:"
                            + " invented assemblies).")
    private Path templates;

    @Option(
            names = "--against",
            paramLabel = "WHAT,...",
            split = ",",
            hideParamSyntax = true,
            defaultValue = "snr,defocus,picking,wedge",
            description =
                    "What is changed, one at a time: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}). Runs on"
                            + " grandmodels know picking alone.")
    private List<Factor> against;

    @Option(
            names = "--tomograms",
            paramLabel = "N",
            description = "Simulated under each condition (default: " + RobustnessSettings.TOMOGRAMS + ").")
    private Integer tomograms;

    @Option(
            names = "--size",
            paramLabel = "X,Y,Z",
            description = "Voxels of each, 1 nm wide (default: 256,256,96; at least 64,64,64).")
    private String size;

    @Option(
            names = "--particles",
            paramLabel = "N",
            description = "Particles in each (default: as crowded as SHREC, 300 in 256,256,96).")
    private Integer particles;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "" + RobustnessSettings.SEED,
            description = "Seed of particles and picking errors, another than that of the training data (default:"
                    + " ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--quick",
            description = "Fewer values, and one tomogram of 128,128,64 unless said otherwise: shows that it works.")
    private boolean quick;

    @Option(
            names = "--keep-data",
            description =
                    "Keep the simulated tomograms (default: those of a condition are taken away when it is measured).")
    private boolean keepData;

    @Mixin
    private MirrorsOption mirrors;

    @Mixin
    private DeviceOption device;

    @Override
    int run(Progress progress) {
        RobustnessSettings settings = usage(this::settings);
        RobustnessResult result;
        try (StopWord _ = new StopWord("Stopped; the same command goes on with the conditions that are missing");
                Backend backend = device.open()) {
            result = RobustnessStudy.run(settings, backend, progress, this::say);
        }
        out().print(RobustnessTable.text(result));
        out().println();
        result.notes().forEach(note -> out().println("Note: " + note));
        out().println("The report is " + result.report());
        return 0;
    }

    private RobustnessSettings settings() {
        VolumeSize usual = quick ? RobustnessSettings.QUICK_SIZE : RobustnessSettings.SIZE;
        int usually = quick ? 1 : RobustnessSettings.TOMOGRAMS;
        return new RobustnessSettings(
                run,
                Optional.ofNullable(data),
                Optional.ofNullable(out),
                Optional.ofNullable(templates),
                tomograms == null ? usually : tomograms,
                size == null ? usual : VolumeSize.parse(size),
                particles == null ? OptionalInt.empty() : OptionalInt.of(particles),
                seed,
                against,
                quick,
                keepData,
                mirrors.mirrors(),
                device.threads());
    }
}
