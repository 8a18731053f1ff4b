package org.cryonext.models.onnx;

import java.util.List;
import java.util.Set;

/**
 * How an operator is lowered.
 *
 * @param attributes names of the attributes that are understood; any other is refused
 * @param fewest inputs that have to be given
 * @param most inputs that may be given
 * @param outputs results that may be asked for
 * @param values positions of the inputs whose values decide shapes, so that they have to be known before the run
 * @param lowering gives the results
 */
record Rule(Set<String> attributes, int fewest, int most, int outputs, Set<Integer> values, Lowering lowering) {
    /** Turns a node into engine operators. */
    @FunctionalInterface
    interface Lowering {
        /** The results in the order of the node's outputs. */
        List<Term> lower(Site site);
    }

    /** Turns a node of one result into engine operators. */
    @FunctionalInterface
    interface Single {
        /** The result. */
        Term lower(Site site);
    }

    /** A rule for an operator of one result and no attributes. */
    static Rule of(int fewest, int most, Single single) {
        return new Rule(Set.of(), fewest, most, 1, Set.of(), site -> List.of(single.lower(site)));
    }

    /** The same rule with attributes. */
    Rule with(String... names) {
        return new Rule(Set.of(names), fewest, most, outputs, values, lowering);
    }

    /** The same rule with inputs whose values decide shapes. */
    Rule shapedBy(Integer... positions) {
        return new Rule(attributes, fewest, most, outputs, Set.of(positions), lowering);
    }
}
