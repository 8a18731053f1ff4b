package org.cryonext.cryoet.zarr;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.cryonext.engine.io.ConfinedFile;
import org.cryonext.engine.io.InputException;

/**
 * The full resolution of an OME-Zarr image that is a volume. Source: the OME-NGFF specification, versions 0.4 (Zarr 2) and
 * 0.5 (Zarr 3).
 *
 * @param array its voxels
 * @param axes which of the array's axes are x, y and z; all others have one element
 * @param voxelSize edge of a voxel in Angstrom along x, y and z; 0 where it is not known
 * @param notes what is odd about it and was read past, a sentence each
 */
public record OmeImage(ZarrArray array, List<Integer> axes, List<Double> voxelSize, List<String> notes) {
    /** Unpacked chunks that are kept in any case. */
    private static final long KEPT = 256L << 20;

    private static final List<String> SPACE = List.of("x", "y", "z");

    /** Copies the lists. */
    public OmeImage {
        axes = List.copyOf(axes);
        voxelSize = List.copyOf(voxelSize);
        notes = List.copyOf(notes);
    }

    /** An axis by its name, with the Angstrom of its unit; 0 where the unit is not known. */
    private record Axis(String name, double angstrom) {}

    /**
     * Opens an image; nothing is kept open.
     *
     * @param folder of the image: {@code tomogram.zarr}
     * @throws InputException where it is no OME-Zarr image, or one that cannot be read
     */
    public static OmeImage open(Path folder) {
        return open(folder, Runtime.getRuntime().maxMemory() / 4);
    }

    /** The same, with so many bytes of unpacked chunks at most. */
    static OmeImage open(Path folder, long most) {
        JsonPart multiscale = multiscale(folder);
        List<Axis> all = multiscale.require("axes").elements().stream()
                .map(OmeImage::axis)
                .toList();
        List<Integer> axes =
                SPACE.stream().map(name -> place(multiscale, all, name)).toList();
        List<JsonPart> datasets = multiscale.require("datasets").elements();
        if (datasets.isEmpty()) {
            throw multiscale.require("datasets").unexpected("at least one was expected; the file is damaged");
        }
        JsonPart first = datasets.getFirst();
        Path arrayFolder = confined(folder, first.require("path"));
        ZarrArray array = ZarrArray.open(arrayFolder, axes.getLast(), KEPT, most);
        requireVolume(arrayFolder, array.shape(), all);
        List<String> notes = new ArrayList<>();
        double[] scale = scale(first, all.size());
        double[] overall = scale(multiscale, all.size());
        List<Double> voxelSize = axes.stream()
                .map(axis -> edge(scale[axis] * overall[axis] * all.get(axis).angstrom()))
                .toList();
        describe(voxelSize, notes);
        if (array.layerBytes() > most) {
            notes.add("a slice needs " + mebibytes(array.layerBytes()) + " MiB of chunks, and " + mebibytes(most)
                    + " are kept, a quarter of the memory, so reading takes long; give more with --memory, or write the"
                    + " volume again in thinner chunks");
        }
        return new OmeImage(array, axes, voxelSize, notes);
    }

    /** The first image of a folder, by the attributes of its group. */
    private static JsonPart multiscale(Path folder) {
        Path v3 = folder.resolve(ZarrFiles.V3);
        Path v2 = folder.resolve(ZarrFiles.V2_ATTRIBUTES);
        JsonPart attributes;
        if (Files.isRegularFile(v3)) {
            JsonPart node = JsonPart.read(v3);
            if (node.get("node_type")
                    .filter(type -> type.text().equals("array"))
                    .isPresent()) {
                throw anArray(folder);
            }
            attributes = node.get("attributes").flatMap(all -> all.get("ome")).orElse(null);
        } else if (Files.isRegularFile(v2)) {
            attributes = JsonPart.read(v2);
        } else {
            attributes = null;
        }
        Path file = Files.isRegularFile(v3) ? v3 : v2;
        if (attributes == null || attributes.get("multiscales").isEmpty()) {
            throw noImage(folder, file);
        }
        List<JsonPart> images = attributes.require("multiscales").elements();
        if (images.isEmpty()) {
            throw attributes.require("multiscales").unexpected("at least one image was expected; the file is damaged");
        }
        return images.getFirst();
    }

