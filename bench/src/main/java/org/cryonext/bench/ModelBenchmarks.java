package org.cryonext.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.SoftmaxCrossEntropy;
import org.cryonext.engine.optim.AdamWSettings;
import org.cryonext.engine.optim.Optimizer;
import org.cryonext.engine.optim.ParameterGroup;
import org.cryonext.engine.pass.DeadNodes;
import org.cryonext.engine.pass.FuseLinear;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.cryonext.models.convnext.ConvNext;
import org.cryonext.models.convnext.Initialization;
import org.cryonext.models.convnext.Parameter;

/** Times whole models on the CPU backend, with random weights and images. */
public final class ModelBenchmarks {
    private static final int LEAST_RUNS = 5;

    private ModelBenchmarks() {}

    /** Times one model. */
    public static ModelTiming run(ModelSettings settings) {
        try (Backend backend = new CpuBackend(settings.threads());
                Variables variables = new Variables(backend)) {
            Optimizer optimizer = optimizer(settings);
            try (Program program = compile(settings, variables, optimizer)) {
                long warmUp = (long) (settings.seconds() / 3 * 1e9);
                for (long start = System.nanoTime(); System.nanoTime() - start < warmUp; ) {
                    step(settings, program, optimizer);
                }
                List<Double> speeds = new ArrayList<>();
                long start = System.nanoTime();
                while (speeds.size() < LEAST_RUNS || System.nanoTime() - start < settings.seconds() * 1e9) {
                    long before = System.nanoTime();
                    step(settings, program, optimizer);
                    speeds.add(settings.batch() * 1e9 / (System.nanoTime() - before));
                }
                Collections.sort(speeds);
                long bytes = program.plan().bytes() + program.plan().variableBytes();
                return new ModelTiming(
                        settings.name(),
                        settings.training() ? "train_full" : "infer",
                        settings.batch(),
                        settings.threads(),
                        speeds.get(speeds.size() / 2),
                        speeds.getFirst(),
                        speeds.getLast(),
                        bytes / 1e6);
            }
        }
    }

    /**
     * The share of the time that each operator takes, largest first.
     *
     * @param runs how often the model is run for it, after as many runs to warm up
     * @return milliseconds a run by operator and shape
     */
    public static List<Map.Entry<String, Double>> profile(ModelSettings settings, int runs) {
        try (Backend backend = new CpuBackend(settings.threads());
                Variables variables = new Variables(backend)) {
            Optimizer optimizer = optimizer(settings);
            try (Program program = compile(settings, variables, optimizer)) {
                for (int i = 0; i < runs; i++) {
                    step(settings, program, optimizer);
                }
                long[] nanos = new long[program.order().size()];
                for (int i = 0; i < runs; i++) {
                    prepare(settings, program, optimizer);
                    program.run(nanos);
                }
                Map<String, Double> byOperator = new HashMap<>();
                for (int i = 0; i < nanos.length; i++) {
                    Node node = program.order().get(i);
                    String key = node.op() + " " + node.outputs().getFirst().shape();
                    byOperator.merge(key, nanos[i] / 1e6 / runs, Double::sum);
                }
                List<Map.Entry<String, Double>> rows = new ArrayList<>(byOperator.entrySet());
                rows.sort(Map.Entry.<String, Double>comparingByValue().reversed());
                return rows;
            }
        }
    }

    private static Optimizer optimizer(ModelSettings settings) {
        List<String> names =
                Parameter.of(settings.config()).stream().map(Parameter::name).toList();
        return new Optimizer(List.of(new ParameterGroup("all", names, 0.01)), AdamWSettings.defaults());
    }

    private static Program compile(ModelSettings settings, Variables variables, Optimizer optimizer) {
        int size = settings.imageSize();
        Graph graph = new Graph();
        Value x = graph.input("x", TensorType.f32(settings.batch(), size, size, 3));
        Value logits = ConvNext.add(graph, settings.config(), x).logits();
        if (settings.training()) {
            Value labels = graph.input("labels", new TensorType(DType.I32, Shape.of(settings.batch())));
            Value loss = graph.add(new SoftmaxCrossEntropy(0), logits, labels);
            graph.output("loss", loss);
            optimizer.add(graph, loss);
        } else {
            graph.output("logits", logits);
        }
        Initialization.of(settings.config(), 1).forEach(variables::set);
        Program program = Program.compile(FuseLinear.apply(DeadNodes.remove(graph)), variables);
        SplittableRandom random = new SplittableRandom(1);
        Tensor images = Tensor.zeros(x.type());
        for (long i = 0; i < images.size(); i++) {
            images.set(i, random.nextGaussian());
        }
        program.set("x", images);
        return program;
    }

    private static void prepare(ModelSettings settings, Program program, Optimizer optimizer) {
        if (settings.training()) {
            optimizer.next(program, Map.of("all", 1e-6));
        }
    }

    private static void step(ModelSettings settings, Program program, Optimizer optimizer) {
        prepare(settings, program, optimizer);
        program.run();
    }
}
