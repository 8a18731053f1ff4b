package org.cryonext.cryoet.study;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.cryonext.cryoet.report.Result;
import org.cryonext.models.convnext.Version;

/**
 * A network that was trained for the study, and what it answered.
 *
 * @param name of its run's folder
 * @param version of its architecture
 * @param run its folder
 * @param trainSeconds that its epochs took
 * @param results by the question's name
 * @param answers by the question's name
 */
record Trained(
        String name,
        Version version,
        Path run,
        double trainSeconds,
        Map<String, Result> results,
        Map<String, Answers> answers) {
    Trained {
        results = new LinkedHashMap<>(results);
        answers = new LinkedHashMap<>(answers);
    }

    /** {@code v1} or {@code v2}. */
    static String word(Version version) {
        return version.name().toLowerCase(Locale.ROOT);
    }
}
