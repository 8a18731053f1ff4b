package org.cryonext.engine.backend.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.cryonext.engine.backend.cuda.driver.Architecture;
import org.cryonext.engine.backend.cuda.driver.CudaLibrary;
import org.cryonext.engine.backend.cuda.image.KernelImages;
import org.cryonext.engine.backend.cuda.image.KernelShelf;
import org.cryonext.engine.backend.cuda.image.KernelSource;
import org.cryonext.engine.backend.cuda.image.Target;
import org.junit.jupiter.api.Assumptions;

/**
 * A CUDA driver without a card: {@code tools/simulated-gpu}, built once by the machine's C++ compiler, and the engine's
 * kernels compiled for it from the same sources as for a card. One for the process, as the driver is one; a test that changes
 * it calls {@link #reset} when it begins.
 */
public final class SimulatedGpu {
    /** The architecture that it has unless it is told otherwise. */
    public static final Architecture ARCHITECTURE = new Architecture(9, 0);

    private static final String SOURCES = "tools/simulated-gpu";
    private static final String KERNELS = "engine/src/main/resources/org/cryonext/engine/backend/cuda/kernels";
    private static final String BUILT = "engine/target/simulated-gpu";

    private static SimulatedGpu loaded;

    private final MethodHandle set;
    private final MethodHandle ask;
    private final MethodHandle reset;

