package org.cryonext.bench.pair;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cryonext.bench.model.Mode;
import org.cryonext.bench.model.ModelProgram;
import org.cryonext.bench.model.ModelSettings;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.models.checkpoint.Checkpoint;

/**
 * Runs this engine in a process of its own, as lines of standard input ask for, so that its memory is its own too. Each
 * answer is a line that begins with ">": {@code outputs FILE} writes the logits of a run, or the losses of the first
 * steps, as little-endian floats; {@code measure SECONDS} answers the nanoseconds of each run; {@code memory} the largest
 * resident memory so far in KiB, 0 where the system does not tell. The end of the input ends the process.
 */
final class OwnProcess {
    private static final int LEAST_RUNS = 3;

    /** Steps whose losses are compared: the first shows the model, the others its gradients and updates. */
    private static final int COMPARED_STEPS = 3;

    private final ModelProgram program;
    private final boolean trains;

    private OwnProcess(ModelProgram program, boolean trains) {
        this.program = program;
        this.trains = trains;
    }

    /** @param args case folder, mode, batch, image size, threads, and whether to recompute */
    static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        Mode mode = Mode.of(args[1]);
        int batch = Integer.parseInt(args[2]);
        int imageSize = Integer.parseInt(args[3]);
        int threads = Integer.parseInt(args[4]);
        Checkpoint model = Checkpoint.read(folder.resolve(CaseFolder.CHECKPOINT));
        boolean recompute = Boolean.parseBoolean(args[5]);
        ModelSettings settings =
                new ModelSettings("", model.config(), mode, imageSize, batch, threads, recompute, Precision.F32);
        float[] images = CaseFolder.floats(folder.resolve(CaseFolder.IMAGES));
        int[] labels = CaseFolder.ints(folder.resolve("labels.i32"));
        try (Backend backend = new CpuBackend(threads);
                ModelProgram program = new ModelProgram(settings, model, images, labels, backend)) {
            new OwnProcess(program, mode.trains()).serve(backend.description());
        }
    }

    private void serve(String description) throws IOException {
        answer("ready " + description);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] command = line.split(" ", 2);
            switch (command[0]) {
                case "outputs" -> {
                    outputs(Path.of(command[1]));
                    answer("done");
                }
                case "measure" -> answer("times" + measure(Double.parseDouble(command[1])));
                case "memory" -> answer("memory " + peakKibibytes());
                default -> throw new IllegalArgumentException("no command " + command[0]);
            }
        }
    }

    private static void answer(String line) {
        System.out.println(">" + line);
        System.out.flush();
    }

    private void outputs(Path file) throws IOException {
        int steps = trains ? COMPARED_STEPS : 1;
        ByteBuffer bytes = null;
        for (int i = 0; i < steps; i++) {
            program.step();
            float[] result = program.result();
            if (bytes == null) {
                bytes = ByteBuffer.allocate(4 * steps * result.length).order(ByteOrder.LITTLE_ENDIAN);
            }
            for (float value : result) {
                bytes.putFloat(value);
            }
        }
        Files.write(file, bytes.array());
    }

    private String measure(double seconds) {
        StringBuilder times = new StringBuilder();
        long start = System.nanoTime();
        for (int runs = 0; runs < LEAST_RUNS || System.nanoTime() - start < seconds * 1e9; runs++) {
            long before = System.nanoTime();
            program.step();
            times.append(' ').append(System.nanoTime() - before);
        }
        return times.toString();
    }

    private static long peakKibibytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return 0;
        }
        try (var lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(0);
        }
    }
}
