package org.cryonext.engine.backend.reference;

import org.cryonext.engine.backend.Block;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.TensorType;

/** A run of doubles that holds a tensor of any element type; every value stored is rounded to that type. */
record ReferenceBlock(double[] array, int offset, TensorType type) implements Block {
    int size() {
        return Math.toIntExact(type.shape().size());
    }

    int channels() {
        return Math.toIntExact(type.shape().channels());
    }

    int rows() {
        return Math.toIntExact(type.shape().rows());
    }

    int dim(int i) {
        return Math.toIntExact(type.shape().dim(i));
    }

    double get(int i) {
        return array[offset + i];
    }

    void set(int i, double value) {
        array[offset + i] = type.dtype() == DType.F64 ? value : type.dtype().round(value);
    }
}
