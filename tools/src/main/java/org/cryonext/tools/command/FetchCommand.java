package org.cryonext.tools.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.hub.Catalogue;
import org.cryonext.models.hub.Fetched;
import org.cryonext.models.hub.Hub;
import org.cryonext.models.hub.HubSettings;
import org.cryonext.models.hub.Published;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Brings published weights to this machine. */
@Command(
        name = "fetch",
        subcommands = {FetchCudaCommand.class, FetchShrecCommand.class},
        description = {
            "Fetches published weights from the Hugging Face hub into the cache that Hugging Face's own libraries use, and"
                    + " prints the checkpoint's folder. A download that was stopped goes on where it stopped.",
            "",
            "MODEL is one of the names that --list shows, or any repository of the hub as owner/name or"
                    + " owner/name@revision. Once it is fetched, --init and the other options that take a checkpoint take"
                    + " its name, too.",
            "",
            "HF_ENDPOINT names a mirror, HF_TOKEN opens repositories that are not public, HF_HUB_CACHE or HF_HOME place the"
                    + " cache, HTTPS_PROXY, HTTP_PROXY and NO_PROXY lead through proxies; docs/weights.md has all of them.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./cryonext fetch --list",
            "  ./cryonext fetch convnext-tiny",
            "  ./cryonext fetch timm/convnext_tiny.fb_in22k --out tiny-22k"
        })
final class FetchCommand extends Job {
    @Parameters(arity = "0..1", paramLabel = "MODEL", description = "What to fetch.")
    private String model;

    @Option(names = "--list", description = "List the published models instead.")
    private boolean list;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Copy the checkpoint to this folder, too, for instance for a machine without a network.")
    private Path out;

    @Option(names = "--offline", description = "Make no connection: use what the cache has (also: HF_HUB_OFFLINE=1).")
    private boolean offline;

    @Override
    int run(Progress progress) {
        if (list) {
            list();
            return 0;
        }
        String name = usage(() -> {
            if (model == null) {
                throw new InputException("Missing required parameter: MODEL (--list shows the published ones)");
            }
            return model;
        });
        HubSettings environment = HubSettings.ofThisProcess();
        HubSettings settings = offline ? environment.withoutNetwork() : environment;
        try (StopSignal stop = new StopSignal()) {
            fetch(new Hub(settings, progress, this::say, stop), name);
        }
        return 0;
    }

    private void fetch(Hub hub, String name) {
        Fetched fetched;
        try {
            fetched = hub.fetch(name);
        } catch (CancellationException e) {
            out().println("Stopped; the same command goes on from here");
            return;
        }
        out().println(name + " is " + fetched.repository()
                + fetched.published().map(found -> ": " + describe(found)).orElse(""));
        fetched.published()
                .ifPresent(found -> out().println(
                                "Licence of the weights: " + found.licence().text()));
        for (Fetched.Item file : fetched.files()) {
            String origin = file.downloaded()
                    ? "downloaded, "
                            + file.check().map(check -> "checked: " + check).orElse("the hub states no checksum")
                    : "in the cache";
            out().println(String.format(Locale.ROOT, "  %-24s  %10s  %s", file.name(), file.size(), origin));
        }
        if (out == null) {
            out().println("The checkpoint is " + fetched.folder());
            out().println("Train from it with: cryonext train DATA --out RUN --init " + name);
        } else {
            Hub.copy(fetched, out);
            out().println("The checkpoint is " + out);
            out().println("Train from it with: cryonext train DATA --out RUN --init " + out);
        }
    }

    private static String describe(Published model) {
        return "ConvNeXt " + model.version() + " " + model.size() + ", ImageNet-" + model.training() + ", "
                + model.imageSize() + " pixels, " + model.training().classes() + " classes";
    }

    private void list() {
        List<Published> models = Catalogue.models();
        String row = "%-27s  %-7s  %6s  %7s  %7s  %-12s  %s%n";
        out().printf(Locale.ROOT, row, "model", "trained", "pixels", "classes", "MB", "licence", "repository");
        for (Published found : models) {
            out().printf(
                            Locale.ROOT,
                            row,
                            found.name(),
                            found.training(),
                            found.imageSize(),
                            found.training().classes(),
                            Math.round(found.bytes() / 1e6),
                            found.licence().name(),
                            found.repository().id());
        }
        out().println();
        out().println("trained: on ImageNet-1k, on ImageNet-22k, or on 22k and then 1k");
        models.stream()
                .map(Published::licence)
                .distinct()
                .forEach(licence -> out().println("licence " + licence.name() + ": " + licence.text()));
    }
}
