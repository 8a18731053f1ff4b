package org.cryonext.engine.backend.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The machine's C++ compiler. What it makes is kept in a folder under a name made from all that went into it, so that it is
 * made once; several processes may build into the same folder.
 */
final class Gpp {
    /** As many as the smallest machines have cores; a compiler takes some hundred megabytes. */
    private static final int AT_ONCE = 2;

    private static final int MINUTES = 10;

    private final Path folder;
    private final String version;

    private Gpp(Path folder, String version) {
        this.folder = folder;
        this.version = version;
    }

    /** Whether there is a compiler. */
    static boolean isThere() {
        try {
            return new ProcessBuilder("g++", "--version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @param folder where results are kept; made if it is missing */
    static Gpp into(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Gpp(
                folder, run(List.of("g++", "--version")).lines().findFirst().orElseThrow());
    }

    /**
     * One call of the compiler.
     *
     * @param name of the result
     * @param arguments but for the result
     * @param inputs files whose content makes up the result, those among the arguments included
     */
    record Job(String name, List<String> arguments, List<Path> inputs) {}

    /** Does what is not done yet, two at a time, and gives the results' paths in the same order. */
    List<Path> build(List<Job> jobs) {
        try (FileChannel file =
                        FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE)) {
            // Until the file is closed: what two processes want is built by one of them.
            file.lock();
            List<Future<Path>> results = new ArrayList<>();
            jobs.forEach(job -> results.add(pool.submit(() -> build(job))));
            List<Path> paths = new ArrayList<>();
            for (Future<Path> result : results) {
                paths.add(result.get());
            }
            return paths;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
        }
    }

    private Path build(Job job) {
        Path result = folder.resolve(key(job).substring(0, 16)).resolve(job.name);
        if (Files.exists(result)) {
            return result;
        }
        try {
            Files.createDirectories(result.getParent());
            Path temporary = result.resolveSibling("." + job.name + "." + UUID.randomUUID());
            List<String> command = new ArrayList<>(List.of("g++"));
            command.addAll(job.arguments);
            command.addAll(List.of("-o", temporary.toString()));
            run(command);
            return Files.move(temporary, result, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String key(Job job) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((version + "\0" + String.join("\0", job.arguments)).getBytes(StandardCharsets.UTF_8));
            for (Path input : job.inputs) {
                digest.update(("\0" + input.getFileName() + "\0").getBytes(StandardCharsets.UTF_8));
                digest.update(Files.readAllBytes(input));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    private static String run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + "\n" + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
