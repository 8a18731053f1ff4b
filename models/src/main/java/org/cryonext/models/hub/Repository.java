package org.cryonext.models.hub;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A model's repository on the hub, at a revision.
 *
 * @param owner the user or organisation, for instance "facebook"
 * @param name for instance "convnext-tiny-224"
 * @param revision a branch, a tag, a commit of 40 digits, or a pull request as "refs/pr/4"
 */
public record Repository(String owner, String name, String revision) {
    /** The revision where none is given. */
    static final String MAIN = "main";

    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}");
    private static final Pattern REVISION_PART = Pattern.compile("[A-Za-z0-9_+=~.-]{1,200}");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    /** Reads {@code owner/name} or {@code owner/name@revision}; empty if the text has another form. */
    static Optional<Repository> parse(String text) {
        int at = text.indexOf('@');
        String[] id = (at < 0 ? text : text.substring(0, at)).split("/", -1);
        String revision = at < 0 ? MAIN : text.substring(at + 1);
        boolean valid = id.length == 2
                && Arrays.stream(id).allMatch(Repository::isWord)
                && Arrays.stream(revision.split("/", -1)).allMatch(Repository::isRevisionPart);
        return valid ? Optional.of(new Repository(id[0], id[1], revision)) : Optional.empty();
    }

    /** The hub's own rule: two dashes or two dots in a row stand for something else in paths. */
    private static boolean isWord(String text) {
        return WORD.matcher(text).matches() && !text.contains("--") && !text.contains("..");
    }

    private static boolean isRevisionPart(String text) {
        return REVISION_PART.matcher(text).matches() && !text.equals(".") && !text.equals("..");
    }

    static boolean isCommit(String text) {
        return COMMIT.matcher(text).matches();
    }

    /** Owner and name, as the hub writes them. */
    public String id() {
        return owner + "/" + name;
    }

    /** The name of its folder in the cache. */
    String folder() {
        return "models--" + owner + "--" + name;
    }

    Repository at(String otherRevision) {
        return new Repository(owner, name, otherRevision);
    }

    /** As a user writes it. */
    @Override
    public String toString() {
        return id() + (revision.equals(MAIN) ? "" : "@" + revision);
    }
}
