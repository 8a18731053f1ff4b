package org.cryonext.cryoet.volume;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.cryonext.engine.io.AtomicFile;

/**
 * Writes an MRC2014 file slice by slice, so that the volume never has to be in memory. The file appears under its name
 * only when it is whole; minimum, maximum, mean and deviation go into the header at the end.
 */
public final class MrcWriter {
    /** Fills the file: calls {@link MrcWriter#slice} once for each z, in order. */
    @FunctionalInterface
    public interface Content {
        /** @throws IOException passed on as an {@code InputException} that names the file */
        void write(MrcWriter writer) throws IOException;
    }

    private static final ValueLayout.OfFloat LITTLE_ENDIAN_FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MrcForm form;
    private final FileChannel channel;
    private final ByteBuffer buffer;
    private final MemorySegment segment;
    private int written;
    private double smallest = Double.POSITIVE_INFINITY;
    private double largest = Double.NEGATIVE_INFINITY;
    private double sum;
    private double squares;
    private double shift;

    private MrcWriter(MrcForm form, FileChannel channel) {
        this.form = form;
        this.channel = channel;
        int row = Math.multiplyExact(form.nx(), form.mode().bytes());
        int rows = Math.clamp((1 << 20) / row, 1, form.ny());
        buffer = ByteBuffer.allocateDirect(Math.multiplyExact(row, rows));
        segment = MemorySegment.ofBuffer(buffer);
    }

    /**
     * Writes {@code target}, replacing an older file.
     *
     * @throws org.cryonext.engine.io.InputException if it cannot be written (no space left, read-only folder, ...)
     */
    public static void write(Path target, MrcForm form, Content content) {
        AtomicFile.write(target, temporary -> writeDirectly(temporary, form, content));
    }

    /**
     * Writes {@code target} where it stands, without waiting for the disk: for a folder that is itself renamed when all
     * of its files are whole.
     */
    public static void writeDirectly(Path target, MrcForm form, Content content) throws IOException {
        try (FileChannel channel = FileChannel.open(
                target, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            MrcWriter writer = new MrcWriter(form, channel);
            channel.position(MrcHeader.BYTES);
            content.write(writer);
            writer.finish();
        }
    }

    /** Writes a whole volume. */
    public static void write(Path target, MrcForm form, Volume volume) {
        if (volume.nx() != form.nx() || volume.ny() != form.ny() || volume.nz() != form.nz()) {
            throw new IllegalArgumentException(volume.size() + " voxels for " + form);
        }
        write(target, form, writer -> {
            float[] slice = new float[Math.multiplyExact(volume.nx(), volume.ny())];
            for (int z = 0; z < volume.nz(); z++) {
                volume.readSlice(z, slice);
                writer.slice(slice);
            }
        });
    }

    /**
     * Writes the next slice.
     *
     * @param values [ny, nx]; whole numbers within the range of an integer mode
     */
    public void slice(float[] values) throws IOException {
        int plane = Math.multiplyExact(form.nx(), form.ny());
        Objects.checkFromIndexSize(0, plane, values.length);
        if (written == form.nz()) {
            throw new IllegalStateException("slice " + written + " of a volume of " + form.nz());
        }
        if (written == 0) {
            shift = values[0];
        }
        int bytes = form.mode().bytes();
        int chunk = buffer.capacity() / bytes;
        for (int from = 0; from < plane; from += chunk) {
            int n = Math.min(chunk, plane - from);
            store(values, from, n);
            count(values, from, n);
            buffer.clear().limit(n * bytes);
            writeFully();
        }
        written++;
    }

    private void store(float[] values, int from, int n) {
        MrcMode mode = form.mode();
        for (int i = from; i < from + n; i++) {
            if (!mode.holds(values[i])) {
                throw new IllegalArgumentException(values[i] + " in a volume of mode " + mode);
            }
        }
        if (mode == MrcMode.FLOAT32) {
            MemorySegment.copy(values, from, segment, LITTLE_ENDIAN_FLOAT, 0, n);
            return;
        }
        for (int i = 0; i < n; i++) {
            mode.put(segment, (long) i * mode.bytes(), values[from + i]);
        }
    }

    // Sums run over the difference from the first value, so that a large constant does not swallow the deviation.
    private void count(float[] values, int from, int n) {
        float low = values[from];
        float high = values[from];
        for (int i = from; i < from + n; i++) {
            low = Math.min(low, values[i]);
            high = Math.max(high, values[i]);
        }
        smallest = Math.min(smallest, low);
        largest = Math.max(largest, high);
        for (int i = from; i < from + n; i++) {
            double difference = values[i] - shift;
            sum += difference;
            squares += difference * difference;
        }
    }

    private void writeFully() throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private void finish() throws IOException {
        if (written != form.nz()) {
            throw new IllegalStateException(written + " slices written of " + form.nz());
        }
        channel.position(0);
        ByteBuffer header = header();
        while (header.hasRemaining()) {
            channel.write(header);
        }
    }

    private ByteBuffer header() {
        double voxels = (double) form.nx() * form.ny() * form.nz();
        double mean = sum / voxels;
        double deviation = Math.sqrt(Math.max(0, squares / voxels - mean * mean));
        double voxelSize = form.shrec() ? 1 : form.voxelSize();
        int[] size = {form.nx(), form.ny(), form.nz()};
        ByteBuffer header = ByteBuffer.allocate(MrcHeader.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 3; i++) {
            header.putInt(4 * i, size[i]);
            header.putInt(MrcHeader.GRID + 4 * i, size[i]);
            header.putFloat(MrcHeader.CELL + 4 * i, (float) (size[i] * voxelSize));
            header.putFloat(MrcHeader.CELL + 12 + 4 * i, 90);
            header.putInt(MrcHeader.AXES + 4 * i, i + 1);
        }
        header.putInt(MrcHeader.MODE, form.mode().code());
        header.putFloat(MrcHeader.STATISTICS, (float) smallest);
        header.putFloat(MrcHeader.STATISTICS + 4, (float) largest);
        header.putFloat(MrcHeader.STATISTICS + 8, (float) (shift + mean));
        header.putFloat(MrcHeader.RMS, (float) deviation);
        header.putInt(MrcHeader.SPACE_GROUP, 1);
        header.putInt(MrcHeader.VERSION, 20140);
        if (form.mode() == MrcMode.UINT8) {
            header.putInt(MrcHeader.IMOD_STAMP, MrcHeader.IMOD);
        }
        header.put(MrcHeader.MACHINE_STAMP, new byte[] {0x44, (byte) (form.shrec() ? 0x41 : 0x44)});
        if (!form.shrec()) {
            header.put(MrcHeader.MAP_ID, "MAP ".getBytes(StandardCharsets.US_ASCII));
            byte[] label = "Written by CryoNeXt".getBytes(StandardCharsets.US_ASCII);
            header.putInt(MrcHeader.LABELS, 1);
            header.put(MrcHeader.LABELS + 4, label);
        }
        return header;
    }
}
