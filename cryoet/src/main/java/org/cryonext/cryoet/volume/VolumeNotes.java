package org.cryonext.cryoet.volume;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.cryonext.engine.io.Counted;

/** What is to be said about volumes; a sentence that holds for hundreds of them is said once. */
public final class VolumeNotes {
    private final String kind;
    private final Map<String, Holders> sentences = new LinkedHashMap<>();

    private static final class Holders {
        private final String first;
        private int others = -1;

        private Holders(String first) {
            this.first = first;
        }
    }

    /** @param kind what one of the volumes is called, for instance {@code tomogram} */
    public VolumeNotes(String kind) {
        this.kind = kind;
    }

    /** Adds a sentence that goes on after the file's name. */
    public void add(String file, String sentence) {
        sentences.computeIfAbsent(sentence, any -> new Holders(file)).others++;
    }

    /** Hands over what was added, in that order: {@code a.mrc and 2 other tomograms: ...}. */
    public void show(Consumer<String> say) {
        sentences.forEach((sentence, holders) -> {
            String more = holders.others == 0 ? "" : " and " + Counted.of(holders.others, "other " + kind);
            say.accept(holders.first + more + ": " + sentence);
        });
    }
}
