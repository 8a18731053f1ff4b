package org.cryonext.engine.op;

/**
 * The small operators that graphs read from ONNX files are made of, with NumPy's broadcasting and with ONNX's element
 * types. They are for inference: none has a gradient rule. Axes count from 0. Both operands have one element type
 * unless an operator says otherwise; results of integers are truncated towards zero and wrap around as two's complement
 * does.
 */
public sealed interface Primitive extends Op
        permits Binary,
                Cast,
                Concat,
                Convolution,
                Expand,
                Gather,
                MatMul,
                Pad,
                Permute,
                Reduce,
                Slice,
                Softmax,
                Unary,
                Where {}
