package org.cryonext.cryoet.star;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StarTest {
    private static final String RELION = """
            # version 50001

            data_general

            _rlnTomoSubTomosAre2DStacks                       1

            # version 50001

            data_optics

            loop_
            _rlnOpticsGroup #1
            _rlnOpticsGroupName #2
            _rlnTomoTiltSeriesPixelSize #3
                       1 "optics group 1"     1.350000


            data_particles

            loop_
            _rlnTomoName #1
            _rlnCoordinateX #2
            _rlnComment #3
            TS_01   100.500000 'it''s # no comment'   # a comment
            TS_02    12.000000 ""

            TS_01     7 data_x

            """;

    @TempDir
    private Path folder;

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("a.star"), content);
    }

    @Test
    void everyBlockAndColumnIsReadAsText() throws IOException {
        StarDocument document = StarReader.read(file(RELION));
        assertThat(document.names()).isEqualTo("data_general, data_optics, data_particles");
        assertThat(document.value("rlnTomoSubTomosAre2DStacks")).contains("1");
        StarTable optics = document.table("optics").orElseThrow();
        assertThat(optics.rows()).containsExactly(List.of("1", "optics group 1", "1.350000"));
        StarTable particles = document.table("particles").orElseThrow();
        assertThat(particles.columns()).containsExactly("rlnTomoName", "rlnCoordinateX", "rlnComment");
        assertThat(particles.rows())
                .containsExactly(
                        List.of("TS_01", "100.500000", "it''s # no comment"),
                        List.of("TS_02", "12.000000", ""),
                        List.of("TS_01", "7", "data_x"));
        assertThat(particles.lines()).containsExactly(24, 25, 27);
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        StarDocument document = StarReader.read(file(RELION));
        StarTable awkward = StarTable.of(
                List.of("a", "b"),
                List.of(
                        List.of("", "with space"),
                        List.of("_under", "#hash"),
                        List.of("it's", "5\" wide"),
                        List.of("data_x", "loop_"),
                        List.of("loop_", "stop_"),
                        List.of("a\" b", "ends\""),
                        List.of("a' b\"", "a\"\tb"),
                        List.of("'\"", "\"'")));
        Path copy = folder.resolve("b.star");
        StarDocument written = document.replace(document.table("optics").orElseThrow(), awkward);
        StarWriter.write(copy, written);
        StarDocument read = StarReader.read(copy);
        assertThat(read.table("optics").orElseThrow().rows()).isEqualTo(awkward.rows());
        assertThat(read.table("particles").orElseThrow().rows())
                .isEqualTo(document.table("particles").orElseThrow().rows());
        assertThat(read.blocks().get(0)).isEqualTo(document.blocks().get(0));
        assertThat(copy).content().contains("_rlnCoordinateX #2\n").contains("\nTS_01 100.500000 ");
    }

    @Test
    void aValueThatNoLineCanHoldIsTold() {
        assertThat(StarWriter.holds("a' b\"c")).isTrue();
        assertThat(StarWriter.holds("a' b\" c")).isFalse();
        assertThat(StarWriter.holds("a\nb")).isFalse();
        assertThat(StarWriter.holds("a\rb")).isFalse();
    }

    @Test
    void columnsAreAddedAndRowsFiltered() throws IOException {
        StarTable table = StarReader.read(file(RELION)).table("particles").orElseThrow();
        StarTable wider = table.withColumn("rlnClassNumber", List.of("3", "1", "2"));
        assertThat(wider.columns()).endsWith("rlnClassNumber");
        assertThat(wider.filter(row -> !wider.get(row, "rlnClassNumber").equals("1"))
                        .rows())
                .extracting(List::getLast)
                .containsExactly("3", "2");
        StarTable again = wider.withColumn("rlnClassNumber", List.of("9", "9", "9"));
        assertThat(again.columns()).isEqualTo(wider.columns());
        assertThat(again.get(2, "rlnClassNumber")).isEqualTo("9");
        assertThat(again.lines()).isEqualTo(table.lines());
    }

    @Test
    void anEmptyTableIsKept() throws IOException {
        StarDocument document = StarReader.read(file("data_\nloop_\n_a\n_b\ndata_c\n_d 1\n_e 'x y'\n"));
        assertThat(document.table("").orElseThrow().columns()).containsExactly("a", "b");
        assertThat(document.value("e")).contains("x y");
        StarWriter.write(folder.resolve("b.star"), document);
        assertThat(StarReader.read(folder.resolve("b.star"))).isEqualTo(document);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "data_p~loop_~_a~_b~1 2~1 2 3 | line 6: 3 values in a table of 2 columns; correct the line (values with"
                        + " spaces need quotes)",
                "data_p~loop_~_a~_a~1 2 | line 4: the column _a is there twice; remove one",
                "data_p~loop_~_a~'x | line 4: a value begins with ' and the closing one is missing",
                "data_p~1 2 | line 2: \"1\" belongs to no column; loop_ and the column names are missing before it",
                "hello world | line 1: \"hello world\" before any data_ block; a STAR file begins with data_NAME",
                "data_p~_a 1 2 | line 2: _a has 2 values, one was expected; quote it if it has spaces",
                "data_p~_a~;text~; | line 2: _a has no value; if it is a column of a table, loop_ is missing before the"
                        + " names",
                "data_p~loop_~_a~;text~; | line 4: text over several lines (;) is not read; put it on one line in quotes",
                "data_p~save_x | line 2: save_x is not read; only data_ blocks with values and tables are"
            })
    void badLinesAreNamed(String content, String message) throws IOException {
        Path file = file(content.strip().replace('~', '\n'));
        assertThatThrownBy(() -> StarReader.read(file))
                .isInstanceOf(InputException.class)
                .hasMessage(file + " " + message);
    }

    @Test
    void anEmptyFileIsNamed() throws IOException {
        Path file = file("# nothing\n\n");
        assertThatThrownBy(() -> StarReader.read(file))
                .isInstanceOf(InputException.class)
                .hasMessage(file + ": no data_ block; a STAR file was expected");
        Files.write(file, new byte[] {(byte) 0xC3, 0x28});
        assertThatThrownBy(() -> StarReader.read(file)).hasMessageContaining("not a text file in UTF-8");
    }
}
