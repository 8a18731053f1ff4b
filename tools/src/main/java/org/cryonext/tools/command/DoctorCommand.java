package org.cryonext.tools.command;

import java.nio.file.Path;
import java.util.Optional;
import org.cryonext.bench.gpu.GpuProof;
import org.cryonext.bench.gpu.GpuReport;
import org.cryonext.engine.doctor.Diagnosis;
import org.cryonext.engine.doctor.Doctor;
import org.cryonext.engine.io.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says what this machine has. */
@Command(
        name = "doctor",
        description = {
            "Shows what this machine has to run networks on: processor, NVIDIA's driver and cards, libraries with their"
                    + " versions or why they are not found, kernels, which of these each operator takes, and what would make"
                    + " it faster. Works without a card as well.",
            "",
            "With --gpu it proves and times the card itself, into a report.",
            ""
        },
        footerHeading = "%nExample:%n",
        footer = {"  ./cryonext doctor", "  ./cryonext doctor --gpu --quick --seconds 60"})
final class DoctorCommand extends Job {
    @Option(
            names = "--kernels",
            paramLabel = "DIR",
            description = "Compiled kernels to look at, made by cryonext kernels.")
    private Path kernels;

    @Mixin
    private GpuOptions gpu;

    @Override
    int run(Progress progress) {
        if (gpu.wanted()) {
            return prove(progress);
        }
        Diagnosis diagnosis = Doctor.examine(Optional.ofNullable(kernels));
        for (Diagnosis.Section section : diagnosis.sections()) {
            out().println(section.title());
            int width = section.findings().stream()
                    .mapToInt(finding -> finding.name().length())
                    .max()
                    .orElse(1);
            section.findings()
                    .forEach(finding -> out().printf("  %-" + width + "s  %s%n", finding.name(), finding.text()));
        }
        if (!diagnosis.advice().isEmpty()) {
            out().println("To gain more");
            diagnosis.advice().forEach(sentence -> out().println("  " + sentence));
        }
        out().flush();
        return 0;
    }

    private int prove(Progress progress) {
        GpuReport report = GpuProof.run(gpu.settings(Optional.ofNullable(kernels)), this::say, progress);
        out().printf(
                        "%s: %d findings are not as they should be, %d tasks were not reached; %s%n",
                        report.passed() ? "All is right" : "Not all is right",
                        report.faults().size(),
                        report.undone(),
                        gpu.page());
        out().flush();
        return report.passed() ? 0 : 1;
    }
}
