package org.cryonext.engine.backend.cuda.image;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import org.cryonext.engine.backend.cuda.driver.Architecture;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;

/** Compiles every kernel ahead, into a folder that {@link KernelShelf} reads. */
public final class KernelBuild {
    private KernelBuild() {}

    /**
     * What was made.
     *
     * @param sources number of sources
     * @param ptx the architecture for which there is assembly, too
     * @param compiler version of the compiler
     */
    public record Result(int sources, Architecture ptx, String compiler) {}

    /**
     * Compiles all sources for each architecture, and for the newest to PTX as well.
     *
     * @throws InputException if there is no compiler, it does not know an architecture, or the folder cannot be written
     */
    public static Result run(SortedSet<Architecture> architectures, Path folder, Progress progress) {
        Nvrtc compiler = choose(NvrtcFinder.find(), architectures);
        List<String> names = KernelSource.names();
        List<Target> targets = new ArrayList<>();
        architectures.forEach(architecture -> targets.add(new Target.Cubin(architecture)));
        targets.add(new Target.Ptx(architectures.last()));
        progress.start("Compiling kernels", (long) names.size() * targets.size(), "kernel files");
        for (String name : names) {
            KernelSource source = KernelSource.of(name);
            for (Target target : targets) {
                progress.note(name + " for " + target.name());
                KernelShelf.write(
                        folder, source, target, compiler.compile(source, target).image());
                progress.advance(1);
            }
        }
        progress.finish();
        return new Result(names.size(), architectures.last(), compiler.version());
    }

    private static Nvrtc choose(List<Nvrtc> found, SortedSet<Architecture> architectures) {
        if (found.isEmpty()) {
            throw new InputException(
                    "No compiler (NVRTC of CUDA 12 or 13) was found on this machine; get one by: cryonext"
                            + " fetch cuda");
        }
        return found.stream()
                .filter(nvrtc -> nvrtc.architectures().containsAll(architectures))
                .findFirst()
                .orElseThrow(() -> new InputException("NVRTC "
                        + found.getFirst().version() + " ("
                        + found.getFirst().path() + ") does not compile for all of " + architectures + ", only for "
                        + found.getFirst().architectures() + "; get another by: cryonext fetch cuda"));
    }
}
