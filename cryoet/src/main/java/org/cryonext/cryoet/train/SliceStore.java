package org.cryonext.cryoet.train;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cryonext.cryoet.dataset.AlignmentCheck;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.dataset.LabelledTomogram;
import org.cryonext.cryoet.dataset.ShrecTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.network.SliceSource;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.SliceCutter;
import org.cryonext.cryoet.volume.Volume;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;

/** The slices of all samples in one mapped file, so that the volumes are read once and memory is left to the network. */
final class SliceStore implements SliceSource, AutoCloseable {
    private final Arena arena;
    private final MemorySegment data;
    private final int bytes;

    private SliceStore(Arena arena, MemorySegment data, int bytes) {
        this.arena = arena;
        this.data = data;
        this.bytes = bytes;
    }

    /** Bytes of the slices of some samples. */
    static long bytes(NetworkInput input, List<Sample> samples) {
        return (long) samples.size() * input.sliceBytes();
    }

    /**
     * Cuts the slices of all samples, unless the file has them from an earlier start of the run.
     *
     * @throws StoppedException when a stop is asked for
     */
    static SliceStore open(Path file, Dataset dataset, List<Sample> samples, NetworkInput input, TrainContext context) {
        long total = bytes(input, samples);
        try {
            if (!Files.exists(file) || Files.size(file) != total) {
                context.progress().start("Cutting slices", samples.size(), "particles");
                AtomicFile.write(file, temporary -> {
                    try (FileChannel out = FileChannel.open(
                            temporary,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.TRUNCATE_EXISTING)) {
                        cut(out, dataset, samples, input, context);
                    }
                });
                context.progress().finish();
            }
            Arena arena = Arena.ofShared();
            try (FileChannel in = FileChannel.open(file)) {
                return new SliceStore(
                        arena, in.map(FileChannel.MapMode.READ_ONLY, 0, total, arena), input.sliceBytes());
            }
        } catch (IOException e) {
            throw new InputException("Cannot read " + file + ": " + InputFile.reason(e), e);
        }
    }

    private static void cut(
            FileChannel out, Dataset dataset, List<Sample> samples, NetworkInput input, TrainContext context)
            throws IOException {
        Map<String, List<Integer>> byTomogram = new LinkedHashMap<>();
        for (int i = 0; i < samples.size(); i++) {
            byTomogram
                    .computeIfAbsent(samples.get(i).tomogram(), name -> new ArrayList<>())
                    .add(i);
        }
        byte[] slices = new byte[input.sliceBytes()];
        for (Map.Entry<String, List<Integer>> entry : byTomogram.entrySet()) {
            LabelledTomogram tomogram = dataset.tomogram(entry.getKey());
            if (input.source() == Source.RECONSTRUCTION
                    && tomogram instanceof ShrecTomogram shrec
                    && Files.exists(shrec.folder().resolve(Source.GRANDMODEL.file()))) {
                AlignmentCheck.of(shrec).note(shrec).ifPresent(context.say());
            }
            try (Volume volume = tomogram.open(input.source())) {
                // Which samples count was decided before; those that do are cut alike under either rule.
                SliceCutter cutter = input.cutter(volume, tomogram.placement(input.source()), Borders.PAD);
                for (int index : entry.getValue()) {
                    if (context.stop().getAsBoolean()) {
                        throw new StoppedException();
                    }
                    cutter.cut(samples.get(index).particle(), slices, 0);
                    ByteBuffer buffer = ByteBuffer.wrap(slices);
                    for (long at = (long) index * slices.length; buffer.hasRemaining(); ) {
                        at += out.write(buffer, at);
                    }
                    context.progress().advance(1);
                }
            }
        }
    }

    /** Deletes the file, and its folder if nothing else is in it. */
    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
            Files.deleteIfExists(file.getParent());
        } catch (IOException e) {
            throw new InputException("Cannot delete " + file + ": " + AtomicFile.reason(file, e), e);
        }
    }

    @Override
    public void read(int sample, byte[] out, int at) {
        MemorySegment.copy(data, ValueLayout.JAVA_BYTE, (long) sample * bytes, out, at, bytes);
    }

    @Override
    public void close() {
        arena.close();
    }
}
