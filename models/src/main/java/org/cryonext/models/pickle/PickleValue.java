package org.cryonext.models.pickle;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * A value that a pickle of weights may hold. Empty lists and dictionaries take no memory beyond themselves. A list or
 * dictionary of a hostile file may contain itself; so none has value-based {@code equals}, and whoever reads them goes down
 * a fixed number of levels.
 */
public sealed interface PickleValue {

    /** What it is called in a sentence. */
    String kind();

    /** A string. */
    record Text(String value) implements PickleValue {
        @Override
        public String kind() {
            return "a string";
        }
    }

    /** A whole number; Python's have no limit. */
    record Whole(BigInteger value) implements PickleValue {
        @Override
        public String kind() {
            return "a number";
        }
    }

    /** A floating-point number. */
    record Real(double value) implements PickleValue {
        @Override
        public String kind() {
            return "a number";
        }
    }

    /** None, True and False. */
    enum Constant implements PickleValue {
        NONE("None"),
        TRUE("True"),
        FALSE("False");

        private final String kind;

        Constant(String kind) {
            this.kind = kind;
        }

        @Override
        public String kind() {
            return kind;
        }
    }

    /** A tuple. */
    final class Tuple implements PickleValue {
        private final List<PickleValue> items;

        Tuple(List<PickleValue> items) {
            this.items = List.copyOf(items);
        }

        /** What is in it. */
        public List<PickleValue> items() {
            return items;
        }

        @Override
        public String kind() {
            return "a tuple";
        }
    }

    /** A list. */
    final class Sequence implements PickleValue {
        private List<PickleValue> items = List.of();

        /** What is in it. */
        public List<PickleValue> items() {
            return items;
        }

        void add(List<PickleValue> more) {
            items = items.isEmpty() ? new ArrayList<>() : items;
            items.addAll(more);
        }

        @Override
        public String kind() {
            return "a list";
        }
    }

    /** A dictionary in the order of its entries, plain or a {@code collections.OrderedDict}. */
    final class Dictionary implements PickleValue {
        private static final SequencedMap<String, PickleValue> NONE =
                Collections.unmodifiableSequencedMap(new LinkedHashMap<>());

        private SequencedMap<String, PickleValue> entries = NONE;

        /** Values by key; a key that is a whole number, as in the state of an optimizer, is written in digits. */
        public SequencedMap<String, PickleValue> entries() {
            return entries;
        }

        /** Adds an entry; says whether the key is new. */
        boolean put(String key, PickleValue value) {
            entries = entries == NONE ? new LinkedHashMap<>() : entries;
            return entries.putIfAbsent(key, value) == null;
        }

        @Override
        public String kind() {
            return "a dictionary";
        }
    }

    /**
     * A run of elements that tensors are views of.
     *
     * @param key its name in the archive
     * @param elements how many there are
     */
    record Storage(String key, DType dtype, long elements) implements PickleValue {
        @Override
        public String kind() {
            return "a storage";
        }
    }

    /**
     * A tensor: a view of a storage, of which all elements are known to lie within it.
     *
     * @param offset first element
     * @param strides elements from one index to the next, by dimension
     */
    record TensorView(Storage storage, long offset, Shape shape, List<Long> strides) implements PickleValue {
        /** Its element type and shape. */
        public TensorType type() {
            return new TensorType(storage.dtype(), shape);
        }

        /** Whether its elements lie row-major and without gaps. */
        boolean isDense() {
            long run = 1;
            for (int i = shape.rank() - 1; i >= 0; i--) {
                if (shape.dim(i) != 1 && strides.get(i) != run) {
                    return shape.size() == 0;
                }
                run *= shape.dim(i);
            }
            return true;
        }

        @Override
        public String kind() {
            return "a tensor";
        }
    }

    /** A function or class that a pickle names; each stands for what this package does in its place. */
    enum Global implements PickleValue {
        ORDERED_DICT("collections", "OrderedDict", null),
        REBUILD_TENSOR("torch._utils", "_rebuild_tensor_v2", null),
        REBUILD_PARAMETER("torch._utils", "_rebuild_parameter", null),
        FLOAT("torch", "FloatStorage", DType.F32),
        DOUBLE("torch", "DoubleStorage", DType.F64),
        HALF("torch", "HalfStorage", DType.F16),
        BFLOAT16("torch", "BFloat16Storage", DType.BF16),
        LONG("torch", "LongStorage", DType.I64),
        INT("torch", "IntStorage", DType.I32),
        SHORT("torch", "ShortStorage", DType.I16),
        CHAR("torch", "CharStorage", DType.I8),
        BYTE("torch", "ByteStorage", DType.U8),
        BOOL("torch", "BoolStorage", DType.BOOL);

        private final String module;
        private final String name;
        private final DType storage;

        Global(String module, String name, DType storage) {
            this.module = module;
            this.name = name;
            this.storage = storage;
        }

        /** The global of this name; null if it is none of these. */
        static Global named(String module, String name) {
            for (Global global : values()) {
                if (global.module.equals(module) && global.name.equals(name)) {
                    return global;
                }
            }
            return null;
        }

        /** The element type where it names a kind of storage, else null. */
        DType storage() {
            return storage;
        }

        @Override
        public String kind() {
            return module + "." + name;
        }
    }
}
