package org.cryonext.tools.command;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.cryonext.cryoet.demo.Demo;
import org.cryonext.cryoet.demo.DemoResult;
import org.cryonext.cryoet.demo.DemoSettings;
import org.cryonext.cryoet.metrics.Metrics;
import org.cryonext.cryoet.metrics.Rival;
import org.cryonext.cryoet.report.Result;
import org.cryonext.cryoet.train.TrainContext;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.io.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The whole road in one call. */
@Command(
        name = "demo",
        description = {
            "Shows everything in a few minutes: simulates tomograms with 12 kinds of particles, trains two networks"
                    + " from random weights (one on grandmodels, one on reconstructions), measures both on a tomogram"
                    + " that neither has seen, and writes a report.",
            "",
            "A demo that was stopped is continued by the same command.",
            ""
        },
        footerHeading = "%nExample:%n",
        footer = "  ./cryonext demo --quick --out demo")
final class DemoCommand extends Job {
    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "cryonext-demo",
            description = "Folder for data, runs and report: new, empty, or of a demo (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(
            names = "--quick",
            description = "One minute instead of a few: less data, fewer epochs, much lower figures.")
    private boolean quick;

    @Option(
            names = "--templates",
            paramLabel = "DIR",
            description =
                    "Simulate from these densities (MRC, 10 Angstrom a voxel, named by protein) instead of invented"
                            + " assemblies.")
    private Path templates;

    @Mixin
    private DeviceOption device;

    @Override
    int run(Progress progress) {
        DemoSettings size = quick ? DemoSettings.quick() : DemoSettings.full();
        DemoSettings settings = templates == null ? size : size.withTemplates(templates);
        try (StopSignal stop = new StopSignal();
                Backend backend = device.open()) {
            Optional<DemoResult> result =
                    Demo.run(out, settings, device.threads(), new TrainContext(backend, progress, this::say, stop));
            result.ifPresentOrElse(this::print, () -> out().println("Stopped; the same command goes on from here"));
        }
        return 0;
    }

    private void print(DemoResult result) {
        out().println("");
        out().println("On " + result.tomogram() + ", which neither network has seen (95 % intervals in brackets):");
        print("grandmodel", result.grandmodel());
        print("reconstruction", result.reconstruction());
        out().println(String.format(Locale.ROOT, "The two trainings took %.0f seconds", result.trainSeconds()));
        out().println("The report is " + result.report());
    }

    private void print(String source, Result result) {
        print(source, result.metrics());
        for (Rival rival : result.rivals()) {
            print("  " + rival.name(), rival.metrics());
        }
        result.rivals().forEach(rival -> out().println("    " + rival.verdict()));
    }

    private void print(String source, Metrics metrics) {
        out().println(String.format(
                Locale.ROOT,
                "  %-25s  macro F1 %.3f [%.3f, %.3f], accuracy %.3f",
                source,
                metrics.f1().value(),
                metrics.f1().low(),
                metrics.f1().high(),
                metrics.accuracy().value()));
    }
}
