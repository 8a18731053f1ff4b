package org.cryonext.cryoet.tensorboard;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;

/**
 * Scalars for TensorBoard, in a file of its own for each start of a training. TensorBoard reads the files of a folder in
 * the order of their names, so a new one's comes after those that are there. Each record is written at once and whole.
 *
 * <p>The records are TFRecords (length, its checksum, data, their checksum) of the message Event. Source: TensorFlow's
 * documentation of TFRecord and tensorboard/compat/proto/event.proto, whose fields have the numbers below.
 */
public final class EventFile implements AutoCloseable {
    private static final Pattern NAME =
            Pattern.compile("events\\.out\\.tfevents\\.(\\d{1,18})\\.cryonext\\.(\\d{1,9})");
    private static final String VERSION = "brain.Event:2";

    private static final int WALL_TIME = 1;
    private static final int STEP = 2;
    private static final int FILE_VERSION = 3;
    private static final int SUMMARY = 5;
    private static final int SESSION_LOG = 7;
    private static final int SUMMARY_VALUE = 1;
    private static final int VALUE_TAG = 1;
    private static final int VALUE_SIMPLE = 2;
    private static final int SESSION_STATUS = 1;
    private static final int SESSION_START = 1;

    private final Path file;
    private final FileChannel channel;

    private EventFile(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Fields of a message. */
    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    /** Second and number in a file's name. */
    private record Place(long second, int number) {}

    /**
     * Begins a file.
     *
     * @param folder where it goes; made if it is not there
     * @param step the first one that follows; TensorBoard forgets what earlier files have from there on
     * @throws InputException if it cannot be written
     */
    public static EventFile create(Path folder, long step) {
        Path file = folder;
        try {
            Files.createDirectories(folder);
            file = folder.resolve(next(folder));
            EventFile events = new EventFile(
                    file, FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
            events.write(0, out -> out.writeString(FILE_VERSION, VERSION));
            events.write(step, out -> nested(out, SESSION_LOG, log -> log.writeEnum(SESSION_STATUS, SESSION_START)));
            return events;
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    /** Whether a folder has files of earlier starts. */
    public static boolean isIn(Path folder) {
        try {
            return Files.isDirectory(folder) && newest(folder).isPresent();
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
    }

    private static String next(Path folder) throws IOException {
        long now = System.currentTimeMillis() / 1000;
        Optional<Place> newest = newest(folder);
        // Clocks are set back now and then.
        long second = Math.max(now, newest.map(Place::second).orElse(0L));
        int number = newest.map(Place::number).orElse(0) + 1;
        return String.format(Locale.ROOT, "events.out.tfevents.%010d.cryonext.%04d", second, number);
    }

    private static Optional<Place> newest(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> NAME.matcher(file.getFileName().toString()))
                    .filter(Matcher::matches)
                    .map(name -> new Place(Long.parseLong(name.group(1)), Integer.parseInt(name.group(2))))
                    .max(Comparator.comparing(Place::second).thenComparing(Place::number));
        }
    }

    /**
     * Writes what was measured in a step.
     *
     * @param values by their tags: {@code loss/train}
     */
    public void scalars(long step, Map<String, Double> values) {
        write(
                step,
                event -> nested(event, SUMMARY, summary -> {
                    for (Map.Entry<String, Double> value : values.entrySet()) {
                        nested(summary, SUMMARY_VALUE, out -> {
                            out.writeString(VALUE_TAG, value.getKey());
                            out.writeFloat(VALUE_SIMPLE, value.getValue().floatValue());
                        });
                    }
                }));
    }

    private void write(long step, Fields fields) {
        try {
            byte[] event = message(out -> {
                out.writeDouble(WALL_TIME, System.currentTimeMillis() / 1000.0);
                out.writeInt64(STEP, step);
                fields.write(out);
            });
            ByteBuffer record = ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES + event.length)
                    .order(ByteOrder.LITTLE_ENDIAN);
            record.putLong(event.length);
            record.putInt(masked(record.array(), 0, Long.BYTES));
            record.put(event);
            record.putInt(masked(event, 0, event.length));
            record.flip();
            while (record.hasRemaining()) {
                channel.write(record);
            }
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private static void nested(CodedOutputStream out, int field, Fields fields) throws IOException {
        out.writeByteArray(field, message(fields));
    }

    private static byte[] message(Fields fields) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        fields.write(out);
        out.flush();
        return bytes.toByteArray();
    }

    /** A checksum that may stand among the bytes of which another is taken. */
    static int masked(byte[] bytes, int from, int count) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, from, count);
        return Integer.rotateRight((int) sum.getValue(), 15) + 0xA282EAD8;
    }

    /** Makes sure that all of it is on the disk. */
    public void sync() {
        try {
            channel.force(false);
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private static InputException unwritable(Path file, IOException e) {
        return new InputException("Cannot write " + file + ": " + AtomicFile.reason(file, e), e);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }
}
