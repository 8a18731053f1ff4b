package org.cryonext.engine.optim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import org.cryonext.engine.grad.Gradients;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.AdamW;
import org.cryonext.engine.op.ClipGradientNorm;
import org.cryonext.engine.op.ExponentialMovingAverage;
import org.cryonext.engine.op.UnscaleGradients;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/**
 * AdamW as part of a training graph: gradients, clipping, the update of every parameter, and the moving average. Its
 * state is variables of the names {@link #firstMoment}, {@link #secondMoment} and {@link #average}, so a checkpoint of all
 * variables together with {@link #steps} resumes it exactly.
 */
public final class Optimizer {
    /** Name of the variable that holds the loss's factor, where it has one. */
    public static final String LOSS_SCALE = "adam.loss_scale";

    private static final String GOOD_STEPS = "adam.good_steps";
    private static final String SCOPE = "optimizer";
    private static final String FACTOR = "gradient_factor";
    private static final TensorType ONE = TensorType.f32(1);

    private final List<ParameterGroup> groups;
    private final AdamWSettings settings;
    private long steps;

    /**
     * @param groups parameters that are trained; no parameter in two groups
     * @param settings what is done to them
     */
    public Optimizer(List<ParameterGroup> groups, AdamWSettings settings) {
        this.groups = List.copyOf(groups);
        this.settings = settings;
        Set<String> seen = new TreeSet<>();
        for (ParameterGroup group : groups) {
            for (String parameter : group.parameters()) {
                if (!seen.add(parameter)) {
                    throw new IllegalArgumentException(parameter + " is in two groups");
                }
            }
        }
    }

    /** Name of the variable that holds a parameter's first moment. */
    public static String firstMoment(String parameter) {
        return "adam.m." + parameter;
    }

    /** Name of the variable that holds a parameter's second moment. */
    public static String secondMoment(String parameter) {
        return "adam.v." + parameter;
    }

    /** Name of the variable that holds a parameter's moving average. */
    public static String average(String parameter) {
        return "average." + parameter;
    }

    /** Whether a variable of this name holds a moment. */
    public static boolean isMoment(String variable) {
        return variable.startsWith("adam.");
    }

    /** Names of all trained parameters. */
    public List<String> parameters() {
        return groups.stream().flatMap(g -> g.parameters().stream()).toList();
    }

    /**
     * Appends gradients and updates to a graph that computes a loss. With clipping the graph gets the output {@code
     * gradient_norm}.
     *
     * @param loss a value of one element
     */
    public void add(Graph graph, Value loss) {
        List<Value> targets =
                parameters().stream().map(name -> graph.variables().get(name)).toList();
        if (targets.contains(null)) {
            throw new IllegalArgumentException(
                    "the graph lacks the parameter " + parameters().get(targets.indexOf(null)));
        }
        Map<Value, Value> gradients = settings.scaledLoss()
                ? Gradients.add(graph, loss, graph.variable(LOSS_SCALE, ONE), targets)
                : Gradients.add(graph, loss, targets);
        graph.scope(SCOPE);
        Value clip = clip(graph, List.copyOf(gradients.values()));
        SequencedMap<String, Value> updates = new LinkedHashMap<>();
        for (ParameterGroup group : groups) {
            for (String name : group.parameters()) {
                Value parameter = graph.variables().get(name);
                TensorType type = parameter.type();
                TensorType three = type.withShape(Shape.of(3));
                Value updated = graph.add(
                        new AdamW(settings.beta1(), settings.beta2(), settings.epsilon()),
                        parameter,
                        gradients.get(parameter),
                        graph.variable(firstMoment(name), type),
                        graph.variable(secondMoment(name), type),
                        graph.input(hyper(group), three),
                        clip);
                updates.put(name, updated);
            }
        }
        // Behind all updates, which a card then does at once.
        if (settings.averageDecay() > 0) {
            updates.forEach((name, updated) -> graph.add(
                    new ExponentialMovingAverage(settings.averageDecay()),
                    graph.variable(average(name), updated.type()),
                    updated));
        }
    }

