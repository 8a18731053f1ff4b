package org.cryonext.models.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;

/** What the user is told where the hub refuses, or does not have it. */
final class RefusalTest extends HubTest {
    @Test
    void aRepositoryThatStrangersCannotSeeAsksForATokenAndForTheName() {
        assertThatThrownBy(() -> bench.fetch("facebok/convnext-tinny"))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(
                        "127.0.0.1 has no facebok/convnext-tinny that anybody may read (401): check the name"
                                + " (did you mean convnext-tiny, ")
                .hasMessageEndingWith("?), or set HF_TOKEN to a token that may read it");
        assertThat(bench.pauses).isEmpty();
    }

    @Test
    void aTokenThatIsNotAcceptedIsNamedAndNotShown() {
        bench.environment.put("HF_TOKEN", "hf_secret");
        bench.server.always(
                "HEAD",
                "config.json",
                FakeHub.status(401, "X-Error-Message", "Invalid credentials in Authorization header"));
        assertThatThrownBy(bench::fetch)
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "127.0.0.1 does not accept the token in HF_TOKEN for owner/model (401): Invalid credentials in"
                                + " Authorization header; make a new one at " + bench.server.endpoint()
                                + "/settings/tokens, or unset HF_TOKEN");
        assertThat(bench.server.requests()).hasSize(1);
    }

    @Test
    void aRepositoryWithTermsSaysWhereToAcceptThem() {
        bench.server.always("HEAD", "config.json", FakeHub.status(403, "X-Error-Code", "GatedRepo"));
        assertThatThrownBy(bench::fetch)
                .hasMessage("owner/model is given only to those who have accepted its terms: do so at "
                        + bench.server.endpoint() + "/owner/model, then set HF_TOKEN to a token of yours");
    }

    @Test
    void aRefusalIsToldWithItsReason() {
        bench.server.always("HEAD", "config.json", FakeHub.status(403, "X-Error-Message", "Not here"));
        assertThatThrownBy(bench::fetch)
                .hasMessage(
                        "127.0.0.1 refuses config.json of owner/model (403): Not here; set HF_TOKEN to a token that may"
                                + " read it, or ask who runs the network whether it may be fetched");
    }

    @Test
    void aRepositoryThatIsNotThereBringsTheNearest() {
        bench.server.always("HEAD", "config.json", FakeHub.status(404, "X-Error-Code", "RepoNotFound"));
        assertThatThrownBy(() -> bench.fetch("owner/convnext-tinny"))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(
                        "127.0.0.1 has no owner/convnext-tinny: check the name (did you mean convnext-tiny, ");
        for (String file : new String[] {"config.json", WEIGHTS, "pytorch_model.bin"}) {
            bench.server.always("HEAD", file, FakeHub.status(404));
        }
        assertThatThrownBy(() -> bench.fetch("owner/convnext-tinny"))
                .hasMessageStartingWith("127.0.0.1 has no owner/convnext-tinny with config.json, model.safetensors,"
                        + " pytorch_model.bin (404): check the name (did you mean convnext-tiny, ");
        assertThat(bench.pauses).isEmpty();
    }

    @Test
    void aNameUnlikeAnyBringsNone() {
        bench.server.always("HEAD", "config.json", FakeHub.status(404, "X-Error-Code", "RepoNotFound"));
        assertThatThrownBy(() -> bench.fetch("404/x")).hasMessage("127.0.0.1 has no 404/x: check the name");
    }

    @Test
    void otherAnswersAreTold() {
        bench.server.always("HEAD", "config.json", FakeHub.status(418));
        assertThatThrownBy(bench::fetch)
                .hasMessage("127.0.0.1 answers 418 for config.json of owner/model; check HF_ENDPOINT and the proxy");
    }

    @Test
    void aRevisionThatAMirrorLacksIsReplacedByTheNewest() {
        bench.server.next("HEAD", "config.json", FakeHub.status(404, "X-Error-Code", "RevisionNotFound"));
        FakeHub.Handler config =
                FakeHub.status(200, "ETag", "\"abc\"", "X-Repo-Commit", FakeHub.COMMIT, "Content-Length", "0");
        bench.server.next("HEAD", "config.json", config, config);
        bench.server.always("GET", "config.json", FakeHub.status(200));
        bench.server.always("HEAD", "preprocessor_config.json", FakeHub.status(404));
        bench.server.always(
                "HEAD",
                WEIGHTS,
                FakeHub.status(
                        200,
                        "ETag",
                        "\"" + FakeHub.sha256(bench.weights) + "\"",
                        "X-Repo-Commit",
                        FakeHub.COMMIT,
                        "Content-Length",
                        "300000"));
        bench.server.always("GET", WEIGHTS, bench.withoutRange());
        Fetched model = bench.fetch("convnext-tiny");
        assertThat(model.repository()).hasToString("facebook/convnext-tiny-224");
        assertThat(bench.said)
                .containsExactly("127.0.0.1 has no revision refs/pr/4 of facebook/convnext-tiny-224; taking main");
    }
}
