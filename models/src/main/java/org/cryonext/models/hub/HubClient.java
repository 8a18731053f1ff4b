package org.cryonext.models.hub;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Flow;
import java.util.regex.Pattern;
import org.cryonext.engine.io.InputException;
import org.cryonext.models.download.Arrivals;
import org.cryonext.models.download.TransientException;
import org.cryonext.models.download.Waiting;
import org.cryonext.models.download.WebClient;

/**
 * Speaks with the hub: one request at a time, redirects followed by hand, because the token is for the endpoint alone.
 * What may go better another time is a {@link TransientException}, what will not an {@link InputException}.
 */
final class HubClient implements AutoCloseable {
    private static final int MOST_REDIRECTS = 10;

    /** What becomes a file's name in the cache must be one. */
    private static final Pattern ETAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.=+-]{0,127}");

    private final HubSettings settings;
    private final HttpErrors errors;
    private final WebClient http;

    HubClient(HubSettings settings, Waiting waiting) {
        this.settings = settings;
        this.errors = new HttpErrors(settings, waiting);
        this.http =
                new WebClient(settings.timeout(), settings.proxies(), settings.endpoint(), "HF_ENDPOINT and the proxy");
    }

    /** Where a file of a repository is asked for. */
    static URI address(URI endpoint, Repository repository, String file) {
        return URI.create(
                endpoint + "/" + repository.id() + "/resolve/" + encode(repository.revision()) + "/" + encode(file));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /**
     * Asks for a file's description.
     *
     * @throws InputException if the hub refuses, with what to do
     */
    Answer head(Repository repository, String file) throws TransientException {
        URI uri = address(settings.endpoint(), repository, file);
        Set<URI> seen = new HashSet<>();
        while (true) {
            HttpResponse<Void> response = http.send(
                    request(uri).method("HEAD", HttpRequest.BodyPublishers.noBody()),
                    HttpResponse.BodyHandlers.discarding());
            if (WebClient.isRedirect(response)) {
                URI next = http.target(response);
                if (!isEndpoint(next)) {
                    return new Answer.Present(describe(file, response.headers(), next, false));
                }
                requireNew(next, seen);
                uri = next;
            } else if (response.statusCode() == 404) {
                return absent(response.headers(), repository);
            } else if (response.statusCode() / 100 == 2) {
                return new Answer.Present(describe(file, response.headers(), uri, true));
            } else {
                throw errors.of(response, repository, file);
            }
        }
    }

    private Answer absent(HttpHeaders headers, Repository repository) {
        return switch (headers.firstValue("X-Error-Code").orElse("")) {
            case "RevisionNotFound" -> new Answer.NoRevision();
            case "RepoNotFound" -> throw errors.noRepository(repository);
            default -> new Answer.NoFile(headers.firstValue("X-Repo-Commit").filter(Repository::isCommit));
        };
    }

    private RemoteFile describe(String file, HttpHeaders headers, URI location, boolean direct) {
        String host = settings.endpoint().getHost();
        String commit = headers.firstValue("X-Repo-Commit")
                .filter(Repository::isCommit)
                .orElseThrow(() -> new InputException(host + " does not say which commit " + file
                        + " belongs to, as a Hugging Face hub does; check HF_ENDPOINT and the proxy"));
        Optional<String> own = headers.firstValue("ETag").filter(tag -> tag.startsWith("\""));
        String etag = headers.firstValue("X-Linked-Etag")
                .or(() -> headers.firstValue("ETag"))
                .map(HubClient::plain)
                .filter(tag -> ETAG.matcher(tag).matches())
                .orElseThrow(() -> new InputException(host + " gives no usable ETag for " + file
                        + ", as a Hugging Face hub does; check HF_ENDPOINT and the proxy"));
        OptionalLong size = length(headers, "X-Linked-Size");
        if (size.isEmpty() && direct) {
            size = length(headers, "Content-Length");
        }
        return new RemoteFile(file, commit, etag, size, location, direct ? own : Optional.empty());
    }

    /** An ETag without its quotes and without the mark of a weak one. */
    private static String plain(String etag) {
        return etag.replaceFirst("^W/", "").replaceAll("^\"|\"$", "");
    }

    static OptionalLong length(HttpHeaders headers, String name) {
        return headers.firstValue(name)
                .filter(text -> text.matches("[0-9]{1,18}"))
                .map(text -> OptionalLong.of(Long.parseLong(text)))
                .orElse(OptionalLong.empty());
    }

    /**
     * Asks for a file's bytes.
     *
     * @param offset the first byte wanted
     * @param validator the rest is wanted only of this content, all of any other
     * @return an answer with status 200, 206 or 416, whose body the caller takes or cancels
     * @throws InputException if the server refuses, with what to do
     */
    HttpResponse<Flow.Publisher<List<ByteBuffer>>> get(
            Repository repository, RemoteFile file, long offset, Optional<String> validator) throws TransientException {
        URI uri = file.location();
        Set<URI> seen = new HashSet<>();
        while (true) {
            HttpRequest.Builder request = request(uri).GET();
            if (offset > 0) {
                request.header("Range", "bytes=" + offset + "-");
                validator.ifPresent(tag -> request.header("If-Range", tag));
            }
            HttpResponse<Flow.Publisher<List<ByteBuffer>>> response =
                    http.send(request, HttpResponse.BodyHandlers.ofPublisher());
            int status = response.statusCode();
            if (status == 200 || status == 206 || status == 416) {
                return response;
            }
            Arrivals.of(response.body()).close();
            if (status == 403 && !isEndpoint(uri)) {
                // Signed addresses of storage hosts expire; the next attempt asks for a new one.
                throw new TransientException(
                        uri.getHost() + " does not accept the address of " + file.name() + " that the hub gave (403)");
            }
            if (!WebClient.isRedirect(response)) {
                throw errors.of(response, repository, file.name());
            }
            URI next = http.target(response);
            requireNew(next, seen);
            uri = next;
        }
    }

    private HttpRequest.Builder request(URI uri) {
        HttpRequest.Builder request = http.request(uri);
        if (isEndpoint(uri)) {
            settings.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        }
        return request;
    }

    private boolean isEndpoint(URI uri) {
        URI endpoint = settings.endpoint();
        return uri.getScheme().equalsIgnoreCase(endpoint.getScheme())
                && uri.getHost().equalsIgnoreCase(endpoint.getHost())
                && port(uri) == port(endpoint);
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }

    private void requireNew(URI next, Set<URI> seen) {
        if (!seen.add(next) || seen.size() > MOST_REDIRECTS) {
            throw new InputException(settings.endpoint().getHost() + " redirects in a circle (to " + next.getHost()
                    + " again); check HF_ENDPOINT and the proxy");
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
