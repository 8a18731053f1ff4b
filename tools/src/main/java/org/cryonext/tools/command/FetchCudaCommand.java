package org.cryonext.tools.command;

import java.util.Map;
import java.util.concurrent.CancellationException;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.download.NvrtcFetch;
import org.cryonext.models.download.PinnedDownload;
import picocli.CommandLine.Command;

/** Brings NVIDIA's compiler to this machine. */
@Command(
        name = "cuda",
        description = {
            "Fetches NVIDIA's compiler NVRTC, for kernels that suit the card of this machine.",
            "",
            "It comes from Maven Central (version 12.9, 45 MB, checksummed; Linux on x86-64). Not needed where compiled"
                    + " kernels are given by --kernels, or where the CUDA toolkit is installed.",
            "",
            "CRYONEXT_MAVEN_CENTRAL names a mirror, CRYONEXT_CACHE the folder where such things are kept, HTTPS_PROXY,"
                    + " HTTP_PROXY and NO_PROXY lead through proxies.",
            ""
        },
        footerHeading = "%nExample:%n",
        footer = "  ./cryonext fetch cuda")
final class FetchCudaCommand extends Job {
    @Override
    int run(Progress progress) {
        Map<String, String> environment = System.getenv();
        try (StopSignal stop = new StopSignal()) {
            NvrtcFetch fetch = usage(() -> NvrtcFetch.of(
                    environment,
                    new PinnedDownload(
                            environment,
                            progress,
                            this::say,
                            stop,
                            NvrtcFetch.VARIABLE + ", HTTPS_PROXY and the network")));
            boolean there = fetch.isThere();
            fetch.run();
            out().println("NVRTC 12.9 is " + (there ? "already " : "") + "in " + fetch.folder());
            out().println("What is still missing, if anything, says: cryonext doctor");
        } catch (CancellationException e) {
            out().println("Stopped; the same command goes on from here");
        }
        return 0;
    }
}
