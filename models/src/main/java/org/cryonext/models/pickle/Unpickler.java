package org.cryonext.models.pickle;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
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
    private final List<PickleValue> stack = new ArrayList<>();
    private final Deque<Integer> marks = new ArrayDeque<>();
    private final Map<Long, PickleValue> memo = new HashMap<>();
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
                    require(protocol <= 5, "protocol " + protocol + ", expected 2 to 5");
                }
                case 0x95 -> take(8); // FRAME: how many bytes to fetch at once
                case '(' -> marks.push(stack.size());
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
                case 0x85 -> push(new Tuple(pop(1)));
                case 0x86 -> push(new Tuple(pop(2)));
                case 0x87 -> push(new Tuple(pop(3)));
                case 't' -> push(new Tuple(popToMark()));
                case 's' -> set(pop(2));
                case 'u' -> set(popToMark());
                case 'a' -> append(pop(1));
                case 'e' -> append(popToMark());
                case 'q' -> put(u8());
                case 'r' -> put(u32());
                case 0x94 -> put(memo.size());
                case 'h' -> get(u8());
                case 'j' -> get(u32());
                case 'c' -> push(global(line(), line()));
                case 'i' -> global(line(), line());
                case 0x93 -> {
                    List<PickleValue> names = pop(2);
                    push(global(expectText(names.get(0)), expectText(names.get(1))));
                }
                case 'Q' -> push(TorchTensors.storage(pop(1).getFirst(), archive, this::bad));
                case 'R' -> {
                    List<PickleValue> call = pop(2);
                    push(call(call.get(0), call.get(1)));
                }
                case 'b' -> {
                    // The state of an OrderedDict: for state dicts the versions of the modules, which weights do not
                    // need.
                    PickleValue state = pop(1).getFirst();
                    require(
                            top() instanceof Dictionary && state instanceof Dictionary,
                            "it gives " + top().kind() + " a state, expected that of dictionaries alone");
                }
                case '.' -> {
                    require(
                            stack.size() == 1 && marks.isEmpty(),
                            "it ends with " + stack.size() + " values, expected one");
                    return stack.getFirst();
                }
                default ->
                    throw bad("instruction 0x" + Integer.toHexString(op)
                            + ", which no file of tensors, dictionaries, lists, strings and numbers has");
            }
        }
    }

    private PickleValue call(PickleValue function, PickleValue arguments) {
        require(arguments instanceof Tuple, "a call with " + arguments.kind() + ", expected a tuple");
        List<PickleValue> given = ((Tuple) arguments).items();
        return switch (function) {
            case Global.ORDERED_DICT -> {
                require(given.isEmpty(), "an OrderedDict made from " + given.size() + " values, expected none");
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
        require(bytes.get(at) != 'i', "it makes an object of " + global.kind());
        return global;
    }

    private void push(PickleValue value) {
        require(++values <= MOST_VALUES, "more than " + MOST_VALUES + " values");
        stack.add(value);
    }

    private void whole(long value) {
        push(new Whole(BigInteger.valueOf(value)));
    }

    /** Values below the last mark are not for the taking. */
    private List<PickleValue> pop(int count) {
        int floor = marks.isEmpty() ? 0 : marks.peek();
        require(stack.size() - count >= floor, "an instruction that needs more values than there are");
        return cut(stack.size() - count);
    }

    private List<PickleValue> popToMark() {
        require(!marks.isEmpty(), "an instruction that needs a mark, and there is none");
        return cut(marks.pop());
    }

    private List<PickleValue> cut(int from) {
        List<PickleValue> tail = stack.subList(from, stack.size());
        List<PickleValue> taken = List.copyOf(tail);
        tail.clear();
        return taken;
    }

    private PickleValue top() {
        require(
                stack.size() > (marks.isEmpty() ? 0 : marks.peek()),
                "an instruction that needs a value, and there is none");
        return stack.getLast();
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
            require(dictionary.entries().putIfAbsent(key, pairs.get(i + 1)) == null, "two entries " + key);
        }
    }

    private void append(List<PickleValue> items) {
        if (!(top() instanceof Sequence list)) {
            throw bad("items for " + top().kind() + ", expected a list");
        }
        list.items().addAll(items);
    }

    private void put(long index) {
        memo.put(index, top());
        require(memo.size() <= MOST_VALUES, "more than " + MOST_VALUES + " remembered values");
    }

    private void get(long index) {
        PickleValue value = memo.get(index);
        require(value != null, "a reference to value " + index + ", which it does not have");
        push(value);
    }

    private String expectText(PickleValue value) {
        if (value instanceof Text text) {
            return text.value();
        }
        throw bad(value.kind() + " as the name of a global");
    }

    private BigInteger number(int length) {
        require(length <= LONGEST_NUMBER, "a whole number of " + length + " bytes, expected at most " + LONGEST_NUMBER);
        ByteBuffer digits = take(length);
        byte[] reversed = new byte[length];
        for (int i = length - 1; i >= 0; i--) {
            reversed[i] = digits.get();
        }
        return length == 0 ? BigInteger.ZERO : new BigInteger(reversed);
    }

    private String text(long length) {
        ByteBuffer utf8 = take(length);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
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
        take(1);
        return line;
    }

    private int u8() {
        return Byte.toUnsignedInt(take(1).get());
    }

    private long u32() {
        return Integer.toUnsignedLong(take(4).getInt());
    }

    private ByteBuffer take(long length) {
        require(
                length >= 0 && length <= bytes.remaining(),
                "an instruction that needs " + Long.toUnsignedString(length) + " bytes, but only " + bytes.remaining()
                        + " follow; the file is truncated");
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
