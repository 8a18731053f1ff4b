package org.cryonext.cryoet.train;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/** Keeps frozen results in a file that is mapped once it is complete: the particles' values one after another. */
final class FrozenFile implements FrozenStore {
    private final TensorType particle;
    private final Draft draft;
    private final Arena arena = Arena.ofShared();
    private MemorySegment mapped;

    private FrozenFile(TensorType particle, Draft draft) {
        this.particle = particle;
        this.draft = draft;
    }

    /**
     * Begins a file.
     *
     * @param particle of the values of a particle
     * @param draft what they are written to; closed with this
     */
    static FrozenFile write(TensorType particle, Draft draft) {
        return new FrozenFile(particle, draft);
    }

    /**
     * Maps a file that is complete.
     *
     * @param particle of the values of a particle
     */
    static FrozenFile read(Path file, TensorType particle) {
        FrozenFile results = new FrozenFile(particle, null);
        try (FileChannel channel = FileChannel.open(file)) {
            results.map(channel);
            return results;
        } catch (IOException e) {
            results.close();
            throw new InputException("Cannot read " + file + ": " + InputFile.reason(e), e);
        }
    }

    private void map(FileChannel channel) throws IOException {
        mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    }

    @Override
    public void put(int place, Tensor values) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(particle.bytes()));
        MemorySegment.ofBuffer(bytes).copyFrom(values.data());
        draft.write(bytes, place * particle.bytes());
    }

    @Override
    public void complete() {
        draft.complete();
        try {
            map(draft.channel());
        } catch (IOException e) {
            throw new InputException("Cannot read " + draft.target() + ": " + InputFile.reason(e), e);
        }
    }

    @Override
    public Tensor get(int place) {
        return new Tensor(particle, mapped.asSlice(place * particle.bytes(), particle.bytes()));
    }

    @Override
    public void close() {
        arena.close();
        if (draft != null) {
            draft.close();
        }
    }
}
