package org.cryonext.bench.pair;

import java.nio.file.Path;
import org.cryonext.bench.model.Mode;
import org.cryonext.bench.model.ModelProgram;
import org.cryonext.bench.model.ModelSettings;
import org.cryonext.bench.protocol.Served;
import org.cryonext.bench.protocol.Server;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.models.checkpoint.Checkpoint;

/** Runs this engine in a process of its own, so that its memory is its own too; it answers as a {@link Server} does. */
final class OwnProcess implements Served {
    /** Steps whose losses are compared: the first shows the model, the others its gradients and updates. */
    private static final int COMPARED_STEPS = 3;

    private final ModelProgram program;
    private final String description;

    private OwnProcess(ModelProgram program, String description) {
        this.program = program;
        this.description = description;
    }

    /** @param args case folder, mode, batch, image size, threads, and whether to recompute */
    static void main(String[] args) throws Exception {
        CpuBackend.rehearse();
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
            Server.run(new OwnProcess(program, backend.description()), mode.trains() ? COMPARED_STEPS : 1);
        }
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public void step() {
        program.step();
    }

    @Override
    public float[] result() {
        return program.result();
    }
}
