package org.cryonext.cryoet.dataset;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** What is to be said about tomograms; a sentence that holds for hundreds of them is said once. */
public final class Notes {
    private final Map<String, Holders> sentences = new LinkedHashMap<>();

    private static final class Holders {
        private final String first;
        private int others = -1;

        private Holders(String first) {
            this.first = first;
        }
    }

    /**
     * Adds a sentence about a tomogram.
     *
     * @param file the tomogram's
     */
    public void add(String file, String sentence) {
        sentences.computeIfAbsent(sentence, any -> new Holders(file)).others++;
    }

    /** Gives every sentence, with the first tomogram that it is about and how many others there are. */
    public void show(Consumer<String> say) {
        sentences.forEach((sentence, holders) -> {
            String more = switch (holders.others) {
                case 0 -> "";
                case 1 -> " and 1 other tomogram";
                default -> " and " + holders.others + " other tomograms";
            };
            say.accept(holders.first + more + ": " + sentence);
        });
    }
}
