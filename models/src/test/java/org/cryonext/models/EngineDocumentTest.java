package org.cryonext.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import org.cryonext.models.checkpoint.Checkpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles and runs the program in docs/engine.md. */
class EngineDocumentTest {
    private static final Path MODEL = Path.of("src/test/resources/models/v2");

    @TempDir
    private Path folder;

    @Test
    void theProgramLoadsACheckpointRunsAndTrains() throws Exception {
        String document = Files.readString(Path.of("../docs/engine.md"));
        int start = document.indexOf("```java\n") + "```java\n".length();
        Path source = folder.resolve("Example.java");
        Files.writeString(source, document.substring(start, document.indexOf("```", start)));
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        int result = ToolProvider.getSystemJavaCompiler()
                .run(null, null, messages, "-d", folder.toString(), "-cp", classPath(), source.toString());
        assertThat(result).as(messages.toString(StandardCharsets.UTF_8)).isZero();

        String printed = run(List.of(MODEL.toString(), folder.resolve("trained").toString()));
        List<Double> losses = printed.lines()
                .filter(line -> line.startsWith("loss "))
                .map(line -> Double.valueOf(line.substring(5)))
                .toList();
        assertThat(losses).hasSize(3);
        assertThat(losses.get(2)).isLessThan(losses.get(0));
        assertThat(Checkpoint.read(folder.resolve("trained")).parameters())
                .hasSameSizeAs(Checkpoint.read(MODEL).parameters());
    }

    /** The tests' class path; surefire may have hidden it in a jar of its own. */
    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private String run(List<String> arguments) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            Constructor<?> made = loader.loadClass("Example").getDeclaredConstructor();
            made.setAccessible(true);
            Method main = made.getDeclaringClass().getDeclaredMethod("main", String[].class);
            main.setAccessible(true);
            main.invoke(made.newInstance(), (Object) arguments.toArray(String[]::new));
        } catch (InvocationTargetException e) {
            throw new AssertionError("the program failed", e.getCause());
        } finally {
            System.setOut(before);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
