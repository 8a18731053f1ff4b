package org.cryonext.cryoet.network;

import java.util.List;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.pass.DeadNodes;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.ConfigJson;
import org.cryonext.models.convnext.ConvNext;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Passes;

/**
 * Has the processor's kernels compiled while lists, tomograms and weights are read: a network of the same kind, with few
 * channels and made-up weights, runs on images of the same width, on a thread of its own.
 */
public final class WarmUp {
    /** One would do for the kernels, which are compiled at once; another for what they are called by. */
    private static final int RUNS = 2;

    /** Those of stage 4 are more than one sum takes, as in every network of a usual size. */
    private static final List<Integer> DIMS = List.of(32, 64, 96, 224);

    /** Rows that a kernel takes; a stage with other numbers of rows has one of its own compiled for the last ones. */
    private static final int PANEL = 12;

    private WarmUp() {}

    /** Begins, where the network of a run will run on the processor. Nothing has to wait for the end. */
    public static void begin(RunFolder run, NetworkInput input, Backends backends) {
        if (!(backends.each().getFirst() instanceof CpuBackend)) {
            return;
        }
        Thread thread = new Thread(() -> run(run, input), "warm-up");
        thread.setDaemon(true);
        thread.start();
    }

    private static void run(RunFolder run, NetworkInput input) {
        try {
            run(ConfigJson.read(run.best().resolve(Checkpoint.CONFIG), 0), input.images(), input.imageSize());
        } catch (RuntimeException e) {
            // The work itself, which is about to do the same and more, meets it too and says it.
            return;
        }
    }

    /**
     * Runs the small network.
     *
     * @param images at once
     * @param width of an image
     */
    static void run(ConvNextConfig config, int images, int width) {
        try (Backend backend = new CpuBackend(1);
                Variables variables = new Variables(backend);
                Program program = Program.compile(
                        Passes.inference(DeadNodes.remove(graph(small(config), images, width)), backend), variables)) {
            for (int i = 0; i < RUNS; i++) {
                program.run();
            }
        }
    }

    private static Graph graph(ConvNextConfig config, int images, int width) {
        Graph graph = new Graph();
        int height = height(config.patchSize(), images, width);
        Value x = graph.input("x", ConvNext.images(config, images, height, width));
        graph.output("logits", ConvNext.add(graph, config, x).logits());
        return graph;
    }

    /** The least that fills whole panels in every stage. */
    static int height(int patch, int images, int width) {
        int unit = patch << ConvNextConfig.STAGES - 1;
        int columns = images * Math.max(1, width / unit);
        int rows = 1;
        while (rows * columns % PANEL != 0) {
            rows++;
        }
        return rows * unit;
    }

    private static ConvNextConfig small(ConvNextConfig config) {
        return new ConvNextConfig(
                config.version(),
                List.of(1, 1, 1, 1),
                DIMS,
                config.patchSize(),
                config.channels(),
                config.head(),
                ConvNextConfig.numbered(2),
                config.headEpsilon(),
                config.activation(),
                0,
                config.layerScaleInit());
    }
}