    private SimulatedGpu(SymbolLookup library) {
        this.set = handle(
                library,
                "simulated_gpu_set",
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        this.ask = handle(
                library,
                "simulated_gpu_ask",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
        this.reset = handle(library, "simulated_gpu_reset", FunctionDescriptor.ofVoid());
    }

    private static MethodHandle handle(SymbolLookup library, String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(library.find(name).orElseThrow(), descriptor);
    }

    /**
     * Makes this process use the simulated driver where it would use a card's, and builds it if it is not built. Without a
     * C++ compiler the calling test is skipped and says so.
     */
    public static synchronized SimulatedGpu load() {
        if (loaded == null) {
            Path driver = driver();
            System.setProperty("cryonext.cuda.driver", driver.toString());
            loaded = new SimulatedGpu(SymbolLookup.libraryLookup(driver, Arena.global()));
        }
        loaded.reset();
        return loaded;
    }

    /** The same, and the process finds images of all the engine's kernels for {@link #ARCHITECTURE}. */
    public static SimulatedGpu loadWithKernels() {
        return loadWithKernels(Check.BOUNDS);
    }

    /** The same with images that are compiled so that the simulation checks more, or less. */
    public static SimulatedGpu loadWithKernels(Check check) {
        SimulatedGpu gpu = load();
        System.setProperty(
                KernelImages.PROPERTY,
                images(check, KernelSource.names(), ARCHITECTURE).toString());
        return gpu;
    }

    /** What an image lets the simulation check. */
    public enum Check {
        /** That indices are within arrays, and vectors where they may be. */
        BOUNDS,
        /**
         * Also every access to memory: that no thread reads what nobody has written, or accesses shared memory that another
         * one has accessed without a barrier between. Counts the bytes that move. Several times slower.
         */
        ACCESSES
    }

    /** Skips the calling test, with the reason, where there is no C++ compiler; where CI is set the test fails. */
    private static void requireCompiler() {
        if (System.getenv("CI") != null && !Gpp.isThere()) {
            throw new AssertionError("CI runs without g++, which .ci/run installs");
        }
        Assumptions.assumeTrue(Gpp.isThere(), "The simulated GPU is built by g++, which is not on this machine");
    }

    /** The simulated driver, {@code libcuda.so.1}. */
    public static Path driver() {
        List<String> link = List.of("-Wl,-soname,libcuda.so.1", "-Wl,--no-undefined", "-ldl", "-lpthread");
        return library("driver", "libcuda.so.1", link, List.of());
    }

    /** A {@code libcublas.so.12} on the simulated driver; products only. */
    public static Path cublas() {
        return onDriver("cublas", "libcublas.so.12");
    }

    /** A {@code libcudnn.so.9} on the simulated driver; convolutions only. */
    public static Path cudnn() {
        return onDriver("cudnn", "libcudnn.so.9");
    }

    /** Makes this process find both where it would look for NVIDIA's. */
    public static void useLibraries() {
        System.setProperty(CudaLibrary.CUBLAS.property(), cublas().toString());
        System.setProperty(CudaLibrary.CUDNN.property(), cudnn().toString());
    }

    private static Path onDriver(String folder, String name) {
        Path versions = root().resolve(SOURCES).resolve(folder).resolve("exports.map");
        Path driver = driver();
        List<String> link = List.of(
                "-Wl,-soname," + name, "-Wl,--version-script," + versions, "-Wl,--no-undefined", driver.toString());
        return library(folder, name, link, List.of(versions, driver));
    }

    private static Path library(String folder, String name, List<String> link, List<Path> with) {
        requireCompiler();
        Path sources = root().resolve(SOURCES);
        List<Path> headers = files(sources, ".h");
        Gpp gpp = Gpp.into(root().resolve(BUILT));
        List<Gpp.Job> jobs = new ArrayList<>();
        for (Path source : files(sources.resolve(folder), ".cpp")) {
            List<String> arguments = new ArrayList<>(
                    List.of("-std=c++17", "-O2", "-fPIC", "-fvisibility=hidden", "-Wall", "-Wextra", "-Werror", "-c"));
            // A signal handler and kernels look at variables of the thread: they must be there without being asked for.
            arguments.add("-ftls-model=initial-exec");
            arguments.add(source.toString());
            jobs.add(new Gpp.Job(source.getFileName() + ".o", arguments, with(headers, source)));
        }
        List<Path> inputs = new ArrayList<>(gpp.build(jobs));
        List<String> arguments = new ArrayList<>(List.of("-shared"));
        inputs.forEach(object -> arguments.add(object.toString()));
        arguments.addAll(link);
        inputs.addAll(with);
        return gpp.build(List.of(new Gpp.Job(name, arguments, inputs))).getFirst();
    }

    /** A folder of images of all the engine's kernels, as {@code --kernels} takes it. */
    public static Path images(Architecture... architectures) {
        return images(Check.BOUNDS, KernelSource.names(), architectures);
    }

    /** The same of some kernel files alone, by their names without {@code .cu}. */
    public static Path images(List<String> names, Architecture... architectures) {
        return images(Check.BOUNDS, names, architectures);
    }

    /** The same, compiled for what is to be checked. */
    static Path images(Check check, List<String> names, Architecture... architectures) {
        requireCompiler();
        Map<String, Path> sources = files(root().resolve(KERNELS), ".cu").stream()
                .collect(Collectors.toMap(
                        source -> source.getFileName().toString().replace(".cu", ""), source -> source));
        List<Path> built = new ArrayList<>();
        for (Architecture architecture : architectures) {
            built.addAll(compile(names.stream().map(sources::get).toList(), architecture, check));
        }
        // The paths have digests of all that went into the images.
        Path folder = root().resolve(BUILT).resolve("images-" + Integer.toHexString(built.hashCode()));
        if (!Files.exists(folder)) {
            gather(names, architectures, built, folder);
        }
        return folder;
    }

    /** Fills a folder beside its name and renames it: another process may be at the same. */
    private static void gather(List<String> names, Architecture[] architectures, List<Path> built, Path folder) {
        Path temporary = folder.resolveSibling(folder.getFileName() + "." + UUID.randomUUID());
        int at = 0;
        for (Architecture architecture : architectures) {
            for (String name : names) {
                KernelShelf.write(
                        temporary, KernelSource.of(name), new Target.Cubin(architecture), bytes(built.get(at++)));
            }
        }
        try {
            Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.exists(folder)) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * Compiles a kernel file of a test.
     *
     * @param source may include the engine's {@code types.cuh} and {@code tensor.cuh}
     * @return an image for {@code CudaContext.load}
     */
    public static byte[] compile(Path source, Architecture architecture) {
        return compile(source, architecture, Check.BOUNDS);
    }

    /** The same, compiled for what is to be checked. */
    public static byte[] compile(Path source, Architecture architecture, Check check) {
        requireCompiler();
        return bytes(compile(List.of(source), architecture, check).getFirst());
    }

    private static List<Path> compile(List<Path> sources, Architecture architecture, Check check) {
        Path simulation = root().resolve(SOURCES).resolve("shim");
        Path kernels = root().resolve(KERNELS);
        List<Path> headers = new ArrayList<>(files(simulation, ".h"));
        headers.addAll(files(kernels, ".cuh"));
        List<Gpp.Job> jobs = new ArrayList<>();
        for (Path source : sources) {
            List<String> arguments = new ArrayList<>(List.of("-std=c++17", "-ffp-contract=off", "-fPIC", "-c"));
            arguments.addAll(List.of("-fvisibility=hidden", "-Wall", "-Wextra", "-Werror"));
            // What a kernel may do and g++ would rather not see: hints for another compiler, and indices of either
            // sign.
            arguments.addAll(List.of("-Wno-unknown-pragmas", "-Wno-sign-compare"));
            arguments.addAll(
                    switch (check) {
                        case BOUNDS -> List.of("-O2", "-fsanitize=bounds,alignment");
                        case ACCESSES ->
                            // What calls the driver at each access gains little by the rest being fast.
                            List.of(
                                    "-O1",
                                    "-fsanitize=bounds,alignment,thread",
                                    "-DSIMULATED_GPU_CHECKED",
                                    "-fno-exceptions",
                                    "-g1");
                    });
            arguments.addAll(processor());
            arguments.addAll(List.of("-DSIMULATED_GPU", "-D__CUDA_ARCH__=" + architecture.number() * 10));
            arguments.addAll(List.of("-I", kernels.toString()));
            arguments.addAll(
                    List.of("-include", simulation.resolve("simulated_gpu.h").toString()));
            arguments.addAll(List.of("-x", "c++", source.toString()));
            jobs.add(new Gpp.Job(source.getFileName() + ".o", arguments, with(headers, source)));
        }
        Gpp gpp = Gpp.into(root().resolve(BUILT));
        // Linked without the checks, or the compiler's own library for them would come in.
        return gpp.build(gpp.build(jobs).stream()
                .map(object -> new Gpp.Job(
                        object.getFileName().toString().replace(".cu.o", ".cubin"),
                        List.of("-shared", "-Wl,--no-undefined", object.toString()),
                        List.of(object)))
                .toList());
    }

    /** Halves become floats in one instruction where the processor has it, and vectors are as wide as it goes. */
    private static List<String> processor() {
        try {
            boolean modern = Files.readString(Path.of("/proc/cpuinfo"))
                    .lines()
                    .filter(line -> line.startsWith("flags"))
                    .findFirst()
                    .map(line -> List.of(line.split("\\s+")).containsAll(List.of("avx2", "fma", "f16c")))
                    .orElse(false);
            return modern ? List.of("-mavx2", "-mfma", "-mf16c") : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> with(Collection<Path> headers, Path source) {
        List<Path> all = new ArrayList<>(headers);
        all.add(source);
        return all;
    }

    /** The project's folder, from that of any of its modules. */
    private static Path root() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve(SOURCES))) {
                return at;
            }
        }
        throw new IllegalStateException("No folder " + SOURCES + " here or above");
    }

    private static List<Path> files(Path folder, String ending) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Sets something about the simulation: {@code order} (forward, backward, shuffled) of blocks and threads, {@code seed},
     * {@code streams} (eager, lazy), {@code guard} (behind, before), {@code memory} (8G), {@code architecture} (90),
     * {@code workers}, {@code timeout} (seconds); {@code docs/simulated-gpu.md} has them all.
     */
    public void set(String key, String value) {
        try (Arena arena = Arena.ofConfined()) {
            int result = (int) set.invokeExact(arena.allocateFrom(key), arena.allocateFrom(value));
            if (result != 0) {
                throw new IllegalArgumentException(message());
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Lets a call of the driver fail.
     *
     * @param call its name as exported, for instance {@code cuMemAlloc_v2}
     * @param result CUDA's code
     * @param after how many more calls succeed before
     */
    public void fail(String call, int result, int after) {
        fail(call, result, after, -1);
    }

    /** The same for calls that mean one of several devices; the others' do not count. */
    public void fail(String call, int result, int after, int device) {
        set("fail", call + " " + result + " after " + after + " device " + device);
    }

    /** Lets a call of the driver fail, and every other one after it: the card is gone. */
    public void lose(String call, int result, int after) {
        lose(call, result, after, -1);
    }

    /** The same for one of several devices. */
    public void lose(String call, int result, int after, int device) {
        set("fail", call + " " + result + " after " + after + " device " + device + " lost");
    }

    /** What was wrong with the call that failed last: for a kernel the thread, the place and the memory. */
    public String message() {
        return ask("message");
    }

    /** What contexts left behind when they ended; empty if nothing. */
    public String leaks() {
        return ask("leaks");
    }

    /** Memory and handles that are held now; empty if none. */
    public String holdings() {
        return ask("holdings");
    }

    /** Functions of the driver that were called and are not simulated, a line each. */
    public String refused() {
        return ask("refused");
    }

    /**
     * What a kernel did since the last reset. Bytes are counted for images with {@link Check#ACCESSES}, and else 0.
     *
     * @param flops of tensor cores only
     * @param copied bytes of memory that asynchronous copies read
     * @param read bytes of memory that threads read, those copies included
     * @param written bytes of memory that threads wrote
     * @param sectorsRead bytes of the sectors of 32 bytes that a launch read at all: what a perfect cache would move
     * @param sectorsWritten bytes of the sectors that a launch wrote at all
     */
    public record Counters(
            long launches,
            long blocks,
            long threads,
            long flops,
            long copied,
            long read,
            long written,
            long sectorsRead,
            long sectorsWritten) {
        private static Counters of(long[] values) {
            return new Counters(
                    values[0], values[1], values[2], values[3], values[4], values[5], values[6], values[7], values[8]);
        }
    }

    /** How often each function of the driver was called since the last reset, by its name as exported. */
    public Map<String, Long> calls() {
        return ask("calls")
                .lines()
                .map(line -> line.split(" "))
                .collect(Collectors.toMap(words -> words[0], words -> Long.parseLong(words[1])));
    }

    /** By kernel, of all contexts. */
    public Map<String, Counters> counters() {
        return ask("counters")
                .lines()
                .map(line -> line.split(" "))
                .collect(Collectors.toMap(
                        words -> words[0],
                        words -> Counters.of(Stream.of(words)
                                .skip(1)
                                .mapToLong(Long::parseLong)
                                .toArray())));
    }

    private String ask(String question) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(question);
            long bytes = (long) ask.invokeExact(name, MemorySegment.NULL, 0L);
            MemorySegment answer = arena.allocate(bytes + 1);
            long again = (long) ask.invokeExact(name, answer, bytes + 1);
            if (again != bytes) {
                throw new IllegalStateException("The answer changes while it is read");
            }
            return answer.getString(0);
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends all contexts and sets everything as it was at the beginning; contexts of tests before must be closed. */
    public void reset() {
        try {
            reset.invokeExact();
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