    /** What gradients are multiplied with; null for nothing. */
    private Value clip(Graph graph, List<Value> gradients) {
        double limit = settings.clipNorm();
        if (!settings.scaledLoss() && limit == 0) {
            return null;
        }
        Value factor;
        Value norm;
        if (settings.scaledLoss()) {
            List<Value> inputs = new ArrayList<>();
            inputs.add(graph.variable(LOSS_SCALE, ONE));
            inputs.add(graph.variable(GOOD_STEPS, ONE));
            inputs.addAll(gradients);
            Node node = graph.node(new UnscaleGradients(limit), SCOPE, inputs);
            factor = node.output(2);
            norm = node.output(3);
            graph.output(FACTOR, factor);
        } else {
            Node node = graph.node(new ClipGradientNorm(limit), SCOPE, gradients);
            factor = node.output(0);
            norm = node.output(1);
        }
        if (limit > 0) {
            graph.output("gradient_norm", norm);
        }
        return factor;
    }

    private static String hyper(ParameterGroup group) {
        return "optimizer." + group.name();
    }

    /** Updates made so far. */
    public long steps() {
        return steps;
    }

    /** Continues after this many updates, with the state that they left. */
    public void resume(long done) {
        steps = done;
    }

    /**
     * Prepares a program for its next update; run it afterwards.
     *
     * @param learningRates by group name
     */
    public void next(Program program, Map<String, Double> learningRates) {
        steps++;
        double correction1 = 1 - Math.pow(settings.beta1(), steps);
        double correction2 = 1 - Math.pow(settings.beta2(), steps);
        for (ParameterGroup group : groups) {
            double rate = learningRates.get(group.name());
            double[] hyper = {1 - rate * group.weightDecay(), rate / correction1, Math.sqrt(correction2)};
            program.set(hyper(group), Tensor.of(hyper, 3));
        }
    }

    /**
     * Looks, after a run, whether the update was left out because a gradient of the scaled loss was not finite; such a
     * step does not count.
     *
     * @return whether the update was made
     */
    public boolean made(Program program) {
        return !settings.scaledLoss() || made(program.get(FACTOR));
    }

    /** The output that {@link #made(Tensor)} looks at; none where every update is made. */
    public Optional<String> factor() {
        return settings.scaledLoss() ? Optional.of(FACTOR) : Optional.empty();
    }

    /** As {@link #made(Program)}, where the output was fetched already. */
    public boolean made(Tensor factor) {
        boolean made = factor.get(0) != 0;
        if (!made) {
            steps--;
        }
        return made;
    }

    /**
     * Begins a training: moments start at zero, those of other optimisers go; averages go on where there are some, else
     * start at the parameters' present values.
     */
    public void begin(Variables variables) {
        steps = 0;
        Set<String> own = Set.copyOf(state());
        for (String name : List.copyOf(variables.names())) {
            if (isMoment(name) && own.contains(name)) {
                // Not made anew: a program may be bound to it.
                variables.set(name, Tensor.zeros(variables.type(name)));
            } else if (isMoment(name)) {
                variables.remove(name);
            }
        }
        if (settings.scaledLoss()) {
            variables.set(LOSS_SCALE, Tensor.of(new float[] {(float) UnscaleGradients.FIRST_SCALE}, 1));
            variables.set(GOOD_STEPS, Tensor.of(new float[1], 1));
        }
        if (settings.averageDecay() > 0) {
            for (String name : parameters()) {
                if (!variables.has(average(name))) {
                    variables.set(average(name), variables.get(name));
                }
            }
        }
    }

    /** Names of the variables that hold the optimiser's state. */
    public List<String> state() {
        List<String> names = new ArrayList<>();
        for (String name : parameters()) {
            names.add(firstMoment(name));
            names.add(secondMoment(name));
            if (settings.averageDecay() > 0) {
                names.add(average(name));
            }
        }
        if (settings.scaledLoss()) {
            names.add(LOSS_SCALE);
            names.add(GOOD_STEPS);
        }
        return names;
    }
}
