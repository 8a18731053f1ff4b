package org.cryonext.bench.protocol;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Runs a network as lines of standard input ask for, and answers each on standard output by a line that begins with ">":
 * {@code outputs FILE} writes the results of the first runs, one after the other, as little-endian floats; {@code measure
 * SECONDS} answers the nanoseconds of each run; {@code memory} the largest resident memory so far in KiB, 0 where the
 * system does not tell. The end of the input is the end.
 */
public final class Server {
    private static final int LEAST_RUNS = 3;

    private final Served network;
    private final int compared;

    private Server(Served network, int compared) {
        this.network = network;
        this.compared = compared;
    }

    /**
     * Serves until the input ends.
     *
     * @param compared number of runs whose results {@code outputs} writes
     * @throws Exception if the network fails
     */
    public static void run(Served network, int compared) throws Exception {
        answer("ready " + network.description());
        Server server = new Server(network, compared);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            server.answer(line.split(" ", 2));
        }
    }

    private void answer(String[] command) throws Exception {
        switch (command[0]) {
            case "outputs" -> {
                outputs(Path.of(command[1]));
                answer("done");
            }
            case "measure" -> answer("times" + measure(Double.parseDouble(command[1])));
            case "memory" -> answer("memory " + PeakMemory.kibibytes("self"));
            default -> throw new IllegalArgumentException("no command " + command[0]);
        }
    }

    private static void answer(String line) {
        System.out.println(">" + line);
        System.out.flush();
    }

    private void outputs(Path file) throws Exception {
        ByteBuffer bytes = null;
        for (int i = 0; i < compared; i++) {
            network.step();
            float[] result = network.result();
            if (bytes == null) {
                bytes = ByteBuffer.allocate(4 * compared * result.length).order(ByteOrder.LITTLE_ENDIAN);
            }
            for (float value : result) {
                bytes.putFloat(value);
            }
        }
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
}
