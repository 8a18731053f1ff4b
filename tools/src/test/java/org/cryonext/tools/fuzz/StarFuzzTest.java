package org.cryonext.tools.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.cryonext.cryoet.particle.Centrings;
import org.cryonext.cryoet.star.StarBlock;
import org.cryonext.cryoet.star.StarDocument;
import org.cryonext.cryoet.star.StarPair;
import org.cryonext.cryoet.star.StarReader;
import org.cryonext.cryoet.star.StarTable;
import org.cryonext.cryoet.star.StarWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** STAR files: as tables that are read and written again, and as RELION's tomograms.star. */
class StarFuzzTest {
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
        "save_",
        "# ",
        "\\\"'",
        "' ",
        "\\\" ",
        "_rlnTomoTiltSeriesPixelSize\\x0A",
        "_rlnTomoTomogramBinning\\x0A",
        "nan",
        "1e308"
    })
    void anyBytes(byte[] bytes) {
        reader.accept(bytes);
    }

    static Consumer<byte[]> reader(Path folder) {
        Path copy = folder.resolve("copy.star");
        var star = new ReaderContract<>(
                folder.resolve("a.star"), StarReader::read, document -> requireWritable(document, copy));
        var tomograms = new ReaderContract<>(
                folder.resolve("tomograms.star"), path -> Centrings.read(path, 0), centrings -> centrings.of("TS_01"));
        return star.andThen(tomograms);
    }

    /** Whatever was read can be written, and is then the same. */
    private static void requireWritable(StarDocument document, Path copy) {
        StarWriter.write(copy, document);
        assertThat(content(StarReader.read(copy))).isEqualTo(content(document));
    }

    /** All but the numbers of the lines. */
    private static List<Object> content(StarDocument document) {
        return document.blocks().stream().map(StarFuzzTest::content).toList();
    }

    private static Object content(StarBlock block) {
        List<List<?>> sections = block.sections().stream()
                .<List<?>>map(section -> switch (section) {
                    case StarPair pair -> List.of(pair.name(), pair.value());
                    case StarTable table -> List.of(table.columns(), table.rows());
                })
                .toList();
        return List.of(block.name(), sections);
    }
}
