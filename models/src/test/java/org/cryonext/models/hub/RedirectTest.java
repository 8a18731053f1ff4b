package org.cryonext.models.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;

/** Redirects: where they lead, and where the token goes. */
final class RedirectTest extends HubTest {
    @Test
    void theTokenGoesToTheHubAndNowhereElse() {
        bench.environment.put("HF_TOKEN", "hf_secret");
        bench.server.redirectTo(bench.server.elsewhere());
        bench.server.next("GET", WEIGHTS, bench.server.dropAfter(100_000));
        bench.fetch();
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
        assertThat(bench.server.requests()).anyMatch(request -> request.path().startsWith("/storage/"));
        for (FakeHub.Request request : bench.server.requests()) {
            if (request.path().startsWith("/storage/")) {
                assertThat(request.headers()).doesNotContainKey("authorization");
            } else {
                assertThat(request.headers()).containsEntry("authorization", "Bearer hf_secret");
            }
        }
        assertThat(bench.ranges()).as("resumed there too").containsExactly("all", "bytes=100000-");
    }

    @Test
    void anotherPortIsAnotherHost() {
        bench.environment.put("HF_TOKEN", "hf_secret");
        try (FakeHub storage = new FakeHub()) {
            storage.large(WEIGHTS, bench.weights);
            bench.server.redirectTo(storage.endpoint());
            bench.fetch();
            assertThat(storage.requests()).hasSize(1).allMatch(r -> !r.headers().containsKey("authorization"));
        }
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
    }

    @Test
    void aRedirectWithinTheHubIsFollowedWithTheToken() {
        bench.environment.put("HF_TOKEN", "hf_secret");
        bench.server.next(
                "HEAD",
                "config.json",
                FakeHub.status(307, "Location", "/owner/model/resolve/" + FakeHub.COMMIT + "/config.json"));
        bench.fetch();
        assertThat(bench.server.requests()).allMatch(r -> r.headers().containsKey("authorization"));
    }

    @Test
    void anAddressThatExpiredIsAskedForAgain() {
        bench.server.redirectTo(bench.server.elsewhere());
        bench.server.next("GET", "storage/" + WEIGHTS, FakeHub.status(403), bench.server.dropAfter(1000));
        bench.fetch();
        assertThat(bench.fetchedWeights()).isEqualTo(bench.weights);
        assertThat(bench.server.requests("HEAD", WEIGHTS)).hasSize(3);
        assertThat(bench.said)
                .anyMatch(text -> text.startsWith(
                        "localhost does not accept the address of model.safetensors" + " that the hub gave (403)"));
    }

    @Test
    void aCircleOfRedirectsIsLeft() {
        bench.server.always("HEAD", "config.json", FakeHub.status(302, "Location", "/x/config.json"));
        assertThatThrownBy(bench::fetch)
                .isInstanceOf(InputException.class)
                .hasMessage("127.0.0.1 redirects in a circle (to 127.0.0.1 again); check HF_ENDPOINT and the proxy");
        assertThat(bench.server.requests().size()).isLessThan(5);
    }

    @Test
    void redirectsWithoutEndAreLeft() {
        bench.server.always(
                "HEAD",
                "config.json",
                (request, out) ->
                        FakeHub.status(302, "Location", "/x" + request.path()).handle(request, out));
        assertThatThrownBy(bench::fetch).hasMessageContaining("redirects in a circle");
        assertThat(bench.server.requests().size()).isLessThan(15);
    }

    @Test
    void redirectsToNowhereAreNamed() {
        bench.server.next("HEAD", "config.json", FakeHub.status(302));
        assertThatThrownBy(bench::fetch).hasMessage("127.0.0.1 redirects to nowhere; check HF_ENDPOINT and the proxy");
        bench.server.next("HEAD", "config.json", FakeHub.status(302, "Location", "ftp://x/y"));
        assertThatThrownBy(bench::fetch)
                .hasMessage(
                        "127.0.0.1 redirects to \"ftp://x/y\", which is no web address; check HF_ENDPOINT and the proxy");
        bench.server.next("HEAD", "config.json", FakeHub.status(302, "Location", "http://[x"));
        assertThatThrownBy(bench::fetch)
                .hasMessage(
                        "127.0.0.1 redirects to \"http://[x\", which is no address; check HF_ENDPOINT and the proxy");
    }
}
