package org.cryonext.cryoet.train;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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

    /** What shares a learning rate and a decay: head and rest, each with and without decay. */
    List<ParameterGroup> groups(ConvNextConfig config, Hyperparameters numbers) {
        List<ParameterGroup> groups = new ArrayList<>();
        for (boolean head : new boolean[] {true, false}) {
            for (boolean decays : new boolean[] {true, false}) {
                List<String> names = Parameter.of(config).stream()
                        .filter(parameter -> parts.contains(parameter.part()))
                        .filter(parameter -> (parameter.part() == Part.HEAD) == head)
                        .filter(parameter -> (numbers.decayVectors() || parameter.isMatrix()) == decays)
                        .map(Parameter::name)
                        .toList();
                if (!names.isEmpty()) {
                    groups.add(new ParameterGroup(
                            (head ? HEAD : BACKBONE) + (decays ? "" : ".vectors"),
                            names,
                            decays ? numbers.weightDecay() : 0));
                }
            }
        }
        return groups;
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
            rates.put(group.name(), factor * (isHead(group.name()) ? numbers.headRate() : numbers.backboneRate()));
        }
        return rates;
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
