package org.cryonext.tools.command;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.cryonext.engine.io.InputException;
import org.cryonext.models.checkpoint.CheckpointDescription;
import org.cryonext.models.convnext.Version;

/**
 * Which of the given checkpoints a study's networks begin with: each with that of its own version.
 *
 * @param versions that the study trains
 */
record StudyWeights(List<Version> versions) {

    /** Name of the published model with the paper's weights. */
    static String published(Version version) {
        return version == Version.V1 ? "convnext-tiny" : "convnextv2-tiny";
    }

    /** Whether these are the published ones, however they came to be given. */
    static boolean arePublished(List<String> texts) {
        return texts == null
                || texts.stream()
                        .allMatch(text -> Arrays.stream(Version.values())
                                .map(StudyWeights::published)
                                .anyMatch(text::equals));
    }

    /**
     * Finds the version of each checkpoint.
     *
     * @param texts paths, or names of published models that have been fetched
     * @return absolute paths
     * @throws InputException where one cannot be read, is of no version that is trained, or a version has none or two
     */
    Map<Version, String> of(List<String> texts) {
        Map<Version, String> found = new EnumMap<>(Version.class);
        for (String text : texts) {
            Path path = CheckpointName.locate(text);
            Version version = CheckpointDescription.of(path).config().version();
            if (!versions.contains(version)) {
                throw new InputException("--init has " + text + ", a ConvNeXt " + version + ", but --variant is "
                        + word(versions.getFirst()) + ": give a checkpoint of that version, or --variant "
                        + word(version));
            }
            String before = found.put(version, path.toAbsolutePath().normalize().toString());
            if (before != null) {
                throw new InputException("--init has two checkpoints of ConvNeXt " + version + ", " + before + " and "
                        + text + "; give one for each version");
            }
        }
        for (Version version : versions) {
            if (!found.containsKey(version)) {
                throw new InputException(
                        "--init has no checkpoint of ConvNeXt " + version + ": give it too, after a comma, or"
                                + " --variant " + word(found.keySet().iterator().next()));
            }
        }
        return found;
    }

    private static String word(Version version) {
        return version.name().toLowerCase(Locale.ROOT);
    }
}
