package org.cryonext.cryoet.train;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.cryonext.engine.grad.FrozenPrefix;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/**
 * The frozen prefix's results for some samples, in memory or in a mapped file: computed once, read in every epoch. The
 * values are those that the prefix computed, bit by bit.
 */
final class PrefixCache implements AutoCloseable {
    private final List<String> names;
    private final long[] rows;
    private final int[] floats;
    private final int[] places;
    private final float[][] memory;
    private final Path file;
    private final Arena arena = Arena.ofShared();
    private FileChannel channel;
    private MemorySegment mapped;

    /**
     * @param prefix the split of the graph for a batch
     * @param batch its particles
     * @param samples whose results are kept
     * @param all number of all samples
     * @param file where they are kept; null for memory
     */
    PrefixCache(FrozenPrefix prefix, int batch, int[] samples, int all, Path file) {
        names = prefix.cut();
        rows = new long[names.size()];
        floats = new int[names.size()];
        for (int i = 0; i < rows.length; i++) {
            Value value = prefix.prefix().output(names.get(i));
            rows[i] = value.shape().dim(0) / batch;
            floats[i] = Math.toIntExact(value.shape().size() / batch);
        }
        places = new int[all];
        Arrays.fill(places, -1);
        for (int i = 0; i < samples.length; i++) {
            places[samples[i]] = i;
        }
        this.file = file;
        memory = file == null ? new float[samples.length][] : null;
        if (file != null) {
            try {
                Files.createDirectories(file.getParent());
                channel = FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING);
            } catch (IOException e) {
                throw unwritable(e);
            }
        }
    }

    /** Bytes that the results for one particle take. */
    static long bytesOfParticle(FrozenPrefix prefix, int batch) {
        return prefix.prefix().outputs().values().stream()
                        .mapToLong(value -> value.type().bytes())
                        .sum()
                / batch;
    }

    private int floatsOfParticle() {
        return Arrays.stream(floats).sum();
    }

    /**
     * Takes the results of a batch from the prefix's program.
     *
     * @param samples the samples that the batch holds
     */
    void store(Program prefix, int[] samples) {
        List<Tensor> results = new ArrayList<>();
        names.forEach(name -> results.add(prefix.get(name)));
        for (int i = 0; i < samples.length; i++) {
            float[] own = new float[floatsOfParticle()];
            int at = 0;
            for (int c = 0; c < floats.length; c++) {
                results.get(c).copyTo((long) i * floats[c], own, at, floats[c]);
                at += floats[c];
            }
            keep(places[samples[i]], own);
        }
    }

    private void keep(int place, float[] values) {
        if (memory != null) {
            memory[place] = values;
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        try {
            for (long at = (long) place * bytes.capacity(); bytes.hasRemaining(); ) {
                at += channel.write(bytes, at);
            }
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** To be called when all results are stored. */
    void complete() {
        if (channel != null) {
            try {
                mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            } catch (IOException e) {
                throw unwritable(e);
            }
        }
    }

    private InputException unwritable(IOException e) {
        return new InputException("Cannot write " + file + ": " + AtomicFile.reason(file, e), e);
    }

    /**
     * Sets a particle's part of the inputs that stand for the prefix.
     *
     * @param slot which particle of the program's batch
     */
    void upload(Program program, int slot, int sample) {
        int at = 0;
        for (int c = 0; c < floats.length; c++) {
            program.setRows(names.get(c), slot * rows[c], values(places[sample], at, floats[c]));
            at += floats[c];
        }
    }

    private Tensor values(int place, int at, int count) {
        if (memory != null) {
            return Tensor.of(memory[place], memory[place].length).slice(at, at + count);
        }
        long start = ((long) place * floatsOfParticle() + at) * Float.BYTES;
        return new Tensor(TensorType.f32(count), mapped.asSlice(start, (long) count * Float.BYTES));
    }

    @Override
    public void close() {
        arena.close();
        if (channel != null) {
            try {
                channel.close();
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw unwritable(e);
            }
        }
    }
}
