package org.cryonext.models.pickle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.models.Fixtures;
import org.cryonext.models.pickle.PickleValue.Constant;
import org.cryonext.models.pickle.PickleValue.Dictionary;
import org.cryonext.models.pickle.PickleValue.Real;
import org.cryonext.models.pickle.PickleValue.Sequence;
import org.cryonext.models.pickle.PickleValue.TensorView;
import org.cryonext.models.pickle.PickleValue.Text;
import org.cryonext.models.pickle.PickleValue.Tuple;
import org.cryonext.models.pickle.PickleValue.Whole;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pickles written byte by byte: what is read, and that everything else is refused by name and never done. */
class UnpicklerTest {
    @TempDir
    Path folder;

    private PickleValue read(Archive archive) {
        try (TorchFile file = TorchFile.open(archive.write(folder.resolve("file.pth"), ZipEntry.STORED))) {
            return file.content();
        }
    }

    private void assertRefused(Archive archive, String message) {
        assertThatThrownBy(() -> read(archive))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("file.pth")
                .hasMessageContaining(message);
    }

    @Test
    void readsEveryPlainValue() {
        Archive archive = new Archive()
                .op(']', 'q', 0, '(')
                .op('N', 0x88, 0x89, 'K', 200, 'M', 0xff, 0xff)
                .whole(-5)
                .whole(1L << 40)
                .op(0x8a, 0, 0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1)
                .op('G', 0x3f, 0xe0, 0, 0, 0, 0, 0, 0)
                .text("zwölf")
                .op(0x8c, 1, 'x')
                .op(')', 'K', 1, 0x85, 'K', 1, 'K', 2, 0x86)
                .op('}', '(')
                .text("a")
                .op('K', 1, 'K', 7, 'K', 2, 'u')
                .op('h', 0, 'e', '.');
        Sequence list = (Sequence) read(archive);
        assertThat(list.items().subList(0, 3)).containsExactly(Constant.NONE, Constant.TRUE, Constant.FALSE);
        assertThat(list.items().subList(3, 9))
                .extracting(value -> ((Whole) value).value())
                .containsExactly(
                        BigInteger.valueOf(200),
                        BigInteger.valueOf(65535),
                        BigInteger.valueOf(-5),
                        BigInteger.ONE.shiftLeft(40),
                        BigInteger.ZERO,
                        BigInteger.ONE.shiftLeft(64));
        assertThat(list.items().subList(9, 12)).containsExactly(new Real(0.5), new Text("zwölf"), new Text("x"));
        assertThat(((Tuple) list.items().get(12)).items()).isEmpty();
        assertThat(((Tuple) list.items().get(14)).items()).hasSize(2);
        assertThat(((Dictionary) list.items().get(15)).entries()).containsOnlyKeys("a", "7");
        // It holds itself, which harms nobody.
        assertThat(list.items().get(16)).isSameAs(list);
    }

    @Test
    void readsTensorsAtTheirPlaces() {
        long[] size = {2, 3};
        Archive archive = new Archive()
                .op('}')
                .text("t")
                .tensor("0", 12, 1, size, new long[] {1, 2})
                .op('s', '.')
                .data("0", 48);
        // 0, 1, ..., 11 as floats.
        ByteBuffer values = ByteBuffer.wrap(archive.data("0")).order(ByteOrder.LITTLE_ENDIAN);
        IntStream.range(0, 12).forEach(i -> values.putFloat(4 * i, i));
        try (TorchFile file = TorchFile.open(archive.write(folder.resolve("file.pth"), ZipEntry.STORED))) {
            TensorView view =
                    (TensorView) ((Dictionary) file.content()).entries().get("t");
            assertThat(view.type().shape()).isEqualTo(Shape.of(2, 3));
            assertThat(file.tensor(view).toFloats()).containsExactly(1, 3, 5, 2, 4, 6);
        }
    }

    @Test
    void namesEveryOtherGlobalAndDoesNothing() {
        Archive system = new Archive()
                .global("posix", "system")
                .text("touch " + folder.resolve("executed"))
                .op(0x85, 'R', '.');
        assertRefused(system, "is more than weights: its pickle names posix.system, and only tensors");
        assertRefused(new Archive().global("builtins", "eval").op('.'), "names builtins.eval");
        assertRefused(new Archive().text("os").text("system").op(0x93, '.'), "names os.system");
        assertRefused(
                new Archive().op('(').text("id").op('i').line("os").line("f").op('.'), "names os.f");
        assertRefused(new Archive().global("torch", "QInt8Storage").op('.'), "names torch.QInt8Storage");
        assertRefused(
                new Archive()
                        .op('(', 'i')
                        .line("collections")
                        .line("OrderedDict")
                        .op('.'),
                "an object of collections.OrderedDict");
        assertThat(folder.resolve("executed")).doesNotExist();
    }

