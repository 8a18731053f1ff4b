package org.cryonext.cryoet.saliency;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.grad.Gradients;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.pass.DeadNodes;
import org.cryonext.engine.pass.FuseLinear;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.convnext.ConvNext;
import org.cryonext.models.convnext.ConvNextConfig;

/**
 * Which places of its images speak for a class: the gradient of the class's logit with respect to what a stage gives, times
 * what it gives, summed over the channels, where the sum is positive.
 *
 * <p>Behind the last stage stands a mean over all places, so that there the gradient is the same at each, and this is
 * Grad-CAM (Selvaraju et al. 2017, arXiv 1610.02391). Before it each place keeps its own gradient, which is HiResCAM
 * (Draelos and Carin 2020, arXiv 2011.08891): averaged over the places, as Grad-CAM has it everywhere, the gradients of an
 * earlier stage pointed at places that the answer did not rest on. What an earlier stage gives is taken behind the
 * LayerNorm that follows: no scale of a place passes it, so that before it gradient and value are orthogonal.
 */
public final class GradCam implements AutoCloseable {
    private static final String IMAGES = "x";
    private static final String ANSWERS = "answers";
    private static final String ACTIVATIONS = "activations";
    private static final String GRADIENT = "gradient";
    private static final String LOGITS = "logits";

    private final Variables variables;
    private final Program program;
    private final int classes;

    private GradCam(Variables variables, Program program, int classes) {
        this.variables = variables;
        this.program = program;
        this.classes = classes;
    }

    /**
     * Opens a network for batches of images.
     *
     * @param images of a batch; a multiple of those of a sample, where the head joins several
     * @param stage whose result is looked at, 0 to 3
     * @param backend where it runs; it computes in F32, and the caller closes it afterwards
     * @throws org.cryonext.engine.io.InputException if the image is too small
     * @throws org.cryonext.engine.backend.MemoryException if it does not fit
     */
    public static GradCam open(
            Checkpoint checkpoint, long images, long height, long width, int stage, Backend backend) {
        Variables variables = new Variables(backend);
        try {
            Graph graph = graph(checkpoint.config(), images, height, width, stage);
            Program program = Program.compile(graph, variables);
            checkpoint.upload(variables);
            return new GradCam(variables, program, checkpoint.config().classes());
        } catch (RuntimeException | Error e) {
            variables.close();
            throw e;
        }
    }

    private static Graph graph(ConvNextConfig config, long images, long height, long width, int stage) {
        Graph graph = new Graph();
        Value x = graph.input(IMAGES, ConvNext.images(config, images, height, width));
        ConvNext.Outputs outputs = ConvNext.add(graph, config, x);
        Value answers = graph.input(ANSWERS, outputs.logits().type());
        Value activations = looked(graph, outputs.stages().get(stage));
        // A profile beside the features is added to the logits: it moves no gradient, and for maps nobody has to set
        // it.
        Value gradient = Gradients.add(graph, outputs.logits(), answers, List.of(activations))
                .get(activations);
        graph.output(ACTIVATIONS, activations);
        graph.output(GRADIENT, gradient);
        graph.output(LOGITS, outputs.logits());
        return FuseLinear.apply(DeadNodes.remove(graph));
    }

    /** A stage's result, or what its downsampling layer makes of it by normalising each place. */
    private static Value looked(Graph graph, Value stage) {
        return graph.nodes().stream()
                .filter(node ->
                        node.op() instanceof LayerNorm && node.input("x").equals(stage))
                .map(node -> node.output(0))
                .findFirst()
                .orElse(stage);
    }

    /**
     * The maps of a batch.
     *
     * @param images [images, height, width, channels]
     * @param wanted the class of each row of logits: one an image, or one a sample where the head joins its images; rows
     *     beyond them are not asked for
     * @return one an image
     */
    public List<SaliencyMap> maps(Tensor images, int[] wanted) {
        Shape rows = program.plan().graph().inputs().get(ANSWERS).shape();
        float[] answers = new float[Math.toIntExact(rows.size())];
        for (int row = 0; row < wanted.length; row++) {
            answers[row * classes + wanted[row]] = 1;
        }
        program.set(IMAGES, images);
        program.set(ANSWERS, Tensor.of(answers, rows.dim(0), rows.dim(1)));
        program.run();
        Tensor activations = program.get(ACTIVATIONS);
        Shape shape = activations.shape();
        int places = (int) (shape.dim(1) * shape.dim(2));
        int channels = (int) shape.channels();
        float[] values = activations.toFloats();
        float[] gradient = program.get(GRADIENT).toFloats();
        List<SaliencyMap> maps = new ArrayList<>();
        for (int image = 0; image < shape.dim(0); image++) {
            int first = image * places;
            float[] cells = new float[places];
            for (int place = 0; place < places; place++) {
                double sum = 0;
                for (int c = 0; c < channels; c++) {
                    int at = (first + place) * channels + c;
                    sum += (double) gradient[at] * values[at];
                }
                cells[place] = (float) Math.max(0, sum);
            }
            maps.add(new SaliencyMap((int) shape.dim(1), (int) shape.dim(2), cells));
        }
        return maps;
    }

    /**
     * What the network answers.
     *
     * @param images [images, height, width, channels]
     * @param profiles [samples, numbers]; null where the head reads none
     * @return [rows, classes]
     */
    public Tensor logits(Tensor images, Tensor profiles) {
        program.set(IMAGES, images);
        if (profiles != null) {
            program.set(ConvNext.PROFILE, profiles);
        }
        program.run();
        return program.get(LOGITS);
    }

    @Override
    public void close() {
        program.close();
        variables.close();
    }
}
