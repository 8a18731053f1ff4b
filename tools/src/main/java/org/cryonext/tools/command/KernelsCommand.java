package org.cryonext.tools.command;

import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.cryonext.engine.backend.cuda.driver.Architecture;
import org.cryonext.engine.backend.cuda.image.KernelBuild;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Compiles kernels ahead. */
@Command(
        name = "kernels",
        description = {
            "Compiles the GPU kernels into a folder, for machines that have no compiler: give it there by --kernels. No"
                    + " card is needed, but NVIDIA's compiler NVRTC, which cryonext fetch cuda brings.",
            "",
            "The newest architecture is compiled to PTX as well, which the driver of a card newer than all of them"
                    + " finishes.",
            ""
        },
        footerHeading = "%nExample:%n",
        footer = "  ./cryonext kernels --arch sm_80,sm_90 --out kernels")
final class KernelsCommand extends Job {
    @Option(
            names = "--arch",
            paramLabel = "ARCH",
            split = ",",
            defaultValue = "sm_75,sm_80,sm_86,sm_89,sm_90,sm_100,sm_120",
            converter = ArchitectureWord.class,
            description = "Architectures of the cards, sm_90 for instance; cryonext doctor shows a card's own (default:"
                    + " ${DEFAULT-VALUE}).")
    private List<Architecture> architectures;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where the kernels are written.")
    private Path out;

    private static final class ArchitectureWord implements ITypeConverter<Architecture> {
        @Override
        public Architecture convert(String text) {
            try {
                Architecture architecture = Architecture.parse(text);
                architecture.refusal().ifPresent(reason -> {
                    throw new InputException(architecture + " " + reason);
                });
                return architecture;
            } catch (InputException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    @Override
    int run(Progress progress) {
        KernelBuild.Result result = KernelBuild.run(new TreeSet<>(architectures), out, progress);
        out().printf(
                        "%d kernel files for %s and PTX for %s are in %s, compiled by NVRTC %s%n",
                        result.sources(),
                        String.join(
                                ", ",
                                new TreeSet<>(architectures)
                                        .stream().map(Architecture::sm).toList()),
                        result.ptx().compute(),
                        out,
                        result.compiler());
        return 0;
    }
}
