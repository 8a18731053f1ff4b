package org.cryonext.engine.backend.reference;

import org.cryonext.engine.backend.Bindings;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.op.Binary;
import org.cryonext.engine.op.Cast;
import org.cryonext.engine.op.Concat;
import org.cryonext.engine.op.Convolution;
import org.cryonext.engine.op.Expand;
import org.cryonext.engine.op.Gather;
import org.cryonext.engine.op.MatMul;
import org.cryonext.engine.op.Pad;
import org.cryonext.engine.op.Permute;
import org.cryonext.engine.op.Primitive;
import org.cryonext.engine.op.Reduce;
import org.cryonext.engine.op.Slice;
import org.cryonext.engine.op.Softmax;
import org.cryonext.engine.op.Unary;
import org.cryonext.engine.op.Where;

/** The kernels of the primitives. */
final class ReferencePrimitives {
    private ReferencePrimitives() {}

    static Kernel.Step step(Primitive primitive, Bindings b) {
        ReferenceBlock y = (ReferenceBlock) b.out(0);
        return switch (primitive) {
            case Unary op -> () -> ReferenceElements.unary(op.function(), in(b, "x"), y);
            case Binary op -> () -> ReferenceElements.binary(op.function(), in(b, "a"), in(b, "b"), y);
            case Where op -> () -> ReferenceElements.where(in(b, "condition"), in(b, "x"), in(b, "y"), y);
            case Cast op -> () -> ReferenceElements.cast(in(b, "x"), y);
            case Reduce op -> () -> ReferenceReduce.reduce(op.function(), in(b, "x"), y);
            case Softmax op -> () -> ReferenceReduce.softmax(op.axis(), in(b, "x"), y);
            case Permute op -> () -> ReferenceMovement.permute(op.order(), in(b, "x"), y);
            case Expand op -> () -> ReferenceMovement.expand(in(b, "x"), y);
            case Slice op -> () -> ReferenceMovement.slice(op, in(b, "x"), y);
            case Pad op -> () -> ReferencePad.pad(op, in(b, "x"), in(b, "value"), y);
            case Concat op -> () -> ReferenceMovement.concat(op.axis(), ReferenceBackend.all(b), y);
            case Gather op -> () -> ReferenceMovement.gather(op, in(b, "x"), in(b, "indices"), y);
            case MatMul op -> () -> ReferenceMatMul.matMul(in(b, "a"), in(b, "b"), y);
            case Convolution op ->
                () -> ReferenceConvolution.convolution(op, in(b, "x"), in(b, "weight"), in(b, "bias"), y);
        };
    }

    private static ReferenceBlock in(Bindings b, String name) {
        return (ReferenceBlock) b.in(name);
    }
}
