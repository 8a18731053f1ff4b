package org.cryonext.models.download;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.cryonext.engine.io.InputException;

/**
 * The proxies of the environment, as command-line tools read them: HTTPS_PROXY, HTTP_PROXY and ALL_PROXY, and NO_PROXY
 * with the hosts that are reached without one ({@code *}, or names, endings of names and addresses with commas between
 * them, each with or without a port). Names in lower case go first.
 */
public final class Proxies extends ProxySelector {
    private final Optional<Address> https;
    private final Optional<Address> http;
    private final List<String> direct;

    private Proxies(Optional<Address> https, Optional<Address> http, List<String> direct) {
        this.https = https;
        this.http = http;
        this.direct = direct;
    }

    /**
     * One proxy.
     *
     * @param credentials the value of a Proxy-Authorization header
     */
    private record Address(String host, int port, Optional<String> credentials) {}

    /** @throws InputException if a proxy is given in a form or of a kind that cannot be used */
    public static Proxies of(Map<String, String> environment) {
        Optional<Address> all = address(environment, "all_proxy");
        return new Proxies(
                address(environment, "https_proxy").or(() -> all),
                address(environment, "http_proxy").or(() -> all),
                value(environment, "no_proxy").stream()
                        .flatMap(text -> Arrays.stream(text.split("[,\\s]+")))
                        .filter(host -> !host.isEmpty())
                        .map(host -> host.toLowerCase(Locale.ROOT))
                        .toList());
    }

    private static Optional<String> value(Map<String, String> environment, String name) {
        return Stream.of(name, name.toUpperCase(Locale.ROOT))
                .map(environment::get)
                .filter(text -> text != null && !text.isBlank())
                .map(String::strip)
                .findFirst();
    }

    private static Optional<Address> address(Map<String, String> environment, String name) {
        return value(environment, name).map(text -> {
            // The text may hold a password: it is not repeated in messages.
            InputException unusable = new InputException(name.toUpperCase(Locale.ROOT)
                    + " cannot be used, expected http://host:port or http://user:password@host:port");
            try {
                URI uri = new URI(text.contains("://") ? text : "http://" + text);
                if (!uri.getScheme().equalsIgnoreCase("http")) {
                    throw new InputException(name.toUpperCase(Locale.ROOT) + " names a proxy of the kind "
                            + uri.getScheme() + "; only http:// proxies can be used");
                }
                if (uri.getHost() == null) {
                    throw unusable;
                }
                Optional<String> credentials = Optional.ofNullable(uri.getUserInfo())
                        .map(user ->
                                "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
                return new Address(uri.getHost(), uri.getPort() < 0 ? 80 : uri.getPort(), credentials);
            } catch (URISyntaxException e) {
                throw unusable;
            }
        });
    }

    private Optional<Address> address(URI uri) {
        boolean secure = uri.getScheme().equalsIgnoreCase("https");
        return isDirect(uri) ? Optional.empty() : secure ? https : http;
    }

    private boolean isDirect(URI uri) {
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        int port = uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
        return direct.stream().anyMatch(pattern -> {
            if (pattern.equals("*")) {
                return true;
            }
            String name = pattern.endsWith(":" + port) ? pattern.substring(0, pattern.lastIndexOf(':')) : pattern;
            String ending = name.startsWith("*.") ? name.substring(1) : name.startsWith(".") ? name : "." + name;
            return ("." + host).endsWith(ending);
        });
    }

    /** The value of the Proxy-Authorization header for requests to {@code uri}. */
    public Optional<String> credentials(URI uri) {
        return address(uri).flatMap(Address::credentials);
    }

    /** Words for messages: which proxy leads to {@code uri}. */
    public Optional<String> describe(URI uri) {
        return address(uri).map(address -> address.host() + ":" + address.port());
    }

    @Override
    public List<Proxy> select(URI uri) {
        return List.of(address(uri)
                .map(address ->
                        new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(address.host(), address.port())))
                .orElse(Proxy.NO_PROXY));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress proxy, IOException e) {
        // The request fails with the same exception, and is reported there.
    }
}
