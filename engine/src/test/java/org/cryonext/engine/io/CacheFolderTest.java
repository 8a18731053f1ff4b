package org.cryonext.engine.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CacheFolderTest {
    @Test
    void isTheUsersUnlessNamed() {
        assertThat(CacheFolder.root(Map.of(), "Linux", "/home/a")).isEqualTo(Path.of("/home/a/.cache/cryonext"));
        assertThat(CacheFolder.root(Map.of("XDG_CACHE_HOME", "/fast"), "Linux", "/home/a"))
                .isEqualTo(Path.of("/fast/cryonext"));
        assertThat(CacheFolder.root(Map.of("LOCALAPPDATA", "/local"), "Windows 11", "/home/a"))
                .isEqualTo(Path.of("/local/cryonext"));
        assertThat(CacheFolder.root(Map.of("CRYONEXT_CACHE", "/own", "XDG_CACHE_HOME", "/fast"), "Linux", "/home/a"))
                .isEqualTo(Path.of("/own"));
        assertThat(CacheFolder.root(Map.of("CRYONEXT_CACHE", " "), "Linux", "/home/a"))
                .isEqualTo(Path.of("/home/a/.cache/cryonext"));
    }
}
