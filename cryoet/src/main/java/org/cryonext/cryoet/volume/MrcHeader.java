package org.cryonext.cryoet.volume;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.cryonext.engine.io.InputException;

/**
 * The header of an MRC2014 or CCP4 file, 1024 bytes. Source: Cheng et al. 2015, J. Struct. Biol. 192, 146.
 *
 * @param order byte order of header and data
 * @param mode how a voxel is stored
 * @param dimensions voxels along the file's columns (fastest), rows and sections
 * @param axes which of x = 0, y = 1, z = 2 the columns, rows and sections run along (MAPC, MAPR, MAPS less one)
 * @param voxelSize edge of a voxel in Angstrom along x, y and z; 0 where the header does not say
 * @param extended bytes between the header and the data
 * @param notes what is odd about the header and was read past, a sentence each
 */
public record MrcHeader(
        ByteOrder order,
        MrcMode mode,
        List<Integer> dimensions,
        List<Integer> axes,
        List<Double> voxelSize,
        int extended,
        List<String> notes) {
    /** Bytes of the header. */
    public static final int BYTES = 1024;

    static final int MODE = 12;
    static final int GRID = 28;
    static final int CELL = 40;
    static final int AXES = 64;
    static final int STATISTICS = 76;
    static final int SPACE_GROUP = 88;
    static final int EXTENDED = 92;
    static final int VERSION = 108;
    static final int IMOD_STAMP = 152;
    static final int IMOD_FLAGS = 156;
    static final int MAP_ID = 208;
    static final int MACHINE_STAMP = 212;
    static final int RMS = 216;
    static final int LABELS = 220;

    /** Stands at {@link #IMOD_STAMP} where {@link #IMOD_FLAGS} are IMOD's. */
    static final int IMOD = 1146047817;

    /** Voxels along x (axis 0), y (1) or z (2). */
    public int size(int axis) {
        return dimensions.get(axes.indexOf(axis));
    }

    /** Bytes of the whole file that this header describes. */
    public long fileBytes() {
        return fileBytes(dimensions, mode, extended);
    }

    /**
     * Reads a header.
     *
     * @param file for messages
     * @param bytes the first 1024 bytes of the file
     * @throws InputException where it is not the header of an MRC file that holds an image
     */
    public static MrcHeader parse(String file, byte[] bytes) {
        ByteBuffer header = ByteBuffer.wrap(bytes);
        List<String> notes = new ArrayList<>();
        requireMapId(file, bytes, notes);
        ByteOrder order = MrcByteOrder.of(file, header, notes);
        header.order(order);
        List<Integer> dimensions = ints(header, 0);
        MrcMode mode = mode(file, header);
        for (int i = 0; i < 3; i++) {
            if (dimensions.get(i) <= 0) {
                throw new InputException(file + ": the header gives the dimensions " + text(dimensions)
                        + ", all must be at least 1; the file is damaged or not an MRC file");
            }
        }
        int extended = header.getInt(EXTENDED);
        if (extended < 0) {
            throw new InputException(file + ": the header gives an extended header of " + extended
                    + " bytes (word 24), 0 or more was expected; the file is damaged");
        }
        try {
            fileBytes(dimensions, mode, extended);
        } catch (ArithmeticException e) {
            throw new InputException(
                    file + ": the header gives the dimensions " + text(dimensions)
                            + ", more than any file can hold; the file is damaged or not an MRC file",
                    e);
        }
        List<Double> voxelSize = voxelSize(header, notes);
        return new MrcHeader(
                order, mode, dimensions, axes(file, header, notes), voxelSize, extended, List.copyOf(notes));
    }

    private static long fileBytes(List<Integer> dimensions, MrcMode mode, int extended) {
        long voxels = Math.multiplyExact((long) dimensions.get(0) * dimensions.get(1), (long) dimensions.get(2));
        return Math.addExact(Math.multiplyExact(voxels, (long) mode.bytes()), BYTES + (long) extended);
    }

    static String text(List<Integer> dimensions) {
        return dimensions.get(0) + " x " + dimensions.get(1) + " x " + dimensions.get(2);
    }

    private static void requireMapId(String file, byte[] bytes, List<String> notes) {
        byte[] id = Arrays.copyOfRange(bytes, MAP_ID, MAP_ID + 4);
        if (Arrays.equals(id, new byte[4])) {
            notes.add("the MAP identifier is missing (four zeros), as in the files of SHREC 2020");
        } else if (id[0] != 'M' || id[1] != 'A' || id[2] != 'P') {
            throw new InputException(file + ": not an MRC file: bytes 209 to 212 are " + MrcByteOrder.hex(id)
                    + ", \"MAP \" was expected; give a tomogram as .mrc, .map or .rec (also .gz)");
        }
    }

    private static MrcMode mode(String file, ByteBuffer header) {
        int mode = header.getInt(MODE);
        return switch (mode) {
            case 0 -> {
                boolean unsigned = header.getInt(IMOD_STAMP) == IMOD && (header.getInt(IMOD_FLAGS) & 1) == 0;
                yield unsigned ? MrcMode.UINT8 : MrcMode.INT8;
            }
            case 1 -> MrcMode.INT16;
            case 2 -> MrcMode.FLOAT32;
            case 6 -> MrcMode.UINT16;
            case 12 -> MrcMode.FLOAT16;
            case 3, 4 ->
                throw new InputException(file + ": mode " + mode
                        + " holds a Fourier transform; give the tomogram itself (mode 0, 1, 2, 6 or 12)");
            default ->
                throw new InputException(file + ": mode " + mode
                        + " is not one that can be read (0, 1, 2, 6 and 12 are); convert the file, for instance to"
                        + " mode 2 with IMOD's newstack -mode 2");
        };
    }

    private static List<Integer> axes(String file, ByteBuffer header, List<String> notes) {
        List<Integer> axes = ints(header, AXES);
        if (axes.equals(List.of(0, 0, 0))) {
            notes.add("the axis order is missing (MAPC, MAPR, MAPS are 0); x, y, z is taken");
            return List.of(0, 1, 2);
        }
        if (!axes.stream().sorted().toList().equals(List.of(1, 2, 3))) {
            throw new InputException(file + ": the header gives the axis order " + axes
                    + " (MAPC, MAPR, MAPS), an order of 1, 2 and 3 was expected; the file is damaged");
        }
        return axes.stream().map(axis -> axis - 1).toList();
    }

    private static List<Double> voxelSize(ByteBuffer header, List<String> notes) {
        List<Integer> grid = ints(header, GRID);
        List<Double> size = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            float cell = header.getFloat(CELL + 4 * i);
            // A Float is divided by an int as a float, which prints as the number that was meant (11.4, not 11.39999).
            double edge = grid.get(i) > 0 && cell > 0 && Float.isFinite(cell)
                    ? Double.parseDouble(Float.toString(cell / grid.get(i)))
                    : 0;
            size.add(edge);
        }
        if (size.contains(0.0)) {
            notes.add("the header does not say the voxel size");
        } else if (size.equals(List.of(1.0, 1.0, 1.0))) {
            notes.add("the header says a voxel of 1 Angstrom, as programs write that do not know it"
                    + " (SHREC 2020 does, and its voxels are 10 Angstrom)");
        }
        VoxelEdges.note(size).ifPresent(notes::add);
        return List.copyOf(size);
    }

    private static List<Integer> ints(ByteBuffer header, int at) {
        return List.of(header.getInt(at), header.getInt(at + 4), header.getInt(at + 8));
    }
}
