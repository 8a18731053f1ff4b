package org.cryonext.tools.command;

import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import org.cryonext.cryoet.fetch.ShrecFetch;
import org.cryonext.engine.io.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Brings the study's data set to this machine. */
@Command(
        name = "shrec2020",
        description = {
            "Fetches the data set of SHREC 2020 (doi:10.34894/Y2ZMRH) from DataverseNL, checks and unpacks it, and prints its"
                    + " folder. A fetch that was stopped goes on where it stopped; one that is whole makes no connection.",
            "",
            "CRYONEXT_DATAVERSE names a mirror, CRYONEXT_CACHE the folder where such things are kept, HTTPS_PROXY,"
                    + " HTTP_PROXY and NO_PROXY lead through proxies.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {"  ./cryonext fetch shrec2020", "  ./cryonext fetch shrec2020 --out /data/shrec2020 --delete-archives"
        })
final class FetchShrecCommand extends Job {
    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder for the data set (default: shrec2020 in the cache, where reproduce finds it).")
    private Path out;

    @Option(
            names = "--delete-archives",
            description = "Delete each archive when it is unpacked (also later, by the same command).")
    private boolean deleteArchives;

    @Override
    int run(Progress progress) {
        Path folder = out == null ? ShrecFetch.place() : out;
        try (StopSignal stop = new StopSignal()) {
            ShrecFetch fetch =
                    usage(() -> new ShrecFetch(System.getenv(), folder, deleteArchives, progress, this::say, stop));
            Path found = fetch.run();
            out().println("SHREC 2020 is in " + found);
            out().println("Do the study over with: cryonext reproduce" + (out == null ? "" : " --data " + found));
        } catch (CancellationException e) {
            out().println("Stopped; the same command goes on from here");
        }
        return 0;
    }
}
