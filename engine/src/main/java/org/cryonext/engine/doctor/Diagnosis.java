package org.cryonext.engine.doctor;

import java.util.List;

/**
 * What was found on a machine.
 *
 * @param sections by subject
 * @param advice what the user could do to gain more, a sentence each
 */
public record Diagnosis(List<Section> sections, List<String> advice) {
    /** One subject. */
    public record Section(String title, List<Finding> findings) {}

    /**
     * One thing.
     *
     * @param name a few words
     * @param text what was found, or why nothing
     */
    public record Finding(String name, String text) {}
}
