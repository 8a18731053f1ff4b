package org.cryonext.tools.fuzz;

import com.code_intelligence.jazzer.api.FuzzerSecurityIssueHigh;
import com.code_intelligence.jazzer.api.HookType;
import com.code_intelligence.jazzer.api.Jazzer;
import com.code_intelligence.jazzer.api.MethodHook;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** Reports a file that is opened outside the folder of the file that is read; Jazzer calls it before each opening. */
public final class OpenedFiles {
    private static final Path TEMPORARY =
            Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath().normalize();

    private static volatile Path folder;

    private OpenedFiles() {}

    /** What may be opened from now on: files in this folder, and the program's own temporary files. */
    static void allow(Path allowed) {
        folder = allowed.toAbsolutePath().normalize();
    }

    @MethodHook(type = HookType.BEFORE, targetClassName = "java.nio.channels.FileChannel", targetMethod = "open")
    @MethodHook(type = HookType.BEFORE, targetClassName = "java.nio.file.Files", targetMethod = "newByteChannel")
    @MethodHook(type = HookType.BEFORE, targetClassName = "java.nio.file.Files", targetMethod = "newInputStream")
    @MethodHook(type = HookType.BEFORE, targetClassName = "java.nio.file.Files", targetMethod = "newOutputStream")
    @MethodHook(type = HookType.BEFORE, targetClassName = "java.nio.file.Files", targetMethod = "newBufferedReader")
    @MethodHook(type = HookType.BEFORE, targetClassName = "java.nio.file.Files", targetMethod = "newBufferedWriter")
    @MethodHook(type = HookType.BEFORE, targetClassName = "java.nio.file.Files", targetMethod = "readAllBytes")
    @MethodHook(type = HookType.BEFORE, targetClassName = "java.nio.file.Files", targetMethod = "readAllLines")
    @MethodHook(type = HookType.BEFORE, targetClassName = "java.nio.file.Files", targetMethod = "readString")
    @MethodHook(type = HookType.BEFORE, targetClassName = "java.nio.file.Files", targetMethod = "lines")
    @MethodHook(type = HookType.BEFORE, targetClassName = "java.nio.file.Files", targetMethod = "write")
    @MethodHook(type = HookType.BEFORE, targetClassName = "java.nio.file.Files", targetMethod = "writeString")
    public static void beforeOpening(MethodHandle method, Object object, Object[] arguments, int hook) {
        if (folder != null && arguments[0] instanceof Path path && !isAllowed(path)) {
            Jazzer.reportFindingFromHook(new FuzzerSecurityIssueHigh(path + " was opened, which is outside " + folder));
        }
    }

    private static boolean isAllowed(Path path) {
        Path place = path.toAbsolutePath().normalize();
        return place.startsWith(folder)
                || place.startsWith(TEMPORARY) && place.getFileName().toString().startsWith("cryonext-");
    }
}
