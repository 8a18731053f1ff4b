package org.cryonext.cryoet.dataset;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.cryonext.engine.io.InputException;

/**
 * Tomograms with particles of known class: a folder in SHREC 2020's layout, or a particle list of one's own with the
 * tomograms that it names.
 *
 * @param place the folder, or the list
 * @param tomograms in the order of their numbers, or of the list
 * @param voxelSize edge in Angstrom of the voxels that tomograms of one's own are brought to; 0 where none is known, and for
 *     SHREC's, which are left as they are
 * @param notes what the user should know about how they are read, a sentence each
 */
public record Dataset(Path place, List<? extends LabelledTomogram> tomograms, double voxelSize, List<String> notes) {

    /** How the names of particle lists mostly end. */
    private static final List<String> LISTS = List.of(".star", ".csv", ".tsv", ".txt");

    /** Copies the lists. */
    public Dataset {
        tomograms = List.copyOf(tomograms);
        notes = List.copyOf(notes);
    }

    /** Opens a folder in SHREC's layout, or a list whose tomograms lie beside it. */
    public static Dataset open(Path data) {
        return open(DataPlace.of(data));
    }

    /**
     * Opens a data set.
     *
     * @throws InputException where it is missing, is of no known kind or is only half there
     */
    public static Dataset open(DataPlace place) {
        Path data = Path.of(place.data());
        if (Files.isRegularFile(data)) {
            return openList(place, "with --volumes");
        }
        if (!Files.exists(data) && (!place.isPlain() || isList(data.toString()))) {
            throw new InputException(data + ": no such file; check the path");
        }
        if (!place.isPlain()) {
            throw new InputException(
                    data + " is a folder; --volumes, --voxel-size, --rescale, --invert and --binning go with a particle"
                            + " list of one's own (STAR or CSV), whose tomograms they describe");
        }
        ShrecDataset shrec = ShrecDataset.open(data);
        return new Dataset(data, shrec.tomograms(), 0, List.of());
    }

    private static boolean isList(String name) {
        return LISTS.stream().anyMatch(name.toLowerCase(Locale.ROOT)::endsWith);
    }

    /**
     * Opens a list of one's own.
     *
     * @param given how the user gives the place of the volumes, for messages: "with --volumes"
     * @throws InputException where it cannot be read, or a volume is missing
     */
    public static Dataset openList(DataPlace place, String given) {
        return OwnDataset.open(place, given);
    }

    /** Whether it is a list of one's own. */
    public boolean isOwn() {
        return !(tomograms.getFirst() instanceof ShrecTomogram);
    }

    /**
     * Which volume slices are cut from: of one's own tomograms the only one.
     *
     * @param given by {@code --source}, or null
     * @param usual where it is not given
     * @throws InputException where one's own tomograms do not have what is given
     */
    public Source source(Source given, Source usual) {
        if (!isOwn()) {
            return given == null ? usual : given;
        }
        if (given != null && given != Source.TOMOGRAM) {
            throw new InputException("--source is for data in SHREC's layout; " + place
                    + " is a particle list, whose tomograms have one volume each: leave it out");
        }
        return Source.TOMOGRAM;
    }

    /** The tomograms' names, in their order. */
    public List<String> names() {
        return tomograms.stream().map(LabelledTomogram::name).collect(Collectors.toList());
    }

    /**
     * The tomogram of this name.
     *
     * @throws InputException where there is none
     */
    public LabelledTomogram tomogram(String name) {
        for (LabelledTomogram tomogram : tomograms) {
            if (tomogram.name().equals(name)) {
                return tomogram;
            }
        }
        throw new InputException(place + ": no tomogram \"" + name + "\"; there are " + String.join(", ", names()));
    }
}
