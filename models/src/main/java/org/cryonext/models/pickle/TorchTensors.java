package org.cryonext.models.pickle;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.models.pickle.PickleValue.Constant;
import org.cryonext.models.pickle.PickleValue.Dictionary;
import org.cryonext.models.pickle.PickleValue.Global;
import org.cryonext.models.pickle.PickleValue.Storage;
import org.cryonext.models.pickle.PickleValue.TensorView;
import org.cryonext.models.pickle.PickleValue.Text;
import org.cryonext.models.pickle.PickleValue.Tuple;
import org.cryonext.models.pickle.PickleValue.Whole;

/**
 * What torch's pickles say of tensors: a persistent id names a storage, a call of {@code _rebuild_tensor_v2} makes a view
 * of it. Source: torch/serialization.py and torch/_utils.py.
 */
final class TorchTensors {
    /** More than PyTorch itself allows. */
    private static final int MOST_DIMENSIONS = 64;

    private TorchTensors() {}

    /**
     * The storage that ("storage", kind, key, device, number of elements) names.
     *
     * @param archive the bytes of all storages by key
     * @param bad makes the error from what was found
     */
    static Storage storage(PickleValue id, Map<String, MemorySegment> archive, Function<String, InputException> bad) {
        if (id instanceof Tuple tuple
                && tuple.items().size() == 5
                && tuple.items().get(0) instanceof Text word
                && word.value().equals("storage")
                && tuple.items().get(1) instanceof Global kind
                && kind.storage() != null
                && tuple.items().get(2) instanceof Text key
                && tuple.items().get(4) instanceof Whole count) {
            DType dtype = kind.storage();
            long elements = extent(count, bad);
            MemorySegment data = archive.get(key.value());
            if (data == null) {
                throw bad.apply("a tensor in storage " + key.value() + ", which the archive does not have");
            }
            if (data.byteSize() % dtype.bytes() != 0 || data.byteSize() / dtype.bytes() != elements) {
                throw bad.apply("a storage " + key.value() + " of " + elements + " elements of " + dtype
                        + ", but the archive has " + data.byteSize() + " bytes for it");
            }
            return new Storage(key.value(), dtype, elements);
        }
        throw bad.apply("a reference to something outside that is no storage");
    }

    /** A view from (storage, offset, size, stride, requires_grad, hooks and, since 2.1, metadata). */
    static TensorView tensor(List<PickleValue> given, Function<String, InputException> bad) {
        if (given.size() >= 6
                && given.size() <= 7
                && given.get(0) instanceof Storage storage
                && given.get(1) instanceof Whole first
                && given.get(2) instanceof Tuple size
                && given.get(3) instanceof Tuple stride
                && isPlain(given.get(5))) {
            List<Long> dims = extents(size, bad);
            List<Long> strides = extents(stride, bad);
            long offset = extent(first, bad);
            if (dims.size() != strides.size() || dims.size() > MOST_DIMENSIONS) {
                throw bad.apply("a tensor of size " + dims + " with strides " + strides);
            }
            requireInside(storage, offset, dims, strides, bad);
            Shape shape = new Shape(dims);
            // A view of nothing may begin anywhere; it is read as one at the beginning.
            return new TensorView(storage, shape.size() == 0 ? 0 : offset, shape, strides);
        }
        throw bad.apply("a tensor that is not made as torch.save makes one");
    }

    /** The tensor of a parameter, from (tensor, requires_grad, hooks). */
    static TensorView parameter(List<PickleValue> given, Function<String, InputException> bad) {
        if (given.size() == 3 && given.get(0) instanceof TensorView tensor && isPlain(given.get(2))) {
            return tensor;
        }
        throw bad.apply("a parameter that is not made as torch.save makes one");
    }

    /** Hooks are an empty OrderedDict or None. */
    private static boolean isPlain(PickleValue hooks) {
        return hooks == Constant.NONE
                || hooks instanceof Dictionary none && none.entries().isEmpty();
    }

    /**
     * All elements lie in the storage, and there are no more of them than in the storage: a view that repeats elements
     * could stand for any amount of memory.
     */
    private static void requireInside(
            Storage storage, long offset, List<Long> dims, List<Long> strides, Function<String, InputException> bad) {
        String found = "a tensor of size " + dims + " with strides " + strides + " at element " + offset
                + ", which does not lie within its storage of " + storage.elements() + " elements";
        try {
            long size = 1;
            long last = offset;
            for (int i = 0; i < dims.size(); i++) {
                size = Math.multiplyExact(size, dims.get(i));
                last = Math.addExact(last, Math.multiplyExact(Math.max(0, dims.get(i) - 1), strides.get(i)));
            }
            if (size > 0 && last >= storage.elements() || size > storage.elements()) {
                throw bad.apply(found);
            }
        } catch (ArithmeticException e) {
            InputException error = bad.apply(found);
            error.addSuppressed(e);
            throw error;
        }
    }

    private static List<Long> extents(Tuple tuple, Function<String, InputException> bad) {
        List<Long> extents = new ArrayList<>();
        for (PickleValue item : tuple.items()) {
            extents.add(extent(item, bad));
        }
        return List.copyOf(extents);
    }

    private static long extent(PickleValue value, Function<String, InputException> bad) {
        if (value instanceof Whole number
                && number.value().signum() >= 0
                && number.value().bitLength() < Long.SIZE) {
            return number.value().longValueExact();
        }
        throw bad.apply(
                value instanceof Whole number
                        ? "the extent " + number.value() + " of a tensor"
                        : value.kind() + " as the extent of a tensor");
    }
}
