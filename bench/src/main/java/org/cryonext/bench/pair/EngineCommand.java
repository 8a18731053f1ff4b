package org.cryonext.bench.pair;

import java.nio.file.Path;
import java.util.List;
import org.cryonext.engine.backend.cpu.CpuSpecies;

/** How a process of this engine is started that has what this one has: memory, libraries and vectors. */
public final class EngineCommand {
    private EngineCommand() {}

    /** The command that calls a class's {@code main}; its arguments follow. */
    public static List<String> of(Class<?> main) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + (Runtime.getRuntime().maxMemory() >> 20) + "m",
                "-XX:+UseSerialGC",
                "-Xmn32m",
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-D" + CpuSpecies.PROPERTY + "=" + CpuSpecies.bits(),
                "-cp",
                System.getProperty("java.class.path"),
                main.getName());
    }
}
