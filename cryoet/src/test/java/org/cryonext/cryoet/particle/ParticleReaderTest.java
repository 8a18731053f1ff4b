package org.cryonext.cryoet.particle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.cryonext.cryoet.star.StarReader;
import org.cryonext.cryoet.star.StarTable;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParticleReaderTest {
    @TempDir
    private Path folder;

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    private void refused(Path file, String message) {
        assertThatThrownBy(() -> ParticleReader.read(file))
                .isInstanceOf(InputException.class)
                .hasMessage(file + message);
    }

    @Test
    void shrecsText() throws IOException {
        Path file = file("particle_locations.txt", "1bxn 256 100 87 10.5 20 -30\n\n3qm1 1 2 3 nan nan nan\n");
        ParticleList list = ParticleReader.read(file);
        assertThat(list.particles())
                .containsExactly(
                        new Particle(file.toString(), 1, null, 256, 100, 87, "1bxn", new ZxzAngles(10.5, 20, -30)),
                        new Particle(
                                file.toString(),
                                3,
                                null,
                                1,
                                2,
                                3,
                                "3qm1",
                                new ZxzAngles(Double.NaN, Double.NaN, Double.NaN)));
        assertThat(list.table().columns())
                .containsExactly(
                        "rlnCoordinateX", "rlnCoordinateY", "rlnCoordinateZ", "pdb", "rot_Z1", "rot_X", "rot_Z2");
        assertThat(list.table().rows())
                .containsExactly(
                        List.of("256", "100", "87", "1bxn", "10.5", "20", "-30"),
                        List.of("1", "2", "3", "3qm1", "nan", "nan", "nan"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tomogram,x,y,z,class",
                "Tomo,X,Y,Z,Label",
                "rlnTomoName,rlnCoordinateX,rlnCoordinateY,rlnCoordinateZ,pdb",
                "_rlnMicrographName,_rlnCoordinateX,_rlnCoordinateY,_rlnCoordinateZ,class_name",
                "tomo_name,pos_x,pos_y,pos_z,class",
                "\"tomogram\",\"coord_x\",\"coord_y\",\"coord_z\",\"class\""
            })
    void csvWithManyNames(String header) throws IOException {
        for (char separator : new char[] {',', '\t', ';'}) {
            String content = (header + "\nTS_01,12.5,3,4,1bxn\n").replace(',', separator);
            ParticleList list = ParticleReader.read(file("a.csv", content));
            assertThat(list.particles())
                    .containsExactly(new Particle(list.file(), 2, "TS_01", 12.5, 3, 4, "1bxn", null));
            assertThat(list.table().columns())
                    .startsWith("rlnTomoName", "rlnCoordinateX", "rlnCoordinateY", "rlnCoordinateZ");
        }
    }

    @Test
    void csvKeepsOtherColumnsAndMayLackTomogramAndClass() throws IOException {
        ParticleList list = ParticleReader.read(
                file("a.csv", "\uFEFF\n# picked by hand\nz,score (a.u.),y,x\n\n# the first, at last\n3,0.5,2,1\n"));
        assertThat(list.particles()).containsExactly(new Particle(list.file(), 6, null, 1, 2, 3, null, null));
        assertThat(list.table().columns())
                .containsExactly("rlnCoordinateZ", "score_a.u._", "rlnCoordinateY", "rlnCoordinateX");
        assertThatThrownBy(() -> list.particles().getFirst().requireClass())
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(list.file() + " line 6: no class is given");
    }

    /** As in the STAR file that a classification makes of the list. */
    @Test
    void noColumnOfCsvIsWithoutNameOrNamedTwice() throws IOException {
        ParticleList list = ParticleReader.read(file(
                "a.csv",
                ",tomogram,tomo,x,pos_x,y,z,rlnCoordinateX,a b,a_b,(),z_9\n0,TS_01,TS_02,1,2,3,4,5,6,7,8,9\n"));
        assertThat(list.table().columns())
                .containsExactly(
                        "column",
                        "rlnTomoName",
                        "tomo",
                        "rlnCoordinateX",
                        "pos_x",
                        "rlnCoordinateY",
                        "rlnCoordinateZ",
                        "rlnCoordinateX_8",
                        "a_b",
                        "a_b_10",
                        "column_11",
                        "z_9");
        assertThat(list.particles().getFirst().position()).isEqualTo("(1, 3, 4)");
        assertThat(list.particles().getFirst().tomogram()).isEqualTo("TS_01");
    }

    @Test
    void commentsBeforeTheNamesOfCsvMayBeIndented() throws IOException {
        ParticleList list = ParticleReader.read(file("a.csv", "  # picked, by hand\n \t \nx,y,z\n1,2,3\n"));
        assertThat(list.particles().getFirst().line()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rlnTomoName", "rlnMicrographName", "tomogram"})
    void starOfRelion3(String tomogram) throws IOException {
        Path file = file(
                "a.star",
                "data_\n\nloop_\n_rlnCoordinateX #1\n_rlnCoordinateY #2\n_rlnCoordinateZ #3\n_" + tomogram
                        + " #4\n1.5 2 3 TS_01\n");
        ParticleList list = ParticleReader.read(file);
        assertThat(list.particles()).containsExactly(new Particle(file.toString(), 8, "TS_01", 1.5, 2, 3, null, null));
        assertThat(list.notes()).isEmpty();
    }

    private Path relion5(String columns, String row) throws IOException {
        return file("a.star", """
                data_optics

                loop_
                _rlnOpticsGroup #1
                _rlnTomoTiltSeriesPixelSize #2
                1 1.35

                data_particles

                loop_
                _rlnTomoName
                _rlnCenteredCoordinateXAngst
                _rlnCenteredCoordinateYAngst
                _rlnCenteredCoordinateZAngst
                """ + columns + row + "\n");
    }

    private Centrings tomograms(double voxelSize) throws IOException {
        return Centrings.read(file("tomograms.star", """
                data_global

                loop_
                _rlnTomoName
                _rlnTomoTiltSeriesPixelSize
                _rlnTomoSizeX
                _rlnTomoSizeY
                _rlnTomoSizeZ
                _rlnTomoTomogramBinning
                TS_01 1.35 4092 5760 2001 7.407407
                """), voxelSize);
    }

    @Test
    void starOfRelion5IsReadAsItsExtractionReadsIt() throws IOException {
        Path file = relion5("", "TS_01 -135 270 0");
        ParticleList list = ParticleReader.read(file, tomograms(10));
        // (-135 / 1.35 + 4092 / 2) / (10 / 1.35), and so on: the odd size counts as 1000.5.
        Particle particle = list.particles().getFirst();
        double binning = 10 / 1.35;
        assertThat(particle.x()).isEqualTo((-135 / 1.35 + 2046) / binning);
        assertThat(particle.y()).isEqualTo((270 / 1.35 + 2880) / binning);
        assertThat(particle.z()).isEqualTo(1000.5 / binning);
        assertThat(list.notes()).singleElement().asString().contains("as RELION's extraction reads them (size / 2)");
        assertThat(list.star().names()).isEqualTo("data_optics, data_particles");
    }

    @Test
    void theBinningMayComeFromTheTomogramsFile() throws IOException {
        Particle particle = ParticleReader.read(relion5("", "TS_01 0 0 0"), tomograms(0))
                .particles()
                .getFirst();
        assertThat(particle.x()).isEqualTo(2046 / 7.407407);
    }

    @Test
    void centredCoordinatesWinOverRelion4s() throws IOException {
        Path file = relion5(
                "_rlnCoordinateX\n_rlnCoordinateY\n_rlnCoordinateZ\n_rlnOriginXAngst\n_rlnOriginYAngst\n_rlnOriginZAngst\n",
                "TS_01 0 0 0 9 9 9 0 0 1.5");
        Centring centring = new Centring(200, 100, 50, 10, 1);
        ParticleList list = ParticleReader.read(file, Centrings.all(centring));
        assertThat(list.particles().getFirst().position()).isEqualTo("(100, 50, 25)");
        assertThat(list.notes())
                .hasSize(3)
                .contains("the centred coordinates are taken and rlnCoordinateX/Y/Z are ignored, as RELION 5 does")
                .contains("the shifts of a refinement (rlnOriginXAngst, ...) are not applied");
    }

    @Test
    void onlyCoordinatesInPixelsAreBinned() throws IOException {
        ParticleList voxels = ParticleReader.read(file("a.csv", "x,y,z,score\n10,5,-2,0.5\n"));
        assertThat(voxels.binned(4).particles())
                .containsExactly(new Particle(voxels.file(), 2, null, 2.5, 1.25, -0.5, null, null));
        assertThat(voxels.binned(4).table()).isEqualTo(voxels.table());
        ParticleList centred =
                ParticleReader.read(relion5("", "TS_01 0 0 0"), Centrings.all(new Centring(200, 100, 50, 10, 1)));
        assertThatThrownBy(() -> centred.binned(4))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        centred.file() + ": --binning is given, which divides coordinates in unbinned pixels, and the"
                                + " list has centred coordinates in Angstrom (rlnCenteredCoordinateXAngst); leave the option"
                                + " out");
        ParticleList images = ParticleReader.read(file("b.star", "data_\nloop_\n_rlnImageName\na.mrc\n"));
        assertThatThrownBy(() -> images.binned(2)).hasMessageContaining("the list has extracted subtomograms; leave");
        assertThat(centred.binned(1)).isSameAs(centred);
    }

    @Test
    void centredCoordinatesNeedATomogram() throws IOException {
        Path file = relion5("", "TS_09 0 0 0");
        String message =
                " line 15: the coordinates are centred (rlnCenteredCoordinateXAngst), and the size and pixel size of"
                        + " tomogram \"TS_09\" are not known; give RELION's tomograms.star with --tomograms-star, or the"
                        + " tomogram itself";
        refused(file, message);
        Centrings tomograms = tomograms(0);
        assertThatThrownBy(() -> ParticleReader.read(file, tomograms)).hasMessage(file + message);
    }

    @Test
    void badTomogramFiles() throws IOException {
        Path file = file("t.star", "data_\nloop_\n_rlnTomoName\nTS_01\n");
        assertThatThrownBy(() -> Centrings.read(file, 0))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(file + ": no table with the columns _rlnTomoName, _rlnTomoSizeX");
        Path unbinned = file(
                "u.star",
                "data_\nloop_\n_rlnTomoName\n_rlnTomoSizeX\n_rlnTomoSizeY\n_rlnTomoSizeZ\n_rlnTomoTiltSeriesPixelSize\n"
                        + "TS_01 1 1 1 0\n");
        assertThatThrownBy(() -> Centrings.read(unbinned, 0))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no column _rlnTomoTomogramBinning");
        assertThatThrownBy(() -> Centrings.read(unbinned, 10))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("line 8: pixel size 0.0 and binning Infinity, both must be above 0");
    }

    @Test
    void emptyLists() throws IOException {
        String message = ": no particle is in the list; check that it is the right file";
        refused(file("a.txt", "\n  \n"), message);
        refused(file("a.csv", "tomogram,x,y,z\n"), message);
        refused(file("a.star", "data_\nloop_\n_rlnCoordinateX\n_rlnCoordinateY\n_rlnCoordinateZ\n"), message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1bxn 1 2 3 0 0 0~1bxn 1 2 3 | line 2: 4 values, 7 were expected: pdb X Y Z rot_Z1 rot_X rot_Z2",
                "1bxn 1 2 3 0 0 0~1bxn 1 a 3 0 0 0 | line 2: Y is \"a\", a number was expected; correct the line",
                "1bxn 1 2 3 0 0 0~1bxn 1 nan 3 0 0 0 | line 2: Y is \"nan\", a number was expected; correct the line",
                "x;y;z~40,5;2;3 | line 2: x is \"40,5\", a number was expected; numbers need a decimal point, not a"
                        + " comma: correct the file",
                "1bxn 1 2 3 0 0 x | line 1: rot_Z2 is \"x\", a number was expected; correct the line",
                "tomogram,x,y,z~a,1,2 | line 2: 3 values in a file of 4 columns; correct the line",
                "tomogram,x,y,z~a,1,2,3,4 | line 2: 5 values in a file of 4 columns; correct the line",
                "tomogram,x,y,z~a,1,,3 | line 2: y is \"\", a number was expected; correct the line",
                "tomogram,x,y,z~a,1,NaN,3 | line 2: y is NaN, a finite number was expected; correct the line",
                "tomogram,x,y,z~,1,2,3 | line 2: the tomogram's name is empty",
                "\"x,y,z\"~1,2,3 | line 1: the columns x, y and z are not named one by one; put no quotes around several"
                        + " names",
                "x,y,z,note~1,2,3,\"a~b\" | line 2: a value goes over several lines or has both kinds of quotes, which a STAR"
                        + " file cannot hold; change it",
                "x,y,z,note~1,2,3,\"a' b\"\" c\" | line 2: a value goes over several lines or has both kinds of quotes,"
                        + " which a STAR file cannot hold; change it",
                "data_~loop_~_rlnCoordinateX~_rlnCoordinateY~_rlnCoordinateZ~1 2 z | line 6: _rlnCoordinateZ is \"z\", a"
                        + " number was expected; correct the line"
            })
    void badLinesAreNamed(String content, String message) throws IOException {
        refused(file("list", content.strip().replace('~', '\n')), " " + message);
    }

    @Test
    void listsOfOtherProgramsAreToldHowToBecomeOnesThatAreRead() throws IOException {
        String csv = "; make a CSV file with the first line tomogram,x,y,z,class of ";
        refused(
                file("a.tbl", "1 1 1 0 0 0 0 0 0 0.3 0 0 1 -60 60 -60 60 0 0 1 0 0 0 10 20 30 0\n"),
                ": a table of Dynamo is not read" + csv + "its columns 20 (the tomogram's number) and 24 to 26 (x, y"
                        + " and z)");
        refused(
                file("picks.json", "{\"pickable_object_name\": \"ribosome\", \"points\": []}\n"),
                ": picks of copick are not read" + csv + "the x, y and z of each point's location, divided by the"
                        + " voxel size, as they are in Angstrom");
        Path model = folder.resolve("a.model");
        Files.write(model, new byte[] {'I', 'M', 'O', 'D', 'V', '1', '.', '2', (byte) 0xFF, 0, 0, 7});
        refused(
                model,
                ": a model of IMOD is not read; write its points as text with IMOD's model2point, and make a CSV file"
                        + " of them with the first line x,y,z");
    }

    @Test
    void textInAnotherEncodingIsToldToBeSavedAgain() throws IOException {
        Path latin = folder.resolve("a.csv");
        byte[] row = "TS_01,1,2,3,h\u00e9moglobine\n".getBytes(StandardCharsets.ISO_8859_1);
        String head = "tomogram,x,y,z,class\n" + "TS_01,1,2,3,ribosome\n".repeat(1000);
        for (String before : List.of("tomogram,x,y,z,class\n", head)) {
            Files.write(latin, before.getBytes(StandardCharsets.UTF_8));
            Files.write(latin, row, StandardOpenOption.APPEND);
            assertThatThrownBy(() -> ParticleReader.read(latin))
                    .isInstanceOf(InputException.class)
                    .hasMessageStartingWith(latin + ": not a text file in UTF-8; ")
                    .hasMessageEndingWith(" was expected; if it is one in another encoding, save it as UTF-8");
        }
    }

    @Test
    void tablesWithoutLoopAreToldSo() throws IOException {
        refused(
                file("a.star", "data_particles\n_rlnCoordinateX 1\n_rlnCoordinateY 2\n_rlnCoordinateZ 3\n"),
                ": _rlnCoordinateX has a value of its own; a particle list is a table: put loop_ before the names, and"
                        + " the values of a particle on one line below them");
        refused(
                file("b.star", "data_particles\n_rlnCoordinateX #1\n_rlnCoordinateY #2\n1 2\n"),
                " line 2: _rlnCoordinateX has no value; if it is a column of a table, loop_ is missing before the names");
    }

    @Test
    void otherFilesAreNamed() throws IOException {
        refused(
                file("a.csv", "1,2,3\n"),
                ": the first line, \"1,2,3\", does not name the columns x, y and z; begin the file with a line such as"
                        + " tomogram,x,y,z or tomogram,x,y,z,class");
        refused(
                file("a.coords", "1 2 3 4 5\n"),
                ": not a particle list that can be read; it begins with \"1 2 3 4 5\"; STAR, CSV or TSV with a line of column"
                        + " names, and SHREC's text (pdb X Y Z and angles) are read");
        refused(
                file("a.star", "data_optics\nloop_\n_rlnOpticsGroup\n1\n"),
                ": no table with the columns _rlnCoordinateX, _rlnCoordinateY and _rlnCoordinateZ, or"
                        + " _rlnCenteredCoordinateXAngst, ...YAngst and ...ZAngst (blocks found: data_optics); give the"
                        + " particle list of a tomography job");
        Path missing = folder.resolve("none.star");
        refused(missing, ": no such file; check the path");
        refused(folder, " is a folder, a particle list was expected; give the file in it");
    }

    @Test
    void classesAreNamed() throws IOException {
        List<Particle> particles =
                ParticleReader.read(file("a.csv", "x,y,z,class\n1,2,3,4b4t\n")).particles();
        String file = folder.resolve("a.csv").toString();
        assertThatThrownBy(() -> ClassNames.SHREC_2020.id(particles.getFirst()))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        file + " line 2: unknown class \"4b4t\"; the classes are 3cf3, 1s3x, 1u6g, 4cr2, 1qvr, 3h84,"
                                + " 2cg9, 3qm1, 3gl1, 3d2f, 4d8q, 1bxn");
        assertThatThrownBy(() -> ClassNames.SHREC_2020.id("x"))
                .hasMessageStartingWith("Unknown class \"x\"; the classes");
        assertThat(ClassNames.of(particles).names()).containsExactly("4b4t");
        assertThat(ClassNames.oddity(particles)).isEmpty();
        List<Particle> slip = ParticleReader.read(file("b.csv", "x,y,z,class\n1,2,3,3cf3\n1,2,3,3cf4\n"))
                .particles();
        assertThat(ClassNames.oddity(slip).orElseThrow())
                .startsWith(folder.resolve("b.csv") + " line 3: the class 3cf4 is none of SHREC 2020's, as others are");
        assertThat(ClassNames.oddity(slip.subList(0, 1))).isEmpty();
        assertThat(ClassNames.SHREC_2020.id("1bxn")).isEqualTo(11);
        assertThat(ClassNames.SHREC_2020.name(4)).isEqualTo("1qvr");
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        List<Particle> particles = List.of(
                new Particle("x", 1, "TS 01", 1.25, 2, 3, "1bxn", new ZxzAngles(1.5, 2, 3)),
                new Particle("x", 2, "TS_02", -4, 1e-7, 6, "3qm1", new ZxzAngles(0, 0, 0)));
        Path csv = folder.resolve("a.csv");
        Path star = folder.resolve("a.star");
        Path text = folder.resolve("a.txt");
        DelimitedParticles.write(csv, particles);
        StarParticles.write(star, particles);
        ShrecParticles.write(text, particles);
        assertThat(csv).hasContent("tomogram,x,y,z,class\nTS 01,1.25,2,3,1bxn\nTS_02,-4,1.0E-7,6,3qm1\n");
        assertThat(text).hasContent("1bxn 1.25 2 3 1.500 2.000 3.000\n3qm1 -4 1.0E-7 6 0.000 0.000 0.000\n");
        for (Path file : List.of(csv, star, text)) {
            List<Particle> read = ParticleReader.read(file).particles();
            assertThat(read).extracting(Particle::position).containsExactly("(1.25, 2, 3)", "(-4, 1.0E-7, 6)");
            assertThat(read).extracting(Particle::className).containsExactly("1bxn", "3qm1");
            if (file != text) {
                assertThat(read).extracting(Particle::tomogram).containsExactly("TS 01", "TS_02");
            } else {
                assertThat(read.getFirst().angles()).isEqualTo(new ZxzAngles(1.5, 2, 3));
            }
        }
        StarTable table = StarReader.read(star).table("particles").orElseThrow();
        assertThat(table.columns())
                .containsExactly("rlnTomoName", "rlnCoordinateX", "rlnCoordinateY", "rlnCoordinateZ", "cryonextClass");
    }
}
