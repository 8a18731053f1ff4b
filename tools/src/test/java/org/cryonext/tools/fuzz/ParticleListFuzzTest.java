package org.cryonext.tools.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import org.cryonext.cryoet.particle.Centring;
import org.cryonext.cryoet.particle.Centrings;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.particle.ParticleList;
import org.cryonext.cryoet.particle.ParticleReader;
import org.cryonext.cryoet.star.StarReader;
import org.cryonext.cryoet.star.StarWriter;
import org.cryonext.cryoet.volume.TomogramFolder;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Particle lists: STAR, CSV, TSV and SHREC's text. */
class ParticleListFuzzTest {
    @TempDir
    private Path folder;

    private Consumer<byte[]> reader;

    @BeforeEach
    void open() {
        reader = reader(folder);
    }

    @FuzzTest
    @DictionaryEntries({
        "data_",
        "loop_\\x0A_",
        "_rlnCoordinateX\\x0A",
        "_rlnCenteredCoordinateXAngst\\x0A",
        "tomogram,x,y,z,class\\x0A",
        "x;y;z\\x0A",
        "1bxn 1 2 3 0 0 0\\x0A",
        "nan",
        "\\\"\\\"",
        "\\xEF\\xBB\\xBF"
    })
    void anyBytes(byte[] bytes) {
        reader.accept(bytes);
    }

    static Consumer<byte[]> reader(Path folder) {
        Centrings centrings = Centrings.all(new Centring(64, 64, 64, 10, 1));
        Path copy = folder.resolve("copy.star");
        return new ReaderContract<>(folder.resolve("a.list"), path -> ParticleReader.read(path, centrings), list -> {
            requireWritable(list, copy);
            list.particles().stream()
                    .limit(8)
                    .map(Particle::tomogram)
                    .filter(Objects::nonNull)
                    .forEach(tomogram -> requireInside(folder, tomogram));
        });
    }

    /** The file of a tomogram is found in its folder or not at all. */
    private static void requireInside(Path folder, String tomogram) {
        try {
            assertThat(new TomogramFolder(folder).find(tomogram).normalize()).startsWith(folder);
        } catch (InputException e) {
            assertThat(e).hasMessageContaining(folder.toString());
        }
    }

    /** Whatever was read can be written as STAR, as a classification does, and has the same rows then. */
    private static void requireWritable(ParticleList list, Path copy) {
        assertThat(list.particles())
                .hasSameSizeAs(list.table().rows())
                .allMatch(particle -> Double.isFinite(particle.x())
                        && Double.isFinite(particle.y())
                        && Double.isFinite(particle.z()));
        StarWriter.write(copy, list.star());
        assertThat(StarReader.read(copy)
                        .table(table -> table.columns().equals(list.table().columns())
                                && table.rows().equals(list.table().rows())))
                .isPresent();
    }
}
