package org.cryonext.models.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HubSettingsTest {
    private static final Path HOME = Path.of("/home/somebody");

    private static HubSettings of(String... variables) {
        Map<String, String> environment = new java.util.HashMap<>();
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return HubSettings.of(environment, HOME);
    }

    @Test
    void withoutVariablesItIsHuggingFaceAndItsUsualCache() {
        HubSettings settings = of();
        assertThat(settings.endpoint()).isEqualTo(URI.create("https://huggingface.co"));
        assertThat(settings.cache()).isEqualTo(Path.of("/home/somebody/.cache/huggingface/hub"));
        assertThat(settings.token()).isEmpty();
        assertThat(settings.offline()).isFalse();
        assertThat(settings.symlinks()).isTrue();
        assertThat(settings.timeout()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void theCacheIsWhereHuggingFacesLibrariesHaveIt() {
        assertThat(of("XDG_CACHE_HOME", "/x").cache()).isEqualTo(Path.of("/x/huggingface/hub"));
        assertThat(of("XDG_CACHE_HOME", "/x", "HF_HOME", "/h").cache()).isEqualTo(Path.of("/h/hub"));
        assertThat(of("HF_HOME", "/h", "HUGGINGFACE_HUB_CACHE", "/old").cache()).isEqualTo(Path.of("/old"));
        assertThat(of("HF_HOME", "/h", "HF_HUB_CACHE", "~/c").cache()).isEqualTo(Path.of("/home/somebody/c"));
        assertThat(of("HF_HUB_CACHE", "", "HF_HOME", "~").cache()).isEqualTo(Path.of("/home/somebody/hub"));
    }

    @Test
    void switchesAreThoseOfHuggingFacesLibraries() {
        for (String yes : new String[] {"1", "on", "YES", "True"}) {
            assertThat(of("HF_HUB_OFFLINE", yes).offline()).as(yes).isTrue();
        }
        assertThat(of("TRANSFORMERS_OFFLINE", "1").offline()).isTrue();
        assertThat(of("HF_HUB_OFFLINE", "0").offline()).isFalse();
        assertThat(of("HF_HUB_DISABLE_SYMLINKS", "1").symlinks()).isFalse();
        assertThat(of("HF_HUB_DOWNLOAD_TIMEOUT", "7").timeout()).isEqualTo(Duration.ofSeconds(7));
        assertThat(of("HF_TOKEN", " hf_x\n").token()).contains("hf_x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"huggingface.co", "ftp://host", "https://", "not an address", "https://host?x=1"})
    void anEndpointThatIsNoneIsNamed(String text) {
        assertThatThrownBy(() -> of("HF_ENDPOINT", text))
                .isInstanceOf(InputException.class)
                .hasMessage("HF_ENDPOINT is \"" + text + "\", expected an address as https://huggingface.co");
    }

    @Test
    void aMirrorMayHaveAPath() {
        URI endpoint = of("HF_ENDPOINT", "https://mirror.org/hf/").endpoint();
        assertThat(HubClient.address(endpoint, new Repository("a", "b", "refs/pr/4"), "config.json"))
                .isEqualTo(URI.create("https://mirror.org/hf/a/b/resolve/refs%2Fpr%2F4/config.json"));
    }

    @Test
    void aTokenThatIsNoneIsNotRepeated() {
        assertThatThrownBy(() -> of("HF_TOKEN", "se cret"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("HF_TOKEN has characters that no token has")
                .hasMessageNotContaining("cret");
    }

    @Test
    void aTimeoutThatIsNoneIsNamed() {
        assertThatThrownBy(() -> of("HF_HUB_DOWNLOAD_TIMEOUT", "soon"))
                .hasMessage("HF_HUB_DOWNLOAD_TIMEOUT is \"soon\", expected whole seconds");
    }

    private static Proxy proxy(HubSettings settings, String uri) {
        return settings.proxies().select(URI.create(uri)).getFirst();
    }

    private static Proxy at(String host, int port) {
        return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(host, port));
    }

    @Test
    void proxiesAreChosenByTheAddressesScheme() {
        HubSettings settings = of("HTTPS_PROXY", "http://one:3128", "http_proxy", "two:8080", "HTTP_PROXY", "three:1");
        assertThat(proxy(settings, "https://huggingface.co/x")).isEqualTo(at("one", 3128));
        assertThat(proxy(settings, "http://huggingface.co/x")).isEqualTo(at("two", 8080));
        assertThat(proxy(of("all_proxy", "http://any:5/"), "https://h/")).isEqualTo(at("any", 5));
        assertThat(proxy(of(), "https://h/")).isEqualTo(Proxy.NO_PROXY);
    }

    @Test
    void someHostsNeedNoProxy() {
        HubSettings settings = of("https_proxy", "p:1", "NO_PROXY", "localhost, .corp.org,example.com:8443 *.wild.net");
        for (String direct : new String[] {
            "https://localhost/",
            "https://a.corp.org/",
            "https://corp.org/",
            "https://example.com:8443/",
            "https://LOCALHOST:99/",
            "https://x.wild.net/",
            "https://www.example.com:8443/"
        }) {
            assertThat(proxy(settings, direct)).as(direct).isEqualTo(Proxy.NO_PROXY);
        }
        for (String other : new String[] {"https://example.com/", "https://notcorp.org/", "https://huggingface.co/"}) {
            assertThat(proxy(settings, other)).as(other).isEqualTo(at("p", 1));
        }
        assertThat(proxy(of("https_proxy", "p:1", "no_proxy", "*"), "https://h/"))
                .isEqualTo(Proxy.NO_PROXY);
    }

    @Test
    void aProxysPasswordIsSentAndNotShown() {
        HubSettings settings = of("https_proxy", "http://user:p%40ss@proxy:3128");
        URI uri = URI.create("https://huggingface.co/");
        // user:p@ss
        assertThat(settings.proxies().credentials(uri)).contains("Basic dXNlcjpwQHNz");
        assertThat(settings.proxies().describe(uri)).contains("proxy:3128");
        assertThatThrownBy(() -> of("https_proxy", "http://user:secret@"))
                .hasMessageContaining("HTTPS_PROXY cannot be used, expected http://host:port")
                .hasMessageNotContaining("secret");
    }

    @Test
    void otherKindsOfProxiesAreRefusedByName() {
        assertThatThrownBy(() -> of("all_proxy", "socks5://p:1080"))
                .hasMessage("ALL_PROXY names a proxy of the kind socks5; only http:// proxies can be used");
    }
}
