package org.cryonext.bench.gpu;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.cryonext.engine.backend.cuda.image.KernelImages;
import org.cryonext.engine.io.InputException;

/**
 * Has tasks done by processes of their own: one that stops or does not come to an end costs the task it was at, and the next
 * process goes on behind it.
 */
final class GpuProcess {
    /** Seconds in which a process must have begun. */
    private static final int START = 60;

    /** Processes that may be lost before the rest is left undone: then the card or the driver is broken, not a kernel. */
    private static final int MOST_LOST = 40;

    private static final String END = "";

    private final GpuSettings settings;

    GpuProcess(GpuSettings settings) {
        this.settings = settings;
    }

    /**
     * Does tasks in order.
     *
     * @param deadline {@link System#nanoTime} at which the task under way is given up and no further one begun
     * @param found receives a finding for each task that came to an end
     */
    void run(List<GpuTask> tasks, long deadline, Consumer<Finding> found) {
        int next = 0;
        int lost = 0;
        while (next < tasks.size() && System.nanoTime() < deadline) {
            if (lost > MOST_LOST) {
                found.accept(new Finding.Failed(
                        tasks.get(next).part().toString(),
                        "the other " + (tasks.size() - next) + " tasks",
                        "were left undone after " + lost + " processes were lost"));
                return;
            }
            int settled = new Session(tasks.subList(next, tasks.size()), found).work(deadline);
            if (settled == 0) {
                return;
            }
            next += settled;
            lost++;
        }
    }

    /** One process. */
    private final class Session {
        private final List<GpuTask> tasks;
        private final Consumer<Finding> found;
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private final Process process;
        private final Thread errors;
        private volatile String lastWords = "";
        private int begun = -1;
        private int settled;

        Session(List<GpuTask> tasks, Consumer<Finding> found) {
            this.tasks = tasks;
            this.found = found;
            try {
                process = new ProcessBuilder(command()).start();
            } catch (IOException e) {
                throw new InputException("Cannot start the process that works on the card: " + e.getMessage(), e);
            }
            Thread.ofVirtual().start(this::hand);
            Thread.ofVirtual().start(this::listen);
            errors = Thread.ofVirtual().start(this::listenToErrors);
        }

        private void hand() {
            try (Writer writer = process.outputWriter(UTF_8)) {
                for (GpuTask task : tasks) {
                    writer.write(GpuJson.MAPPER.writerFor(GpuTask.class).writeValueAsString(task) + "\n");
                }
            } catch (IOException e) {
                // A process that ends before it has read all is seen at its other end.
            }
        }

        private void listen() {
            try (BufferedReader reader = process.inputReader(UTF_8)) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    if (line.startsWith(">")) {
                        lines.add(line);
                    }
                }
            } catch (IOException e) {
                // As the end.
            }
            lines.add(END);
        }

        /** Passes standard error on, but for the JVM's warning of what was asked for. */
        private void listenToErrors() {
            try (BufferedReader reader = process.errorReader(UTF_8)) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    if (line.startsWith("WARNING: Using incubator modules")) {
                        continue;
                    }
                    System.err.println(line);
                    if (!line.isBlank() && !Character.isWhitespace(line.charAt(0))) {
                        lastWords = line;
                    }
                }
            } catch (IOException e) {
                // As the end.
            }
        }

        /** The number of tasks that are settled, from the first on; 0 if there is no use in another process. */
        int work(long deadline) {
            long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(START);
            try {
                while (true) {
                    String line = lines.poll(Math.min(patience, deadline) - System.nanoTime(), TimeUnit.NANOSECONDS);
                    if (line == null) {
                        process.destroyForcibly().waitFor();
                        return System.nanoTime() >= deadline ? settled : stopped("did not come to an end");
                    }
                    if (line.equals(END)) {
                        int code = process.waitFor();
                        return begun < settled && settled > 0 ? settled : stopped(end(code));
                    }
                    String[] words = line.split(" ", 3);
                    int index = Integer.parseInt(words[1]);
                    if (words[0].equals(">begin")) {
                        begun = index;
                        patience = System.nanoTime()
                                + TimeUnit.SECONDS.toNanos(tasks.get(index).patience());
                    } else {
                        settled = index + 1;
                        found.accept(GpuJson.MAPPER.readValue(words[2], Finding.class));
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return 0;
            } finally {
                process.destroyForcibly();
            }
        }

        private int stopped(String error) {
            GpuTask at = tasks.get(Math.max(0, begun));
            found.accept(new Finding.Failed(
                    at.part().toString(), begun < 0 ? "the process, before its first task" : at.title(), error));
            return begun + 1;
        }

        private String end(int code) throws InterruptedException {
            errors.join(Duration.ofSeconds(5));
            return "ended the process with code " + code + (lastWords.isEmpty() ? "" : ": " + lastWords);
        }
    }

    private List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-Xmx" + (Runtime.getRuntime().maxMemory() >> 20) + "m",
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED"));
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("cryonext.cu") || name.startsWith("cryonext.nvrtc"))
                .sorted()
                .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
        settings.kernels().ifPresent(folder -> command.add("-D" + KernelImages.PROPERTY + "=" + folder));
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                GpuWorker.class.getName(),
                String.valueOf(settings.device()),
                settings.goldens().map(Path::toString).orElse("")));
        return command;
    }
}
