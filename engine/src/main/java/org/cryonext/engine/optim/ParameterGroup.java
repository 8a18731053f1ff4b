package org.cryonext.engine.optim;

import java.util.List;

/**
 * Parameters that share a learning rate and a weight decay.
 *
 * @param name tells groups apart; the learning rate is set by it
 * @param parameters names of variables
 * @param weightDecay decoupled decay a step, times the learning rate
 */
public record ParameterGroup(String name, List<String> parameters, double weightDecay) {}
