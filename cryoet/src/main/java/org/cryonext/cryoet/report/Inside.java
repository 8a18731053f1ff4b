package org.cryonext.cryoet.report;

import java.util.List;

/**
 * What a network does inside, as far as pictures show it.
 *
 * @param result name of the result that it explains
 * @param features where its features lie
 * @param pairs the classes that it confuses most often; none where it confuses none
 * @param saliency a sentence that says what the coloured slices of its particles were computed from
 */
public record Inside(String result, FeatureMap features, List<ConfusedPair> pairs, String saliency) {

    /** Copies the list. */
    public Inside {
        pairs = List.copyOf(pairs);
    }

    /** The same of a result of another name. */
    public Inside of(String name) {
        return new Inside(name, features, pairs, saliency);
    }
}