    @Test
    void knownGlobalsDoNothingElse() {
        Archive called = new Archive().global("torch", "FloatStorage").op('K', 5, 0x85, 'R', '.');
        assertRefused(called, "a call of torch.FloatStorage, which makes no tensor");
        Archive filled = new Archive().global("collections", "OrderedDict").op(']', 0x85, 'R', '.');
        assertRefused(filled, "an OrderedDict made from 1 values, expected none");
        assertRefused(new Archive().op('K', 1, ')', 'R', '.'), "a call of a number, which makes no tensor");
        assertRefused(new Archive().global("collections", "OrderedDict").op('}', 'R', '.'), "a call with a dictionary");
        assertRefused(new Archive().op(']', '}', 'b', '.'), "a list with a state, expected that of dictionaries alone");
        assertRefused(new Archive().global("torch", "FloatStorage").op(')', 0x81, '.'), "instruction 0x81");
        assertRefused(new Archive().op(0x82, 1, '.'), "instruction 0x82");
        assertRefused(new Archive().op('P', 'x', '\n', '.'), "instruction 0x50");
        assertRefused(new Archive().text("x").op('Q', '.'), "a reference to something outside that is no storage");
        assertRefused(
                new Archive().op('(', 'K', 1, 't').text("x").op(0x86).op('Q', '.'),
                "a reference to something outside that is no storage");
    }

    @Test
    void storagesAndTensorsMustLieInTheFile() {
        long[] three = {3};
        long[] one = {1};
        assertRefused(new Archive().storage("7", 3).op('.'), "a tensor in storage 7, which the archive does not have");
        assertRefused(
                new Archive().storage("../data.pkl", 3).op('.'), "storage ../data.pkl, which the archive does not");
        assertRefused(
                new Archive().storage("0", 3).op('.').data("0", 16),
                "a storage 0 of 3 elements of F32, but the archive has 16 bytes for it");
        assertRefused(new Archive().storage("0", 1L << 62).op('.').data("0", 16), "of 4611686018427387904 elements");
        assertRefused(new Archive().storage("0", -1).op('.').data("0", 16), "the extent -1 of a tensor");
        assertRefused(view(2, three, one), "of size [3] with strides [1] at element 2, which does not lie within");
        assertRefused(view(0, three, new long[] {2}), "which does not lie within its storage of 4 elements");
        assertRefused(view(0, new long[] {5}, new long[] {0}), "which does not lie within its storage of 4 elements");
        assertRefused(view(0, new long[] {1L << 40, 1L << 40}, new long[] {0, 0}), "which does not lie within");
        assertRefused(view(Long.MAX_VALUE, three, one), "which does not lie within");
        assertRefused(view(0, three, new long[] {Long.MAX_VALUE}), "which does not lie within");
        assertRefused(view(0, new long[] {-3}, one), "the extent -3 of a tensor");
        assertRefused(view(0, three, new long[] {-1}), "the extent -1 of a tensor");
        assertRefused(view(0, three, new long[] {1, 1}), "a tensor of size [3] with strides [1, 1]");
        Archive hooked = new Archive()
                .global("torch._utils", "_rebuild_tensor_v2")
                .op('(')
                .storage("0", 4)
                .op('K', 0, 'K', 1, 0x85, 'K', 1, 0x85, 0x89, 'K', 3, 't', 'R', '.')
                .data("0", 16);
        assertRefused(hooked, "a tensor that is not made as torch.save makes one");
    }

    private static Archive view(long offset, long[] size, long[] stride) {
        return new Archive().tensor("0", 4, offset, size, stride).op('.').data("0", 16);
    }

    @Test
    void theStackHoldsWhatInstructionsTake() {
        assertRefused(new Archive().op('.'), "byte 2 of its pickle has an end with 0 values, expected one");
        assertRefused(new Archive().op('N', 'N', '.'), "an end with 2 values, expected one");
        assertRefused(new Archive().op('(', 'N', '.'), "an end with 1 values, expected one");
        assertRefused(new Archive().op('N', 't', '.'), "an instruction that needs a mark, and there is none");
        assertRefused(new Archive().op('N', 0x86, '.'), "an instruction that needs more values than there are");
        assertRefused(new Archive().op('N', '(', 0x85, '.'), "an instruction that needs more values than there are");
        assertRefused(new Archive().op('q', 0, '.'), "an instruction that needs more values than there are");
        assertRefused(new Archive().op('N', 'r').number(-1).op('.'), "a value remembered as number 4294967295");
        assertRefused(new Archive().op('h', 3, '.'), "a reference to value 3, which it does not have");
        assertRefused(new Archive().op('}', 'N', 'a', '.'), "items for a dictionary, expected a list");
        assertRefused(new Archive().op(']', 'N', 'N', 's', '.'), "entries for a list, expected a dictionary");
        assertRefused(new Archive().op('}', 'N', 'N', 's', '.'), "None as a key, expected strings or whole numbers");
        assertRefused(new Archive().op('}', '(', 'N', 'u', '.'), "a key without a value");
        assertRefused(new Archive().op('}', '(', 'K', 1, 'N').text("1").op('N', 'u', '.'), "two entries 1");
        assertRefused(new Archive().op('X').number(-1).op('.'), "needs 4294967295 bytes, but only 1 follow");
        assertRefused(new Archive().op(0x8d).number(-1).number(-1).op('.'), "needs 18446744073709551615 bytes");
        assertRefused(new Archive().op('c', 'o', 's'), "needs 1 bytes, but only 0 follow; the file is truncated");
        assertRefused(new Archive().op('X').number(1).op(0xff, '.'), "a string that is not UTF-8");
        assertRefused(new Archive().op(0x8a, 200, '.'), "a whole number of 200 bytes, expected at most 64");
        assertRefused(new Archive().op(0x80, 9, '.'), "protocol 9, expected 2 to 5");
    }

