package org.cryonext.tools.command;

import java.nio.file.Path;
import java.util.Optional;
import org.cryonext.engine.doctor.Diagnosis;
import org.cryonext.engine.doctor.Doctor;
import org.cryonext.engine.io.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says what this machine has. */
@Command(
        name = "doctor",
        description = {
            "Shows what this machine has to run networks on: processor, NVIDIA's driver and cards, libraries with their"
                    + " versions or why they are not found, kernels, which of these each operator takes, and what would make"
                    + " it faster. Works without a card as well.",
            ""
        },
        footerHeading = "%nExample:%n",
        footer = "  ./cryonext doctor")
final class DoctorCommand extends Job {
    @Option(
            names = "--kernels",
            paramLabel = "DIR",
            description = "Compiled kernels to look at, made by cryonext kernels.")
    private Path kernels;

    @Override
    int run(Progress progress) {
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
}
