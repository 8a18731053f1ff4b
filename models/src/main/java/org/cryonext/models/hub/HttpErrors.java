package org.cryonext.models.hub;

import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.cryonext.engine.io.InputException;
import org.cryonext.models.download.TransientException;
import org.cryonext.models.download.Waiting;

/**
 * Turns an answer that is no file into what a user can do about it.
 *
 * @param settings which endpoint, whether there was a token
 * @param waiting from whose time dates are counted
 */
record HttpErrors(HubSettings settings, Waiting waiting) {
    private static final Set<Integer> TRANSIENT = Set.of(408, 425, 429, 500, 502, 503, 504);
    private static final int LONGEST_REMARK = 200;

    /** @throws TransientException if the answer may be another one later */
    InputException of(HttpResponse<?> response, Repository repository, String file) throws TransientException {
        int status = response.statusCode();
        String host = response.uri().getHost();
        if (TRANSIENT.contains(status)) {
            String reason = status == 429 ? "has had too many requests (429)" : "answers " + status;
            throw new TransientException(host + " " + reason, retryAfter(response));
        }
        String remark = response.headers()
                .firstValue("X-Error-Message")
                .map(text -> text.replaceAll("\\p{Cntrl}", " ").strip())
                .map(text -> text.length() > LONGEST_REMARK ? text.substring(0, LONGEST_REMARK) : text)
                .map(text -> ": " + text)
                .orElse("");
        return switch (status) {
            case 401, 403 -> refused(response, repository, file, remark);
            case 407 ->
                new InputException("The proxy "
                        + settings.proxies().describe(response.uri()).orElse(host)
                        + " wants a user name and a password (407): give them as http://user:password@host:port in"
                        + " HTTPS_PROXY or HTTP_PROXY");
            default ->
                new InputException(host + " answers " + status + " for " + file + " of " + repository.id() + remark
                        + "; check HF_ENDPOINT and the proxy");
        };
    }

    private InputException refused(HttpResponse<?> response, Repository repository, String file, String remark) {
        String code = response.headers().firstValue("X-Error-Code").orElse("");
        String host = response.uri().getHost();
        if (code.equals("GatedRepo")) {
            return new InputException(repository.id() + " is given only to those who have accepted its terms: do so at "
                    + settings.endpoint() + "/" + repository.id() + ", then set HF_TOKEN to a token of yours");
        }
        // To strangers the hub does not say whether a repository is private or not there at all.
        if (settings.token().isEmpty() && (code.equals("RepoNotFound") || response.statusCode() == 401)) {
            return new InputException(host + " has no " + repository.id() + " that anybody may read ("
                    + response.statusCode() + "): check the name" + suggestion(repository)
                    + ", or set HF_TOKEN to a token that may read it");
        }
        if (response.statusCode() == 401) {
            return new InputException(host + " does not accept the token in HF_TOKEN for " + repository.id() + " (401)"
                    + remark + "; make a new one at " + settings.endpoint() + "/settings/tokens, or unset HF_TOKEN");
        }
        return new InputException(host + " refuses " + file + " of " + repository.id() + " (403)" + remark
                + "; set HF_TOKEN to a token that may read it, or ask who runs the network whether it may be fetched");
    }

    /** There is no such repository. */
    InputException noRepository(Repository repository) {
        return new InputException(settings.endpoint().getHost() + " has no " + repository.id() + ": check the name"
                + suggestion(repository));
    }

    static String suggestion(Repository repository) {
        List<String> nearest = Catalogue.nearest(repository.name());
        return nearest.isEmpty() || Catalogue.in(repository).isPresent()
                ? ""
                : " (did you mean " + String.join(", ", nearest) + "?)";
    }

    private Optional<Duration> retryAfter(HttpResponse<?> response) {
        return response.headers().firstValue("Retry-After").flatMap(text -> {
            if (text.matches("[0-9]{1,9}")) {
                return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
            }
            try {
                Duration until = Duration.between(
                        waiting.now(),
                        ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                                .toInstant());
                return Optional.of(until.isNegative() ? Duration.ZERO : until);
            } catch (DateTimeException e) {
                return Optional.empty();
            }
        });
    }
}
