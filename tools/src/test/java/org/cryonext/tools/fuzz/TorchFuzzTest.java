package org.cryonext.tools.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.cryonext.models.pickle.PickleValue;
import org.cryonext.models.pickle.PickleValue.Dictionary;
import org.cryonext.models.pickle.PickleValue.TensorView;
import org.cryonext.models.pickle.TorchFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What torch.save writes: a whole archive, or bytes that are no archive as the pickle in one, with a storage of 64 bytes. */
class TorchFuzzTest {
    @TempDir
    private Path folder;

    private Consumer<byte[]> reader;

    @BeforeEach
    void open() {
        reader = reader(folder);
    }

    @FuzzTest
    @DictionaryEntries({
        "ctorch._utils\\x0A_rebuild_tensor_v2\\x0A",
        "ctorch\\x0AFloatStorage\\x0A",
        "ccollections\\x0AOrderedDict\\x0A",
        "storage",
        "cos\\x0Asystem\\x0A"
    })
    void anyBytes(byte[] bytes) {
        reader.accept(bytes);
    }

    static Consumer<byte[]> reader(Path folder) {
        var contract = new ReaderContract<>(folder.resolve("a.pth"), TorchFuzzTest::read, tensors -> {});
        return bytes -> contract.accept(isArchive(bytes) ? bytes : archive(bytes));
    }

    private static boolean isArchive(byte[] bytes) {
        return bytes.length > 1 && bytes[0] == 'P' && bytes[1] == 'K';
    }

    private static byte[] archive(byte[] pickle) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            store(zip, "a/data.pkl", pickle);
            store(zip, "a/data/0", new byte[64]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static void store(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        CRC32 checksum = new CRC32();
        checksum.update(bytes);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(bytes);
    }

    /** Makes every tensor of a state dict, alone or in another dictionary, and counts them. */
    private static int read(Path path) {
        try (TorchFile file = TorchFile.open(path)) {
            return tensors(file, file.content(), 2);
        }
    }

    private static int tensors(TorchFile file, PickleValue value, int levels) {
        return switch (value) {
            case TensorView view -> {
                file.tensor(view);
                yield 1;
            }
            case Dictionary dictionary
            when levels > 0 ->
                dictionary.entries().values().stream()
                        .mapToInt(inner -> tensors(file, inner, levels - 1))
                        .sum();
            default -> 0;
        };
    }
}
