package org.cryonext.cryoet.volume;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;

/**
 * An MRC or CCP4 file, mapped into memory: opening reads the header only, and a file larger than memory is no trouble.
 * Whatever the file's axis order, callers see x fastest and z slowest. Files that end in {@code .gz} are unpacked to a
 * temporary file first.
 */
public final class MrcVolume implements VolumeFile {
    private final Path path;
    private final MrcHeader header;
    private final List<String> notes;
    private final Arena arena;
    private final MemorySegment data;
    private final int nx;
    private final int ny;
    private final int nz;
    private final long strideX;
    private final long strideY;
    private final long strideZ;

    private MrcVolume(Path path, MrcHeader header, List<String> notes, Arena arena, MemorySegment data) {
        this.path = path;
        this.header = header;
        this.notes = notes;
        this.arena = arena;
        this.data = data;
        nx = header.size(0);
        ny = header.size(1);
        nz = header.size(2);
        strideX = stride(0);
        strideY = stride(1);
        strideZ = stride(2);
    }

    private long stride(int axis) {
        long stride = header.mode().bytes();
        for (int i = 0; i < header.axes().indexOf(axis); i++) {
            stride *= header.dimensions().get(i);
        }
        return stride;
    }

    /**
     * Opens a file; {@link #close} gives its mapping back.
     *
     * @throws InputException if the file is missing, is not an MRC file, is shorter than its header says, or holds
     *     something that cannot be read
     */
    public static MrcVolume open(Path path) {
        InputFile.require(path, "an MRC file");
        return path.getFileName().toString().endsWith(".gz") ? openGzip(path) : openMapped(path, path);
    }

    /** The header as it stands in the file. */
    public MrcHeader header() {
        return header;
    }

    @Override
    public List<String> notes() {
        return notes;
    }

    private static MrcVolume openGzip(Path path) {
        Path unpacked = MrcGzip.unpack(path);
        try {
            return openMapped(path, unpacked);
        } finally {
            MrcGzip.discard(unpacked);
        }
    }

    private static MrcVolume openMapped(Path path, Path mapped) {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(mapped, StandardOpenOption.READ)) {
            long bytes = channel.size();
            MrcHeader header;
            try (InputStream in = Files.newInputStream(mapped)) {
                header = readHeader(path.toString(), in);
            }
            long expected = header.fileBytes();
            if (bytes < expected) {
                throw new InputException(path + ": truncated: " + bytes + " bytes, but "
                        + MrcHeader.text(header.dimensions()) + " voxels of mode "
                        + header.mode().code() + " and the headers need " + expected + "; copy or download it again");
            }
            List<String> notes = new ArrayList<>(header.notes());
            if (bytes > expected) {
                notes.add("the file is " + (bytes - expected) + " bytes longer than its header says; they are ignored");
            }
            long start = MrcHeader.BYTES + (long) header.extended();
            MemorySegment data = channel.map(FileChannel.MapMode.READ_ONLY, start, expected - start, arena);
            return new MrcVolume(path, header, List.copyOf(notes), arena, data);
        } catch (IOException e) {
            arena.close();
            throw InputFile.unreadable(path, "an MRC file", e);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    static MrcHeader readHeader(String file, InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(MrcHeader.BYTES);
        if (bytes.length < MrcHeader.BYTES) {
            throw new InputException(file + ": truncated: " + bytes.length + " bytes, an MRC header alone has "
                    + MrcHeader.BYTES + "; copy or download it again");
        }
        return MrcHeader.parse(file, bytes);
    }

    @Override
    public String name() {
        return path.toString();
    }

    @Override
    public int nx() {
        return nx;
    }

    @Override
    public int ny() {
        return ny;
    }

    @Override
    public int nz() {
        return nz;
    }

    @Override
    public double voxelSize() {
        return header.voxelSize().getFirst();
    }

    @Override
    public float get(int x, int y, int z) {
        Objects.checkIndex(x, nx);
        Objects.checkIndex(y, ny);
        Objects.checkIndex(z, nz);
        float value = header.mode().get(data, at(x, y, z), header.order());
        if (!Float.isFinite(value)) {
            throw Boxes.notFinite(this, x, y, z, value);
        }
        return value;
    }

    private long at(int x, int y, int z) {
        return x * strideX + y * strideY + z * strideZ;
    }

    @Override
    public void read(int x, int y, int z, int width, int height, int depth, float[] out, int at) {
        Boxes.require(this, x, y, z, width, height, depth, out, at);
        boolean copies = header.mode() == MrcMode.FLOAT32 && strideX == Float.BYTES && width > 1;
        ValueLayout.OfFloat layout = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(header.order());
        int to = at;
        for (int k = 0; k < depth; k++) {
            for (int j = 0; j < height; j++, to += width) {
                long from = at(x, y + j, z + k);
                if (copies) {
                    MemorySegment.copy(data, layout, from, out, to, width);
                } else {
                    readRow(from, width, out, to);
                }
            }
        }
        if (header.mode().floating()) {
            Boxes.requireFinite(this, x, y, z, width, height, to - at, out, at);
        }
    }

    private void readRow(long from, int width, float[] out, int to) {
        MrcMode mode = header.mode();
        ByteOrder order = header.order();
        for (int i = 0; i < width; i++) {
            out[to + i] = mode.get(data, from + i * strideX, order);
        }
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
