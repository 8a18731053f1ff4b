package org.cryonext.models.pickle;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.pickle.PickleValue.TensorView;

/**
 * A file that {@code torch.save} wrote (PyTorch 1.6 or newer), memory-mapped: dense tensors are views of the file and
 * are valid until it is closed.
 */
public final class TorchFile implements AutoCloseable {
    private static final String EXPECTED = "a PyTorch checkpoint";
    private static final String PICKLE = "/data.pkl";
    private static final String DATA = "data/";

    /** A model of 700 million weights has 100 KB. */
    private static final long LARGEST_PICKLE = 16 << 20;

    private final Path file;
    private final Arena arena;
    private final Map<String, MemorySegment> storages;
    private final PickleValue content;

    private TorchFile(Path file, Arena arena, Map<String, MemorySegment> storages, PickleValue content) {
        this.file = file;
        this.arena = arena;
        this.storages = storages;
        this.content = content;
    }

    /**
     * Opens a file and reads everything but the tensors' elements.
     *
     * @throws InputException if it is missing, damaged, of another kind, or holds more than weights
     */
    public static TorchFile open(Path file) {
        InputFile.require(file, EXPECTED);
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file)) {
            MemorySegment whole = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            return open(file, arena, StoredZip.open(file, whole));
        } catch (IOException e) {
            arena.close();
            throw InputFile.unreadable(file, EXPECTED, e);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private static TorchFile open(Path file, Arena arena, StoredZip zip) {
        // The folder in the archive is called as the file was when it was written.
        List<String> pickles = zip.names().stream()
                .filter(name -> name.indexOf('/') == name.length() - PICKLE.length() && name.endsWith(PICKLE))
                .toList();
        if (pickles.size() != 1) {
            throw new InputException(file + " is a zip archive, but not one of torch.save: it has "
                    + (pickles.isEmpty() ? "no" : "more than one") + " data.pkl");
        }
        String folder = pickles.getFirst().substring(0, pickles.getFirst().length() - PICKLE.length()) + "/";
        if (zip.names().stream().anyMatch(name -> name.startsWith(folder + "code/"))) {
            throw new InputException(file + " is a TorchScript program, not weights; save those in Python, with"
                    + " torch.save(torch.jit.load(\"" + file.getFileName() + "\").state_dict(), \"weights.pth\")");
        }
        requireLittleEndian(file, zip, folder + "byteorder");
        MemorySegment pickle = zip.data(pickles.getFirst());
        if (pickle.byteSize() > LARGEST_PICKLE) {
            throw new InputException(file + " has a pickle of " + pickle.byteSize() + " bytes, far more than weights"
                    + " need (at most " + LARGEST_PICKLE + ")");
        }
        Map<String, MemorySegment> storages = new HashMap<>();
        for (String name : zip.names()) {
            if (name.startsWith(folder + DATA)) {
                storages.put(name.substring(folder.length() + DATA.length()), zip.data(name));
            }
        }
        return new TorchFile(file, arena, storages, Unpickler.read(file, pickle, storages));
    }

    /** Files of PyTorch before 2.1 do not say; they were written by little-endian machines, as nearly all are. */
    private static void requireLittleEndian(Path file, StoredZip zip, String entry) {
        if (zip.names().contains(entry)) {
            byte[] order = zip.data(entry).toArray(ValueLayout.JAVA_BYTE);
            if (!new String(order, StandardCharsets.UTF_8).equals("little")) {
                throw new InputException(
                        file + " has the byte order of a big-endian machine; save it again on another");
            }
        }
    }

    /** The file. */
    public Path file() {
        return file;
    }

    /** What was saved. */
    public PickleValue content() {
        return content;
    }

    /** A tensor's elements in row-major order: a view of the file if they lie so there, else a copy. */
    public Tensor tensor(TensorView view) {
        MemorySegment data = storages.get(view.storage().key());
        long bytes = view.storage().dtype().bytes();
        if (view.isDense()) {
            return new Tensor(
                    view.type(), data.asSlice(view.offset() * bytes, view.type().bytes()));
        }
        Tensor result = Tensor.zeros(view.type());
        long[] dims = view.shape().toArray();
        long[] index = new long[dims.length];
        long from = view.offset();
        for (long to = 0; to < result.size(); to++) {
            MemorySegment.copy(data, from * bytes, result.data(), to * bytes, bytes);
            for (int i = dims.length - 1; i >= 0; i--) {
                from += view.strides().get(i);
                if (++index[i] < dims[i]) {
                    break;
                }
                from -= view.strides().get(i) * dims[i];
                index[i] = 0;
            }
        }
        return result;
    }

    /** Unmaps the file; tensors taken from it may not be used any more. */
    @Override
    public void close() {
        arena.close();
    }
}
