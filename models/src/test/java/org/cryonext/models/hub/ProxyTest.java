package org.cryonext.models.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;

/** Proxies: what goes through them, and with which password. */
final class ProxyTest extends HubTest {
    @Test
    void aProxyIsAskedForEverythingAndGetsItsPassword() {
        bench.environment.put("HF_ENDPOINT", "http://hub.invalid");
        bench.environment.put("HTTP_PROXY", bench.server.endpoint().toString().replace("//", "//user:word@"));
        // To a proxy the whole address is the path.
        bench.fetch();
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
        assertThat(bench.server.requests())
                .isNotEmpty()
                .allMatch(request -> request.path().startsWith("http://hub.invalid/owner/model/"))
                .allMatch(
                        request -> "Basic dXNlcjp3b3Jk".equals(request.headers().get("proxy-authorization")));
    }

    @Test
    void aProxyThatWantsAPasswordIsNamed() {
        bench.environment.put("HF_ENDPOINT", "http://hub.invalid");
        bench.environment.put("HTTP_PROXY", bench.server.endpoint().toString());
        bench.server.always("HEAD", "config.json", FakeHub.status(407, "Proxy-Authenticate", "Basic realm=x"));
        assertThatThrownBy(bench::fetch)
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "The proxy 127.0.0.1:" + bench.server.endpoint().getPort() + " wants a user name and a password"
                                + " (407): give them as http://user:password@host:port in HTTPS_PROXY or HTTP_PROXY");
    }

    @Test
    void noProxyMeansNone() {
        bench.environment.put("http_proxy", "http://proxy.invalid:3128");
        bench.environment.put("no_proxy", "127.0.0.1");
        bench.fetch();
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
        bench.environment.remove("no_proxy");
        bench.environment.put("HF_HUB_CACHE", folder.resolve("other").toString());
        assertThatThrownBy(bench::fetch).hasMessageContaining("127.0.0.1 (by the proxy proxy.invalid:3128) cannot be");
    }
}
