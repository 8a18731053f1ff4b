package org.cryonext.engine.backend.cuda;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.cuda.driver.CudaContext;
import org.cryonext.engine.backend.cuda.driver.CudaFunction;
import org.cryonext.engine.backend.cuda.driver.CudaModule;
import org.cryonext.engine.backend.cuda.driver.CudaStream;
import org.cryonext.engine.backend.cuda.driver.Launch;
import org.cryonext.engine.backend.cuda.image.KernelImage;
import org.cryonext.engine.backend.cuda.image.KernelImages;
import org.cryonext.engine.tensor.DType;

/** The functions of the {@code .cu} files, each file loaded when something of it is first wanted. */
final class CudaKernels {
    private final CudaContext context;
    private final KernelImages images;
    private final Map<String, CudaModule> modules = new HashMap<>();
    private final Map<String, CudaFunction> functions = new HashMap<>();

    CudaKernels(CudaContext context, KernelImages images) {
        this.context = context;
        this.images = images;
    }

    /**
     * A function.
     *
     * @param source name of the file, without its ending
     * @param name as in the file
     */
    CudaFunction function(String source, String name) {
        return functions.computeIfAbsent(
                source + "/" + name,
                key -> modules.computeIfAbsent(source, this::load).function(name));
    }

    /** A function of an element type. */
    CudaFunction function(String source, String name, DType dtype) {
        return function(source, name + "_" + suffix(dtype));
    }

    /** As functions of an element type end. */
    static String suffix(DType dtype) {
        return dtype.name().toLowerCase(Locale.ROOT);
    }

    private CudaModule load(String source) {
        KernelImage image = images.image(source, context.device().architecture());
        return context.load(image.bytes(), image.origin());
    }

    /** Where everything runs. */
    CudaStream stream() {
        return context.stream();
    }

    /** The card. */
    CudaContext context() {
        return context;
    }

    /** A step of launches, one after another. */
    Kernel.Step step(Launch... launches) {
        CudaStream stream = stream();
        if (launches.length == 1) {
            Launch launch = launches[0];
            return () -> launch.run(stream);
        }
        return () -> {
            for (Launch launch : launches) {
                launch.run(stream);
            }
        };
    }
}
