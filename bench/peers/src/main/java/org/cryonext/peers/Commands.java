package org.cryonext.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Does what lines of standard input ask for and answers on standard output, each answer a line that begins with ">":
 * {@code outputs FILE} writes a run's result as little-endian floats; {@code measure SECONDS} answers the nanoseconds of
 * each run; {@code memory} the largest resident memory so far in KiB, 0 where the system does not tell. The end of the
 * input ends the process.
 */
final class Commands {
    private static final int LEAST_RUNS = 3;

    private final Network network;

    private Commands(Network network) {
        this.network = network;
    }

    /** @param args folder, threads and layout */
    static void serve(Network.Loader loader, String[] args) throws Exception {
        Network network = loader.load(Path.of(args[0]), Integer.parseInt(args[1]), args[2]);
        answer("ready " + network.description());
        Commands commands = new Commands(network);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            commands.answer(line.split(" ", 2));
        }
        System.exit(0);
    }

    private void answer(String[] command) throws Exception {
        switch (command[0]) {
            case "outputs" -> {
                network.step();
                write(Path.of(command[1]), network.result());
                answer("done");
            }
            case "measure" -> answer("times" + measure(Double.parseDouble(command[1])));
            case "memory" -> answer("memory " + peakKibibytes());
            default -> throw new IllegalArgumentException("No command " + command[0]);
        }
    }

    private static void answer(String line) {
        System.out.println(">" + line);
        System.out.flush();
    }

    private static void write(Path file, float[] values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        Files.write(file, bytes.array());
    }

    private String measure(double seconds) throws Exception {
        StringBuilder times = new StringBuilder();
        long start = System.nanoTime();
        for (int runs = 0; runs < LEAST_RUNS || System.nanoTime() - start < seconds * 1e9; runs++) {
            long before = System.nanoTime();
            network.step();
            times.append(' ').append(System.nanoTime() - before);
        }
        return times.toString();
    }

    private static long peakKibibytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElse(0);
    }
}
