package org.cryonext.engine.backend.cuda.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.cryonext.engine.backend.cuda.driver.CudaFolders;
import org.cryonext.engine.io.CacheFolder;
import org.cryonext.engine.io.InputException;

/**
 * Where this machine has NVRTC: where the system property {@code cryonext.nvrtc} says, where {@code cryonext fetch cuda} puts
 * it, in the folders of LD_LIBRARY_PATH, CUDA_PATH, CUDA_HOME, Conda and Python's own packages, where CUDA is usually
 * installed, and where the system's loader looks.
 */
public final class NvrtcFinder {
    /** Names the library, with its path. */
    public static final String PROPERTY = "cryonext.nvrtc";

    private NvrtcFinder() {}

    /** The folder into which {@code cryonext fetch cuda} puts the library and its other half. */
    public static Path fetched() {
        return CacheFolder.of("nvrtc-12.9");
    }

    /**
     * All that can be loaded, the one to be preferred first.
     *
     * @throws InputException if the system property names something else
     */
    public static List<Nvrtc> find() {
        String forced = System.getProperty(PROPERTY);
        if (forced != null) {
            return List.of(Nvrtc.open(forced)
                    .orElseThrow(() -> new InputException("The system property " + PROPERTY + " names " + forced
                            + ", which cannot be loaded or is no NVRTC of CUDA 12 or 13")));
        }
        boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
        Set<Path> seen = new LinkedHashSet<>();
        List<Nvrtc> found = new ArrayList<>();
        for (Path folder : folders(System.getenv(), windows)) {
            for (Path file : libraries(folder, windows)) {
                if (seen.add(real(file))) {
                    Nvrtc.open(file.toString()).ifPresent(found::add);
                }
            }
        }
        if (found.isEmpty()) {
            names(windows).map(Nvrtc::open).flatMap(Optional::stream).forEach(found::add);
        }
        return List.copyOf(found);
    }

    private static Stream<String> names(boolean windows) {
        return windows
                ? Stream.of("nvrtc64_130_0.dll", "nvrtc64_120_0.dll")
                : Stream.of("libnvrtc.so.13", "libnvrtc.so.12");
    }

    private static List<Path> libraries(Path folder, boolean windows) {
        return names(windows).map(folder::resolve).filter(Files::isRegularFile).toList();
    }

    private static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            return file;
        }
    }

    static List<Path> folders(Map<String, String> environment, boolean windows) {
        List<Path> folders = new ArrayList<>(List.of(fetched()));
        folders.addAll(CudaFolders.of(environment, windows, "cuda_nvrtc"));
        return folders;
    }
}
