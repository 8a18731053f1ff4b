package org.cryonext.models.pickle;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.cryonext.engine.io.InputException;
import org.cryonext.models.pickle.PickleValue.Constant;
import org.cryonext.models.pickle.PickleValue.Dictionary;
import org.cryonext.models.pickle.PickleValue.Global;
import org.cryonext.models.pickle.PickleValue.Real;
import org.cryonext.models.pickle.PickleValue.Sequence;
import org.cryonext.models.pickle.PickleValue.Text;
import org.cryonext.models.pickle.PickleValue.Tuple;
import org.cryonext.models.pickle.PickleValue.Whole;

/**
 * Python's pickle machine with the instructions that values need (protocols 2 to 5) and without those that build
 * objects: a pickle may name no global but those of {@link Global}. It makes at most one value for an instruction, none
 * of them larger than its own bytes in the file. Source: CPython's Lib/pickletools.py.
 */
final class Unpickler {
    /** A model of 700 million weights has about 10,000. */
    private static final int MOST_VALUES = 1 << 20;

    /** Digits of a whole number; a random seed has 20. */
    private static final int LONGEST_NUMBER = 64;

    private final Path file;
    private final ByteBuffer bytes;
    private final Map<String, MemorySegment> archive;
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
    private PickleValue[] stack = new PickleValue[64];
    private int depth;
    private int[] marks = new int[16];
    private int marked;
    private PickleValue[] memo = new PickleValue[64];
    private int remembered;
    private int values;
    private int at;

    private Unpickler(Path file, MemorySegment pickle, Map<String, MemorySegment> archive) {
        this.file = file;
        this.bytes = ByteBuffer.wrap(pickle.toArray(ValueLayout.JAVA_BYTE)).order(ByteOrder.LITTLE_ENDIAN);
        this.archive = archive;
    }

    /**
     * The value that a pickle holds.
     *
     * @param archive the storages by key
     * @throws InputException if it is damaged or holds something else than weights, naming what and where
     */
    static PickleValue read(Path file, MemorySegment pickle, Map<String, MemorySegment> archive) {
        return new Unpickler(file, pickle, archive).run();
    }

    private PickleValue run() {
        while (true) {
            at = bytes.position();
            int op = u8();
            switch (op) {
                case 0x80 -> {
                    int protocol = u8();
                    if (protocol > 5) {
                        throw bad("protocol " + protocol + ", expected 2 to 5");
                    }
                }
                case 0x95 -> take(8); // FRAME: how many bytes to fetch at once
                case '(' -> mark();
                case 'N' -> push(Constant.NONE);
                case 0x88 -> push(Constant.TRUE);
                case 0x89 -> push(Constant.FALSE);
                case 'K' -> whole(u8());
                case 'M' -> whole(Short.toUnsignedInt(take(2).getShort()));
                case 'J' -> whole(take(4).getInt());
                case 0x8a -> push(new Whole(number(u8())));
                case 'G' -> push(new Real(take(8).order(ByteOrder.BIG_ENDIAN).getDouble()));
                case 0x8c -> push(new Text(text(u8())));
                case 'X' -> push(new Text(text(u32())));
                case 0x8d -> push(new Text(text(take(8).getLong())));
                case '}' -> push(new Dictionary());
                case ']' -> push(new Sequence());
                case ')' -> push(new Tuple(List.of()));
                case 0x85 -> push(new Tuple(List.of(pop())));
                case 0x86 -> push(new Tuple(pop(2)));
                case 0x87 -> push(new Tuple(pop(3)));
                case 't' -> push(new Tuple(popToMark()));
                case 's' -> set(pop(2));
                case 'u' -> set(popToMark());
                case 'a' -> append(List.of(pop()));
                case 'e' -> append(popToMark());
                case 'q' -> put(u8());
                case 'r' -> put(u32());
                case 0x94 -> put(remembered);
                case 'h' -> get(u8());
                case 'j' -> get(u32());
                case 'c' -> push(global(line(), line()));
                case 'i' -> global(line(), line());
                case 0x93 -> {
                    List<PickleValue> names = pop(2);
                    push(global(expectText(names.get(0)), expectText(names.get(1))));
                }
                case 'Q' -> push(TorchTensors.storage(pop(), archive, this::bad));
                case 'R' -> {
                    List<PickleValue> call = pop(2);
                    push(call(call.get(0), call.get(1)));
                }
                case 'b' -> {
                    // The state of an OrderedDict: in state dicts the modules' versions, which weights do not need.
                    PickleValue state = pop();
                    if (!(top() instanceof Dictionary && state instanceof Dictionary)) {
                        throw bad(top().kind() + " with a state, expected that of dictionaries alone");
                    }
                }
                case '.' -> {
                    if (depth != 1 || marked != 0) {
                        throw bad("an end with " + depth + " values, expected one");
                    }
                    return stack[0];
                }
                default ->
                    throw bad("instruction 0x" + Integer.toHexString(op)
                            + ", which no file of tensors, dictionaries, lists, strings and numbers has");
            }
        }
    }

    private PickleValue call(PickleValue function, PickleValue arguments) {
        if (!(arguments instanceof Tuple tuple)) {
            throw bad("a call with " + arguments.kind() + ", expected a tuple");
        }
        List<PickleValue> given = tuple.items();
        return switch (function) {
            case Global.ORDERED_DICT -> {
                if (!given.isEmpty()) {
                    throw bad("an OrderedDict made from " + given.size() + " values, expected none");
                }
                yield new Dictionary();
            }
            case Global.REBUILD_TENSOR -> TorchTensors.tensor(given, this::bad);
            case Global.REBUILD_PARAMETER -> TorchTensors.parameter(given, this::bad);
            default -> throw bad("a call of " + function.kind() + ", which makes no tensor");
        };
    }