    private static InputException anArray(Path folder) {
        return new InputException(
                folder + " is a Zarr array, an OME-Zarr image was expected; give the folder above it");
    }

    private static InputException noImage(Path folder, Path file) {
        if (Files.isRegularFile(folder.resolve(ZarrFiles.V2_ARRAY))) {
            return anArray(folder);
        }
        if (!Files.isRegularFile(file)) {
            return new InputException(folder + " is not an OME-Zarr image: neither " + ZarrFiles.V2_ATTRIBUTES + " nor "
                    + ZarrFiles.V3 + " is in it; give the folder that has one of them, or copy it again");
        }
        return new InputException(file
                + ": no multiscales stand in it, the metadata of an OME-Zarr image (0.4 or 0.5); give the folder whose "
                + file.getFileName() + " has them, which lies beside or in this one (bioformats2raw puts it into "
                + folder.resolve("0") + ")");
    }

    private static Axis axis(JsonPart part) {
        double angstrom = part.get("unit")
                .map(unit -> switch (unit.text()) {
                    case "angstrom" -> 1.0;
                    case "picometer" -> 0.01;
                    case "nanometer" -> 10.0;
                    case "micrometer" -> 1e4;
                    case "millimeter" -> 1e7;
                    case "meter" -> 1e10;
                    default -> 0.0;
                })
                .orElse(0.0);
        return new Axis(part.require("name").text(), angstrom);
    }

    private static int place(JsonPart multiscale, List<Axis> axes, String name) {
        List<String> names = axes.stream().map(Axis::name).toList();
        if (Collections.frequency(names, name) != 1) {
            throw new InputException(multiscale.file() + ": the axes are " + names + ", x, y and z were expected, each"
                    + " once; give an image that is a volume");
        }
        return names.indexOf(name);
    }

    private static Path confined(Path folder, JsonPart path) {
        try {
            if (ConfinedFile.in(folder, Path.of(path.text())).isPresent()) {
                return folder.resolve(path.text());
            }
        } catch (InvalidPathException e) {
            throw path.unexpected("the name of a folder in the image was expected; the file is damaged");
        } catch (IOException e) {
            throw path.unexpected("and no such folder is in the image; copy or download it again");
        }
        throw path.unexpected("which lies outside of the image; a folder in it was expected");
    }

    private static void requireVolume(Path folder, List<Integer> shape, List<Axis> axes) {
        if (shape.size() != axes.size()) {
            throw new InputException(folder + ": the array has " + shape.size() + " axes (" + ArrayMetadata.text(shape)
                    + "), " + axes.size() + " by the image's metadata; the image is damaged");
        }
        for (int i = 0; i < shape.size(); i++) {
            if (!SPACE.contains(axes.get(i).name()) && shape.get(i) != 1) {
                throw new InputException(folder + ": the axis " + axes.get(i).name() + " has " + shape.get(i)
                        + " elements, 1 was expected; write the one that is wanted as an image of its own");
            }
        }
    }

    /** The scale among the transformations of an image or a dataset, one number an axis; all 1 where there is none. */
    private static double[] scale(JsonPart part, int axes) {
        double[] scale = IntStream.range(0, axes).mapToDouble(i -> 1).toArray();
        List<JsonPart> transformations =
                part.get("coordinateTransformations").map(JsonPart::elements).orElse(List.of());
        for (JsonPart transformation : transformations) {
            if (transformation.require("type").text().equals("scale")) {
                JsonPart own = transformation.require("scale");
                List<Double> numbers =
                        own.elements().stream().map(JsonPart::number).toList();
                if (numbers.size() != axes || numbers.stream().anyMatch(number -> !(number > 0 && number < 1e12))) {
                    throw own.unexpected(axes + " numbers above 0 were expected, one an axis; the file is damaged");
                }
                for (int i = 0; i < axes; i++) {
                    scale[i] *= numbers.get(i);
                }
            }
        }
        return scale;
    }

    /** What was meant: 10.012, not 10.0120001 that 1.0012 nanometres make. */
    private static double edge(double angstrom) {
        return Double.parseDouble(Float.toString((float) angstrom));
    }

    private static long mebibytes(long bytes) {
        return Math.ceilDiv(bytes, 1L << 20);
    }

    private static void describe(List<Double> voxelSize, List<String> notes) {
        if (voxelSize.contains(0.0)) {
            notes.add("the axes have no unit of length, so the voxel size is not known");
        }
    }
}
