package org.cryonext.cryoet.train;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.cryonext.cryoet.run.Hyperparameters;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.optim.AdamWSettings;
import org.cryonext.engine.optim.Optimizer;
import org.cryonext.engine.optim.ParameterGroup;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Parameter;
import org.cryonext.models.convnext.Part;

/**
 * Consecutive epochs in which the same parts train.
 *
 * @param firstEpoch the first of them
 * @param parts what trains
 */
record Phase(int firstEpoch, Set<Part> parts) {
    private static final String HEAD = "head";
    private static final String BACKBONE = "backbone";

    /** The phases of a run, in order. */
    static List<Phase> of(Hyperparameters numbers) {
        List<Phase> phases = new ArrayList<>();
        for (int epoch = 0; epoch < numbers.epochs(); epoch++) {
            Set<Part> parts = EnumSet.noneOf(Part.class);
            for (Part part : Part.values()) {
                if (numbers.trains(part, epoch)) {
                    parts.add(part);
                }
            }
            if (phases.isEmpty() || !phases.getLast().parts().equals(parts)) {
                phases.add(new Phase(epoch, parts));
            }
        }
        return phases;
    }

    /** The phase that an epoch lies in. */
    static Phase at(List<Phase> phases, int epoch) {
        return phases.reversed().stream()
                .filter(phase -> phase.firstEpoch() <= epoch)
                .findFirst()
                .orElseThrow();
    }

    /** Names of the parameters that train. */
    List<String> trained(ConvNextConfig config) {
        return Parameter.of(config).stream()
                .filter(parameter -> parts.contains(parameter.part()))
                .map(Parameter::name)
                .toList();
    }

    /**
     * What shares a learning rate and a decay: head and rest, each with and without decay; where layers have rates of
     * their own, the rest is divided by layers, from the last one on.
     */
    List<ParameterGroup> groups(ConvNextConfig config, Hyperparameters numbers) {
        List<ParameterGroup> groups = new ArrayList<>();
        LayerDepth depth = new LayerDepth(config);
        int deepest = numbers.layerDecay() < 1 ? depth.deepest() : 0;
        for (boolean decays : new boolean[] {true, false}) {
            add(groups, HEAD, decays, numbers, config, parameter -> parameter.part() == Part.HEAD);
        }
        for (int below = 0; below <= deepest; below++) {
            int layer = below;
            String name = deepest == 0 ? BACKBONE : BACKBONE + "." + below;
            for (boolean decays : new boolean[] {true, false}) {
                add(
                        groups,
                        name,
                        decays,
                        numbers,
                        config,
                        parameter -> parameter.part() != Part.HEAD
                                && (deepest == 0 || depth.belowTheLast(parameter) == layer));
            }
        }
        return groups;
    }

    private void add(
            List<ParameterGroup> groups,
            String name,
            boolean decays,
            Hyperparameters numbers,
            ConvNextConfig config,
            Predicate<Parameter> members) {
        List<String> names = Parameter.of(config).stream()
                .filter(parameter -> parts.contains(parameter.part()))
                .filter(members)
                .filter(parameter -> (numbers.decayVectors() || parameter.isMatrix()) == decays)
                .map(Parameter::name)
                .toList();
        if (!names.isEmpty()) {
            groups.add(
                    new ParameterGroup(name + (decays ? "" : ".vectors"), names, decays ? numbers.weightDecay() : 0));
        }
    }

    /**
     * The optimiser of this phase, with fresh moments: as the study's code, which makes a new one at each unfreezing. In
     * half precision the loss is scaled.
     */
    Optimizer optimizer(ConvNextConfig config, Hyperparameters numbers, Precision precision) {
        AdamWSettings usual = AdamWSettings.defaults();
        return new Optimizer(
                groups(config, numbers),
                new AdamWSettings(usual.beta1(), usual.beta2(), usual.epsilon(), numbers.clipNorm(), numbers.ema())
                        .withScaledLoss(precision == Precision.F16));
    }

    /**
     * The learning rate of each group.
     *
     * @param factor what the schedule makes of the rates now
     */
    Map<String, Double> rates(ConvNextConfig config, Hyperparameters numbers, double factor) {
        Map<String, Double> rates = new HashMap<>();
        for (ParameterGroup group : groups(config, numbers)) {
            double rate = isHead(group.name())
                    ? numbers.headRate()
                    : numbers.backboneRate() * Math.pow(numbers.layerDecay(), below(group.name()));
            rates.put(group.name(), factor * rate);
        }
        return rates;
    }

    /** How many layers lie between a group's and the head; 0 where layers have one rate. */
    private static int below(String group) {
        String[] parts = group.split("\\.");
        return parts.length > 1 && Character.isDigit(parts[1].charAt(0)) ? Integer.parseInt(parts[1]) : 0;
    }

    /** What trains, for the user. */
    String describe(ConvNextConfig config) {
        Set<String> names = new HashSet<>(trained(config));
        long trained = Parameter.of(config).stream()
                .filter(parameter -> names.contains(parameter.name()))
                .mapToLong(parameter -> parameter.shape().size())
                .sum();
        return String.format(
                Locale.ROOT,
                "From epoch %d on, %,d of %,d parameters train",
                firstEpoch,
                trained,
                Parameter.count(config));
    }

    /** Whether a parameter group is the head's. */
    static boolean isHead(String group) {
        return group.startsWith(HEAD);
    }
}