    private Global global(String module, String name) {
        Global global = Global.named(module, name);
        if (global == null) {
            throw new InputException(file + " is more than weights: its pickle names " + module + "." + name
                    + ", and only tensors, dictionaries, lists, strings and numbers are read (nothing was executed);"
                    + " save the weights alone in Python, with torch.save(model.state_dict(), \"weights.pth\")");
        }
        if (bytes.get(at) == 'i') {
            throw bad("an object of " + global.kind());
        }
        return global;
    }

    private void mark() {
        marks = marked == marks.length ? Arrays.copyOf(marks, 2 * marked) : marks;
        marks[marked++] = depth;
    }

    private void push(PickleValue value) {
        require(++values <= MOST_VALUES, "more than " + MOST_VALUES + " values");
        stack = depth == stack.length ? Arrays.copyOf(stack, 2 * depth) : stack;
        stack[depth++] = value;
    }

    private void whole(long value) {
        push(new Whole(BigInteger.valueOf(value)));
    }

    /** Values below the last mark are not for the taking. */
    private void need(int count) {
        require(
                depth - count >= (marked == 0 ? 0 : marks[marked - 1]),
                "an instruction that needs more values than there are");
    }

    private PickleValue pop() {
        need(1);
        return stack[--depth];
    }

    private List<PickleValue> pop(int count) {
        need(count);
        return cut(depth - count);
    }

    private List<PickleValue> popToMark() {
        require(marked > 0, "an instruction that needs a mark, and there is none");
        return cut(marks[--marked]);
    }

    private List<PickleValue> cut(int from) {
        List<PickleValue> taken = List.of(Arrays.copyOfRange(stack, from, depth));
        depth = from;
        return taken;
    }

    private PickleValue top() {
        need(1);
        return stack[depth - 1];
    }

    private void set(List<PickleValue> pairs) {
        if (!(top() instanceof Dictionary dictionary)) {
            throw bad("entries for " + top().kind() + ", expected a dictionary");
        }
        require(pairs.size() % 2 == 0, "a key without a value");
        for (int i = 0; i < pairs.size(); i += 2) {
            String key = switch (pairs.get(i)) {
                case Text text -> text.value();
                case Whole number -> number.value().toString();
                default -> throw bad(pairs.get(i).kind() + " as a key, expected strings or whole numbers");
            };
            if (!dictionary.put(key, pairs.get(i + 1))) {
                throw bad("two entries " + key);
            }
        }
    }

    private void append(List<PickleValue> items) {
        if (!(top() instanceof Sequence list)) {
            throw bad("items for " + top().kind() + ", expected a list");
        }
        list.add(items);
    }

    /** Pythons number what they remember from 0 or 1 on, so a number beyond the pickle's length is a damaged one. */
    private void put(long index) {
        if (index >= bytes.limit()) {
            throw bad("a value remembered as number " + index + ", more than it can have");
        }
        PickleValue value = top();
        if (index >= memo.length) {
            memo = Arrays.copyOf(memo, (int) Math.max(2L * memo.length, index + 1));
        }
        remembered += memo[(int) index] == null ? 1 : 0;
        memo[(int) index] = value;
    }

    private void get(long index) {
        if (index >= memo.length || memo[(int) index] == null) {
            throw bad("a reference to value " + index + ", which it does not have");
        }
        push(memo[(int) index]);
    }

    private String expectText(PickleValue value) {
        if (value instanceof Text text) {
            return text.value();
        }
        throw bad(value.kind() + " as the name of a global");
    }

    private BigInteger number(int length) {
        if (length > LONGEST_NUMBER) {
            throw bad("a whole number of " + length + " bytes, expected at most " + LONGEST_NUMBER);
        }
        ByteBuffer digits = take(length);
        byte[] reversed = new byte[length];
        for (int i = length - 1; i >= 0; i--) {
            reversed[i] = digits.get();
        }
        return length == 0 ? BigInteger.ZERO : new BigInteger(reversed);
    }

    private String text(long length) {
        if (length == 0) {
            return "";
        }
        try {
            return utf8.decode(take(length)).toString();
        } catch (CharacterCodingException e) {
            throw new InputException(message("a string that is not UTF-8"), e);
        }
    }

    private String line() {
        int end = bytes.position();
        while (end < bytes.limit() && bytes.get(end) != '\n') {
            end++;
        }
        String line = text(end - bytes.position());
        u8();
        return line;
    }

    private int u8() {
        return bytes.hasRemaining() ? Byte.toUnsignedInt(bytes.get()) : take(1).get();
    }

    private long u32() {
        return Integer.toUnsignedLong(take(4).getInt());
    }

    private ByteBuffer take(long length) {
        if (length < 0 || length > bytes.remaining()) {
            throw bad("an instruction that needs " + Long.toUnsignedString(length) + " bytes, but only "
                    + bytes.remaining() + " follow; the file is truncated");
        }
        ByteBuffer taken = bytes.slice(bytes.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(bytes.position() + (int) length);
        return taken;
    }

    private void require(boolean valid, String found) {
        if (!valid) {
            throw bad(found);
        }
    }

    private InputException bad(String found) {
        return new InputException(message(found));
    }

    private String message(String found) {
        return file + " is not a usable PyTorch checkpoint: byte " + at + " of its pickle has " + found;
    }
}
