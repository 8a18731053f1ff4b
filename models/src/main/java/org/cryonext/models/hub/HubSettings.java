package org.cryonext.models.hub;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cryonext.engine.io.InputException;
import org.cryonext.models.download.Proxies;

/**
 * Where and how models are fetched. The environment variables are those of Hugging Face's own libraries.
 *
 * @param endpoint the hub or a mirror of it, without a slash at the end
 * @param token sent to the endpoint alone
 * @param cache the folder that Hugging Face's libraries share
 * @param offline no connection is made
 * @param symlinks false where files of a snapshot shall not be links
 * @param timeout longest wait for a connection, for an answer and for the next bytes
 * @param proxies which proxy leads to a host
 */
public record HubSettings(
        URI endpoint,
        Optional<String> token,
        Path cache,
        boolean offline,
        boolean symlinks,
        Duration timeout,
        Proxies proxies) {
    private static final String ENDPOINT = "https://huggingface.co";
    private static final Set<String> TRUE = Set.of("1", "on", "yes", "true");
    private static final int TIMEOUT_SECONDS = 30;

    /**
     * Reads HF_ENDPOINT, HF_TOKEN, HF_HUB_CACHE (or HF_HOME, XDG_CACHE_HOME), HF_HUB_OFFLINE, HF_HUB_DISABLE_SYMLINKS,
     * HF_HUB_DOWNLOAD_TIMEOUT and the variables of {@link Proxies}.
     *
     * @param environment as {@link System#getenv()}
     * @param home the user's folder
     * @throws InputException if a variable cannot be used
     */
    public static HubSettings of(Map<String, String> environment, Path home) {
        Variables variables = new Variables(environment, home);
        return new HubSettings(
                endpoint(variables.get("HF_ENDPOINT").orElse(ENDPOINT)),
                variables.get("HF_TOKEN").map(HubSettings::token),
                cache(variables),
                variables.isTrue("HF_HUB_OFFLINE") || variables.isTrue("TRANSFORMERS_OFFLINE"),
                !variables.isTrue("HF_HUB_DISABLE_SYMLINKS"),
                timeout(variables),
                Proxies.of(environment));
    }

    /** Those of this process. */
    public static HubSettings ofThisProcess() {
        return of(System.getenv(), Path.of(System.getProperty("user.home")));
    }

    /** The same without any connection. */
    public HubSettings withoutNetwork() {
        return new HubSettings(endpoint, token, cache, true, symlinks, timeout, proxies);
    }

    private static URI endpoint(String text) {
        try {
            URI uri = new URI(text.replaceFirst("/+$", ""));
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            if (Set.of("http", "https").contains(scheme) && uri.getHost() != null && uri.getRawQuery() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Said below.
        }
        throw new InputException("HF_ENDPOINT is \"" + text + "\", expected an address as " + ENDPOINT);
    }

    /** A token that no header can hold would otherwise fail with the token itself in the message. */
    private static String token(String text) {
        if (!text.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new InputException("HF_TOKEN has characters that no token has; set it again, from"
                    + " https://huggingface.co/settings/tokens");
        }
        return text;
    }

    private static Duration timeout(Variables variables) {
        String text = variables.get("HF_HUB_DOWNLOAD_TIMEOUT").orElse(String.valueOf(TIMEOUT_SECONDS));
        if (!text.matches("[1-9][0-9]{0,4}")) {
            throw new InputException("HF_HUB_DOWNLOAD_TIMEOUT is \"" + text + "\", expected whole seconds");
        }
        return Duration.ofSeconds(Integer.parseInt(text));
    }

    private static Path cache(Variables variables) {
        return variables
                .path("HF_HUB_CACHE")
                .or(() -> variables.path("HUGGINGFACE_HUB_CACHE"))
                .or(() -> variables.path("HF_HOME").map(folder -> folder.resolve("hub")))
                .or(() -> variables.path("XDG_CACHE_HOME").map(folder -> folder.resolve("huggingface", "hub")))
                .orElseGet(() -> variables.home().resolve(".cache", "huggingface", "hub"));
    }

    /** Environment variables; one that is empty counts as not set. */
    private record Variables(Map<String, String> environment, Path home) {
        Optional<String> get(String name) {
            return Optional.ofNullable(environment.get(name)).map(String::strip).filter(text -> !text.isEmpty());
        }

        boolean isTrue(String name) {
            return get(name)
                    .filter(text -> TRUE.contains(text.toLowerCase(Locale.ROOT)))
                    .isPresent();
        }

        Optional<Path> path(String name) {
            return get(name)
                    .map(text -> text.equals("~")
                            ? home
                            : text.startsWith("~/")
                                    ? home.resolve(text.substring(2))
                                    : Path.of(text).toAbsolutePath());
        }
    }
}
