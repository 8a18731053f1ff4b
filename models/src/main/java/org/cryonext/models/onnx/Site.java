package org.cryonext.models.onnx;

import java.util.Arrays;
import java.util.List;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.op.Cast;
import org.cryonext.engine.op.Op;
import org.cryonext.engine.op.Reshape;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/** A node while it is lowered: its inputs, its attributes, and where its operators go. */
final class Site {
    private final Lowerer lowerer;
    private final OnnxNode node;
    private final long opset;
    private final List<Term> in;

    /**
     * @param opset version of the operators of the node's domain
     * @param in what the node reads; null where an optional input is left out
     */
    Site(Lowerer lowerer, OnnxNode node, long opset, List<Term> in) {
        this.lowerer = lowerer;
        this.node = node;
        this.opset = opset;
        this.in = in;
    }

    /** Version of the operators. */
    long opset() {
        return opset;
    }

    /** The node's attributes. */
    Attributes attributes() {
        return node.attributes();
    }

    /** Number of inputs, left-out ones among them included. */
    int inputs() {
        return in.size();
    }

    /** Whether an optional input is given. */
    boolean has(int index) {
        return index < in.size() && in.get(index) != null;
    }

    /** Whether anything may read an output. */
    boolean wants(int output) {
        return output < node.outputs().size() && !node.outputs().get(output).isEmpty();
    }

    /** An input that has to be there. */
    Term in(int index) {
        if (!has(index)) {
            throw bad("lacks its input " + index);
        }
        return in.get(index);
    }

    /** An input, or null. */
    Term optional(int index) {
        return has(index) ? in.get(index) : null;
    }

    /**
     * The values of an input that have to be known before the run.
     *
     * @param what the input's name, for messages
     */
    Tensor known(int index, String what) {
        if (in(index) instanceof Term.Constant(String name, Tensor tensor)) {
            return tensor;
        }
        throw bad("needs the values of its input " + what
                + " before the run, but they are computed from the model's inputs, or are more than a file of this size"
                + " may have computed in advance; export the model with fixed shapes");
    }

    /** The values of an integer input that have to be known before the run. */
    long[] knownLongs(int index, String what) {
        Tensor tensor = known(index, what);
        if (tensor.dtype() != DType.I64 && tensor.dtype() != DType.I32) {
            throw bad("has a " + what + " of type " + tensor.dtype() + ", expected I64 or I32");
        }
        if (tensor.shape().rank() > 1) {
            throw bad("has a " + what + " of shape " + tensor.shape() + ", expected one dimension");
        }
        long[] values = new long[Math.toIntExact(tensor.size())];
        Arrays.setAll(values, i -> tensor.getLong(i));
        return values;
    }

    /** Whole numbers that an older operator has as attribute and a newer one as input; null if there are none. */
    long[] longs(String name, int input, long inputSince) {
        if (opset < inputSince) {
            if (has(input)) {
                throw bad(
                        "has " + name + " as an input, which opset " + opset + " does not allow before " + inputSince);
            }
            return attributes().integers(name).orElse(null);
        }
        if (attributes().has(name)) {
            throw bad("has " + name + " as an attribute, which opset " + opset + " does not allow since " + inputSince);
        }
        return has(input) ? knownLongs(input, name) : null;
    }

    /** An axis counted from the first dimension; negative ones count from the last. */
    int axis(long axis, int rank) {
        return (int) bounded(axis, rank, rank - 1);
    }

    /** An axis that may also stand behind the last dimension. */
    int axisOrEnd(long axis, int rank) {
        return (int) bounded(axis, rank, rank);
    }

    private long bounded(long axis, int rank, int last) {
        if (axis < -rank || axis > last) {
            throw bad("has the axis " + axis + ", expected " + -rank + " to " + last + " for " + rank + " dimensions");
        }
        return axis < 0 ? axis + rank : axis;
    }

    /** The type that a number of TensorProto.DataType means in the lowered graph. */
    DType dtype(long number) {
        DType dtype = OnnxTensors.dtype((int) number)
                .filter(d -> number == (int) number)
                .orElseThrow(() ->
                        bad("has the element type " + OnnxTensors.typeName((int) number) + ", which is not supported"));
        return lowerer.widened(dtype);
    }

    /** An element type in the lowered graph. */
    DType dtype(DType dtype) {
        return lowerer.widened(dtype);
    }

    /** Values that the node itself holds. */
    Term constant(Tensor tensor) {
        return lowerer.constant(Lowerer.constantName(node), tensor);
    }

    /** One number in an element type, without dimensions. */
    Term scalar(DType dtype, double value) {
        Tensor tensor = Tensor.zeros(new TensorType(dtype, Shape.of()));
        tensor.set(0, value);
        return constant(tensor);
    }

    /** Applies an operator; at once if all it reads is known. Null leaves an optional input out. */
    Term apply(Op op, Term... terms) {
        return lowerer.apply(node, op, Arrays.asList(terms));
    }

    /** The same elements under another shape. */
    Term reshape(Term x, Shape shape) {
        return x.shape().equals(shape) ? x : apply(new Reshape(shape), x);
    }

    /** The same values in another element type. */
    Term cast(Term x, DType dtype) {
        return x.dtype() == dtype ? x : apply(new Cast(dtype), x);
    }

    /** Makes sure that a number of elements may be computed before the run. */
    void afford(long elements) {
        if (!lowerer.folding().affords(elements)) {
            throw bad("makes " + elements + " values, more than a file of " + lowerer.fileBytes()
                    + " bytes may have computed before the run");
        }
    }

    /** The error that something about the node cannot be used. */
    InputException bad(String what) {
        return lowerer.bad(node, what);
    }
}
