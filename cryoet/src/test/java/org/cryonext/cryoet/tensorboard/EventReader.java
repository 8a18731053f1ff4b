package org.cryonext.cryoet.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Reads a folder of event files as TensorBoard does: one after another in the order of their names, a record that is cut off
 * ends its file, and the start of a session forgets what was there from its step on.
 */
public final class EventReader {
    /** A value that TensorBoard shows. */
    public record Scalar(String tag, long step, float value) {}

    private final List<Scalar> scalars = new ArrayList<>();
    private final List<String> versions = new ArrayList<>();

    private EventReader() {}

    /** What TensorBoard shows of a folder. */
    public static List<Scalar> scalars(Path folder) throws IOException {
        return read(folder).scalars;
    }

    static List<String> versions(Path folder) throws IOException {
        return read(folder).versions;
    }

    private static EventReader read(Path folder) throws IOException {
        EventReader reader = new EventReader();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                assertThat(file.getFileName().toString()).startsWith("events.out.tfevents.");
                reader.file(Files.readAllBytes(file));
            }
        }
        return reader;
    }

    private void file(byte[] bytes) throws IOException {
        ByteBuffer records = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (records.remaining() >= 16) {
            int at = records.position();
            long length = records.getLong();
            if (records.remaining() < length + 8) {
                return;
            }
            assertThat(records.getInt()).as("checksum of a length").isEqualTo(masked(bytes, at, 8));
            byte[] event = new byte[(int) length];
            records.get(event);
            assertThat(records.getInt()).as("checksum of an event").isEqualTo(masked(bytes, at + 12, (int) length));
            event(CodedInputStream.newInstance(event));
        }
    }

    /** Written down apart from the writer's: ((crc >> 15) | (crc << 17)) + 0xa282ead8, in 32 bits. */
    private static int masked(byte[] bytes, int from, int count) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, from, count);
        long crc = sum.getValue();
        return (int) ((crc >> 15 | crc << 17 & 0xFFFFFFFFL) + 0xa282ead8L);
    }

    private void event(CodedInputStream in) throws IOException {
        long step = 0;
        double time = 0;
        List<byte[]> summaries = new ArrayList<>();
        boolean start = false;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> time = in.readDouble();
                case 2 -> step = in.readInt64();
                case 3 -> versions.add(in.readString());
                case 5 -> summaries.add(in.readByteArray());
                case 7 -> {
                    assertThat(in.readByteArray()).containsExactly(8, 1);
                    start = true;
                }
                default -> throw new AssertionError("field " + WireFormat.getTagFieldNumber(tag));
            }
        }
        assertThat(time).isBetween(1.7e9, 1e11);
        long first = step;
        if (start) {
            scalars.removeIf(scalar -> scalar.step() >= first);
        }
        for (byte[] summary : summaries) {
            summary(step, CodedInputStream.newInstance(summary));
        }
    }

    private void summary(long step, CodedInputStream in) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            assertThat(WireFormat.getTagFieldNumber(tag)).isEqualTo(1);
            CodedInputStream value = CodedInputStream.newInstance(in.readByteArray());
            value.readTag();
            String name = value.readString();
            assertThat(WireFormat.getTagFieldNumber(value.readTag())).isEqualTo(2);
            scalars.add(new Scalar(name, step, value.readFloat()));
        }
    }
}
