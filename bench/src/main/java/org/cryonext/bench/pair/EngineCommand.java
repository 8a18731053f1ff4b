package org.cryonext.bench.pair;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.JvmOptions;
import org.cryonext.engine.backend.cpu.CpuSpecies;

/** How a process of this engine is started that has what this one has: memory, libraries and vectors. */
public final class EngineCommand {
    private EngineCommand() {}

    /** The command that calls a class's {@code main}; its arguments follow. */
    public static List<String> of(Class<?> main) {
        String classPath = System.getProperty("java.class.path");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx" + (Runtime.getRuntime().maxMemory() >> 20) + "m");
        command.addAll(JvmOptions.of(classPath));
        command.add("-D" + CpuSpecies.PROPERTY + "=" + CpuSpecies.bits());
        command.addAll(List.of("-cp", classPath, main.getName()));
        return command;
    }
}
