package org.cryonext.cryoet.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.cryonext.cryoet.zarr.ZarrFiles;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;

/**
 * Finds the file of a tomogram by the name that a particle list gives it. For the name {@code TS_01} (or {@code
 * any/path/TS_01.mrc}) these are looked for, and the first that is there is taken: the name as a path in the folder; {@code
 * TS_01} or RELION's {@code rec_TS_01} with an ending .mrc, .rec, .map, one of these with .gz, or .zarr or .ome.zarr, which
 * are folders; Warp's {@code TS_01_10.00Apx.mrc}; SHREC's {@code TS_01/reconstruction.mrc}. Whatever a list says, nothing
 * outside the folder is taken.
 *
 * @param folder where the tomograms are
 */
public record TomogramFolder(Path folder) {
    private static final List<String> ENDINGS = List.of(
            ".mrc", ".rec", ".map", ".mrc.gz", ".rec.gz", ".map.gz", ".ome" + ZarrFiles.ENDING, ZarrFiles.ENDING);

    /**
     * The tomogram's file.
     *
     * @throws InputException where there is none, or where several fit equally well
     */
    public Path find(String tomogram) {
        Path named = path(tomogram);
        if (isVolume(named.toString()) && isThere(named)) {
            return named;
        }
        Path last = named.getFileName();
        String stem = stem(last == null ? tomogram : last.toString());
        List<Path> exact = new ArrayList<>();
        for (String prefix : List.of("", "rec_")) {
            for (String ending : ENDINGS) {
                exact.add(folder.resolve(prefix + stem + ending));
            }
        }
        List<List<Path>> kinds =
                List.of(exact, scaled(stem), List.of(folder.resolve(stem).resolve("reconstruction.mrc")));
        for (List<Path> kind : kinds) {
            List<Path> found = kind.stream().filter(this::isThere).toList();
            if (found.size() == 1) {
                return found.getFirst();
            }
            if (found.size() > 1) {
                throw new InputException(folder + ": several files could be the tomogram \"" + tomogram + "\": "
                        + String.join(
                                ", ",
                                found.stream()
                                        .map(file -> file.getFileName().toString())
                                        .toList())
                        + "; keep one of them in the folder or write the whole file name into the list");
            }
        }
        throw new InputException(folder + ": no file for the tomogram \"" + tomogram + "\" of the list; expected was "
                + stem + ".mrc, .rec, .map or .zarr (also rec_" + stem + ".mrc, " + stem + "_10.00Apx.mrc or " + stem
                + "/reconstruction.mrc)");
    }

    /**
     * What the name is as a path in the folder.
     *
     * @throws InputException where it cannot be a path
     */
    public Path path(String tomogram) {
        try {
            return folder.resolve(tomogram);
        } catch (InvalidPathException e) {
            throw new InputException(
                    folder + ": the tomogram \"" + tomogram + "\" of the list cannot be the name of a file; correct the"
                            + " list",
                    e);
        }
    }

    /** Whether the path stays in the folder; a link in the folder may lead elsewhere. */
    public boolean holds(Path path) {
        return path.toAbsolutePath()
                .normalize()
                .startsWith(folder.toAbsolutePath().normalize());
    }

    private boolean isThere(Path path) {
        return holds(path) && VolumeFile.isThere(path);
    }

    private List<Path> scaled(String stem) {
        Pattern pattern = Pattern.compile(Pattern.quote(stem) + "_[0-9.]+Apx\\.mrc(\\.gz)?");
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file ->
                            pattern.matcher(file.getFileName().toString()).matches())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw InputFile.unreadable(folder, "a folder of tomograms", e);
        }
    }

    private static boolean isVolume(String name) {
        return ENDINGS.stream().anyMatch(name.toLowerCase(Locale.ROOT)::endsWith);
    }

    /** The name without an ending that says it is a volume or Warp's tilt series. */
    private static String stem(String name) {
        List<String> endings = new ArrayList<>(ENDINGS);
        endings.add(".tomostar");
        for (String ending : endings) {
            if (name.toLowerCase(Locale.ROOT).endsWith(ending) && name.length() > ending.length()) {
                return name.substring(0, name.length() - ending.length());
            }
        }
        return name;
    }
}
