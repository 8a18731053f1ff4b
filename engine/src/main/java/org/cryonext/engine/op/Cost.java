package org.cryonext.engine.op;

/**
 * The work an operator cannot avoid.
 *
 * @param flops floating-point operations; a multiply-add counts as two
 * @param bytes bytes read from inputs and written to outputs, each once
 */
public record Cost(long flops, long bytes) {
    /** The sum of two costs. */
    public Cost plus(Cost other) {
        return new Cost(flops + other.flops, bytes + other.bytes);
    }
}
