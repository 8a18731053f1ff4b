package org.cryonext.models.download;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CancellationException;
import javax.net.ssl.SSLException;
import org.cryonext.engine.io.InputException;

/**
 * Speaks HTTP, one request at a time; redirects are left to the caller. What may go better another time is a {@link
 * TransientException}, what will not an {@link InputException}.
 */
public final class WebClient implements AutoCloseable {
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private final Duration timeout;
    private final Proxies proxies;
    private final String advice;
    private final HttpClient http;

    /**
     * @param timeout longest wait for a connection and for an answer
     * @param endpoint where requests go at first
     * @param advice what to check when an answer makes no sense, for instance "HF_ENDPOINT and the proxy"
     */
    public WebClient(Duration timeout, Proxies proxies, URI endpoint, String advice) {
        this.timeout = timeout;
        this.proxies = proxies;
        this.advice = advice;
        if (proxies.credentials(endpoint).isPresent()
                && System.getProperty("jdk.http.auth.tunneling.disabledSchemes") == null) {
            // The JDK sends no password to a proxy on the way to an https address unless told so, before its first use.
            System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
        }
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(timeout)
                .proxy(proxies)
                .build();
    }

    /** A request that asks for plain bytes, with what the proxy wants to know. */
    public HttpRequest.Builder request(URI uri) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .timeout(timeout)
                .header("User-Agent", "cryonext")
                // A compressed body would have another length, and another hash, than the file.
                .header("Accept-Encoding", "identity");
        proxies.credentials(uri).ifPresent(value -> request.header("Proxy-Authorization", value));
        return request;
    }

    /** Sends a request. */
    public <T> HttpResponse<T> send(HttpRequest.Builder builder, HttpResponse.BodyHandler<T> body)
            throws TransientException {
        HttpRequest request = builder.build();
        try {
            return http.send(request, body);
        } catch (SSLException e) {
            throw new InputException(
                    request.uri().getHost() + " cannot be trusted (" + e.getMessage() + "); if a proxy"
                            + " here opens encrypted connections, add its certificate to a trust store and name it in"
                            + " JDK_JAVA_OPTIONS=-Djavax.net.ssl.trustStore=FILE",
                    e);
        } catch (IOException e) {
            throw new TransientException(words(e, request.uri()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException();
        }
    }

    /** What went wrong, in words that name who did not answer. */
    private String words(IOException e, URI uri) {
        String proxy = proxies.describe(uri)
                .map(address -> " (by the proxy " + address + ")")
                .orElse("");
        String host = uri.getHost() + proxy;
        return switch (e) {
            case HttpConnectTimeoutException late -> host + " cannot be reached within " + timeout.toSeconds() + " s";
            case HttpTimeoutException late -> host + " did not answer within " + timeout.toSeconds() + " s";
            case ConnectException connect
            when hasCause(connect, UnresolvedAddressException.class) -> host + " cannot be found by its name";
            case ConnectException connect -> host + " cannot be reached";
            default -> "the connection to " + host + " was lost";
        };
    }

    private static boolean hasCause(Throwable e, Class<? extends Throwable> type) {
        return e != null && (type.isInstance(e) || hasCause(e.getCause(), type));
    }

    /** Whether the answer says that the content is elsewhere. */
    public static boolean isRedirect(HttpResponse<?> response) {
        return REDIRECTS.contains(response.statusCode());
    }

    /**
     * Where an answer redirects to.
     *
     * @throws InputException if it is no place that can be trusted
     */
    public URI target(HttpResponse<?> response) {
        String from = response.uri().getHost();
        String text = response.headers()
                .firstValue("Location")
                .orElseThrow(() -> new InputException(from + " redirects to nowhere; check " + advice));
        URI target;
        try {
            target = response.uri().resolve(text);
        } catch (IllegalArgumentException e) {
            throw new InputException(from + " redirects to \"" + text + "\", which is no address; check " + advice, e);
        }
        String scheme = target.getScheme().toLowerCase(Locale.ROOT);
        if (target.getHost() == null || !Set.of("http", "https").contains(scheme)) {
            throw new InputException(from + " redirects to \"" + text + "\", which is no web address; check " + advice);
        }
        if (scheme.equals("http") && response.uri().getScheme().equalsIgnoreCase("https")) {
            throw new InputException(from + " redirects from https to " + text + ", which is not encrypted; nothing is"
                    + " fetched from there, check " + advice);
        }
        return target;
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