    @Test
    void nestingAndRepetitionAreBounded() {
        byte[] tuples = new byte[500_000];
        Arrays.fill(tuples, (byte) 0x85);
        Archive deep = new Archive().op('N').raw(tuples);
        assertThat(read(deep.op('.'))).isInstanceOf(Tuple.class);
        byte[] lists = new byte[(1 << 20) + 1];
        Arrays.fill(lists, (byte) ']');
        Archive many = new Archive().raw(lists);
        assertRefused(many, "more than 1048576 values");
        Archive doubling = new Archive().op(']', 0x94);
        for (int i = 0; i < 40; i++) {
            doubling.op('(', 'h', i, 'h', i, 't', 0x94);
        }
        assertRefused(doubling.op('.'), "an end with 41 values");
    }

    @Test
    void archivesMustBeThoseOfTorch() throws IOException {
        Path file = folder.resolve("file.pth");
        Archive plain = new Archive().op('N', '.');
        plain.write(file, ZipEntry.DEFLATED);
        assertThatThrownBy(() -> TorchFile.open(file))
                .isInstanceOf(InputException.class)
                .hasMessage(file + " is not a usable zip archive: its entry archive/data.pkl is compressed (method 8),"
                        + " torch.save stores entries as they are");
        assertRefused(new Archive().op('N', '.').entry("other/data.pkl", new byte[1]), "it has more than one data.pkl");
        assertRefused(
                new Archive().op('N', '.').entry("archive/byteorder", "big".getBytes(StandardCharsets.UTF_8)),
                "has the byte order of a big-endian machine");
        assertRefused(new Archive().op('N', '.').entry("archive/code/x.py", new byte[1]), "is a TorchScript program");
        assertRefused(
                new Archive().raw(new byte[17 << 20]), "has a pickle of 17825794 bytes, far more than weights need");
    }

    @Test
    void truncatedAndBrokenArchivesAreRefused() throws IOException {
        byte[] whole = Files.readAllBytes(Fixtures.model("torch/v1-bf16.pth"));
        Path file = folder.resolve("file.pth");
        for (int length = 0; length < whole.length; length += 997) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> TorchFile.open(file))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("file.pth");
        }
        Random random = new Random(3);
        for (int i = 0; i < 300; i++) {
            byte[] broken = whole.clone();
            // The directory and the pickle, where the structure is.
            int at = i % 2 == 0 ? whole.length - 1 - random.nextInt(8000) : random.nextInt(10_000);
            broken[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, broken);
            try (TorchFile opened = TorchFile.open(file)) {
                if (opened.content() instanceof Dictionary tensors) {
                    tensors.entries().values().stream()
                            .filter(TensorView.class::isInstance)
                            .forEach(view -> opened.tensor((TensorView) view));
                }
            } catch (InputException e) {
                assertThat(e.getMessage()).contains("file.pth");
            }
        }
    }

    @Test
    void entriesMayNotOverlap() throws IOException {
        Path file = new Archive()
                .op('N', '.')
                .data("0", 16)
                .data("1", 16)
                .write(folder.resolve("file.pth"), ZipEntry.STORED);
        byte[] zip = Files.readAllBytes(file);
        // The directory's last header is the second storage's; let it point where the first one is.
        int last = lastIndexOf(zip, "archive/data/1") - 46;
        int first = lastIndexOf(zip, "archive/data/0") - 46;
        System.arraycopy(zip, first + 42, zip, last + 42, 4);
        Files.write(file, zip);
        assertThatThrownBy(() -> TorchFile.open(file)).hasMessageContaining("its entry archive/data/1 overlaps");
    }

    private static int lastIndexOf(byte[] bytes, String text) {
        return new String(bytes, StandardCharsets.ISO_8859_1).lastIndexOf(text);
    }
}
