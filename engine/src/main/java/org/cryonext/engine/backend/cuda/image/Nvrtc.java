package org.cryonext.engine.backend.cuda.image;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.cryonext.engine.backend.cuda.driver.Architecture;
import org.cryonext.engine.io.InputException;

/**
 * NVIDIA's compiler as a library, of any version from 12 on; JCuda's binding of it would take version 12 alone. Needs no
 * card. One compilation at a time.
 */
public final class Nvrtc {
    /**
     * What is compiled by it depends on these. No fast mathematics: results are compared with the reference. The last one
     * because lambdas with "auto" parameters would count as functions of the host.
     */
    private static final List<String> OPTIONS =
            List.of("--std=c++17", "--fmad=true", "--device-as-default-execution-space");

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong SIZE = ValueLayout.JAVA_LONG;
    private static final MemoryLayout POINTER = ValueLayout.ADDRESS;

    private final String path;
    private final SymbolLookup library;
    private final int major;
    private final int minor;
    private final List<Architecture> architectures;

    private Nvrtc(String path, SymbolLookup library) {
        this.path = path;
        this.library = library;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment first = arena.allocate(INT);
            MemorySegment second = arena.allocate(INT);
            check(call("nvrtcVersion", first, second), "nvrtcVersion");
            major = first.get(INT, 0);
            minor = second.get(INT, 0);
            check(call("nvrtcGetNumSupportedArchs", first), "nvrtcGetNumSupportedArchs");
            MemorySegment numbers = arena.allocate(INT, first.get(INT, 0));
            check(call("nvrtcGetSupportedArchs", numbers), "nvrtcGetSupportedArchs");
            architectures = Arrays.stream(numbers.toArray(INT))
                    .mapToObj(number -> new Architecture(number / 10, number % 10))
                    .sorted()
                    .toList();
        }
    }

    /**
     * What compiling has come to.
     *
     * @param image a cubin or PTX
     * @param log what the compiler remarked
     */
    public record Compiled(byte[] image, String log) {}

    /**
     * Loads the library.
     *
     * @param path of its file, or a name for the system's loader
     * @return empty if there is no such library, or it is something else
     */
    static Optional<Nvrtc> open(String path) {
        try {
            loadBuiltins(Path.of(path).getParent());
            SymbolLookup library = SymbolLookup.libraryLookup(path, Arena.global());
            return library.find("nvrtcGetCUBIN").map(function -> new Nvrtc(path, library));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * The compiler opens its other half by name, and the loader finds it where it is loaded already. What lies beside it and
     * cannot be loaded does not matter: then the compiler looks for it itself.
     */
    private static void loadBuiltins(Path folder) {
        if (folder == null) {
            return;
        }
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(folder, "{libnvrtc-builtins.so*,nvrtc-builtins*.dll}")) {
            for (Path file : files) {
                load(file);
            }
        } catch (IOException e) {
            // As above.
        }
    }

    private static void load(Path file) {
        try {
            SymbolLookup.libraryLookup(file, Arena.global());
        } catch (IllegalArgumentException e) {
            // As above.
        }
    }

    /** Its file, or its name where the system's loader found it. */
    public String path() {
        return path;
    }

    /** The CUDA that it belongs to, for instance 12. */
    public int major() {
        return major;
    }

    /** For instance 12.9. */
    public String version() {
        return major + "." + minor;
    }

    /** What it can compile for, oldest first. */
    public List<Architecture> architectures() {
        return architectures;
    }

    /** All that the result depends on beside the source: a key for caches. */
    String fingerprint(Target target) {
        return "nvrtc " + version() + " " + String.join(" ", options(target, List.of()));
    }

    private static List<String> options(Target target, List<String> more) {
        List<String> options = new ArrayList<>(OPTIONS);
        options.add("--gpu-architecture=" + target.name());
        options.addAll(more);
        return options;
    }

    /**
     * Compiles a source.
     *
     * @param more further options
     * @throws InputException if this compiler does not take it, with its first complaint
     */
    public synchronized Compiled compile(KernelSource source, Target target, String... more) {
        try (Arena arena = Arena.ofConfined()) {
            List<String> names = List.copyOf(source.headers().keySet());
            List<String> texts = List.copyOf(source.headers().values());
            MemorySegment program = arena.allocate(POINTER);
            check(
                    call(
                            "nvrtcCreateProgram",
                            program,
                            arena.allocateFrom(source.text()),
                            arena.allocateFrom(source.name() + ".cu"),
                            names.size(),
                            strings(arena, texts),
                            strings(arena, names)),
                    "nvrtcCreateProgram");
            MemorySegment handle = program.get(ValueLayout.ADDRESS, 0);
            try {
                List<String> options = options(target, List.of(more));
                int result = call("nvrtcCompileProgram", handle, options.size(), strings(arena, options));
                String log = text(read(arena, handle, "nvrtcGetProgramLogSize", "nvrtcGetProgramLog"));
                if (result != 0) {
                    throw new InputException("NVRTC " + version() + " (" + path + ") cannot compile " + source.name()
                            + ".cu for " + target.name() + ": " + complaint(log, result));
                }
                byte[] image = switch (target) {
                    case Target.Cubin cubin -> read(arena, handle, "nvrtcGetCUBINSize", "nvrtcGetCUBIN");
                    case Target.Ptx ptx ->
                        text(read(arena, handle, "nvrtcGetPTXSize", "nvrtcGetPTX"))
                                .getBytes(StandardCharsets.UTF_8);
                };
                return new Compiled(image, log);
            } finally {
                call("nvrtcDestroyProgram", program);
            }
        }
    }

    private String complaint(String log, int result) {
        return log.lines()
                .filter(line -> line.contains("error"))
                .findFirst()
                .orElse(log.isBlank() ? error(result) : log);
    }

    private byte[] read(Arena arena, MemorySegment program, String size, String get) {
        MemorySegment bytes = arena.allocate(SIZE);
        check(call(size, program, bytes), size);
        MemorySegment content = arena.allocate(Math.max(1, bytes.get(SIZE, 0)));
        check(call(get, program, content), get);
        return content.toArray(ValueLayout.JAVA_BYTE);
    }

    /** Texts end with a zero. */
    private static String text(byte[] terminated) {
        int length = terminated.length;
        while (length > 0 && terminated[length - 1] == 0) {
            length--;
        }
        return new String(terminated, 0, length, StandardCharsets.UTF_8);
    }

    private static MemorySegment strings(Arena arena, List<String> texts) {
        if (texts.isEmpty()) {
            return MemorySegment.NULL;
        }
        MemorySegment array = arena.allocate(POINTER, texts.size());
        for (int i = 0; i < texts.size(); i++) {
            array.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(texts.get(i)));
        }
        return array;
    }

    private void check(int result, String call) {
        if (result != 0) {
            throw new InputException("NVRTC at " + path + " cannot be used: " + call + " failed with " + error(result));
        }
    }

    private String error(int result) {
        MethodHandle function = handle("nvrtcGetErrorString", FunctionDescriptor.of(ValueLayout.ADDRESS, INT));
        try {
            MemorySegment text = (MemorySegment) function.invokeExact(result);
            return text.reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable e) {
            throw new IllegalStateException("nvrtcGetErrorString", e);
        }
    }

    /** Calls a function that returns a result code; arguments are addresses and ints. */
    private int call(String name, Object... arguments) {
        MemoryLayout[] layouts = Arrays.stream(arguments)
                .map(argument -> argument instanceof Integer ? INT : POINTER)
                .toArray(MemoryLayout[]::new);
        try {
            return (int) handle(name, FunctionDescriptor.of(INT, layouts)).invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new IllegalStateException(name, e);
        }
    }

    private MethodHandle handle(String name, FunctionDescriptor descriptor) {
        MemorySegment function = library.find(name)
                .orElseThrow(() -> new InputException(path + " is no NVRTC that can be used: it lacks " + name));
        return Linker.nativeLinker().downcallHandle(function, descriptor);
    }
}
