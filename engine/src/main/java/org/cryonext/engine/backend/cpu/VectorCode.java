package org.cryonext.engine.backend.cpu;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.Consumer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Writes straight-line vector code for kernels whose unrolling depends on the width and the shape: the compiler keeps
 * vectors in registers only if each has its own local variable, so loops over accumulators must be unrolled in the
 * bytecode itself.
 */
final class VectorCode {
    private static final ClassDesc VECTOR = describe(FloatVector.class);
    private static final ClassDesc ANY_VECTOR = describe(Vector.class);
    private static final ClassDesc SPECIES = describe(VectorSpecies.class);
    private static final ClassDesc FLOATS = ConstantDescs.CD_float.arrayType();
    private static final ClassDesc CPU_SPECIES = describe(CpuSpecies.class);
    private static final MethodTypeDesc LOAD = MethodTypeDesc.of(VECTOR, SPECIES, FLOATS, ConstantDescs.CD_int);
    private static final MethodTypeDesc STORE = MethodTypeDesc.of(ConstantDescs.CD_void, FLOATS, ConstantDescs.CD_int);

    private final CodeBuilder code;

    private VectorCode(CodeBuilder code) {
        this.code = code;
    }

    /**
     * Makes an object whose one method is {@code name} of {@code type} with the body that {@code body} writes.
     *
     * @param type an interface of this package with one method
     */
    static <T> T compile(Class<T> type, String label, String name, MethodType signature, Consumer<VectorCode> body) {
        byte[] bytes = ClassFile.of()
                .build(
                        ClassDesc.of(VectorCode.class.getPackageName() + "." + label),
                        c -> c.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER)
                                .withInterfaceSymbols(describe(type))
                                .withMethodBody(
                                        ConstantDescs.INIT_NAME,
                                        ConstantDescs.MTD_void,
                                        ClassFile.ACC_PUBLIC,
                                        b -> b.aload(0)
                                                .invokespecial(
                                                        ConstantDescs.CD_Object,
                                                        ConstantDescs.INIT_NAME,
                                                        ConstantDescs.MTD_void)
                                                .return_())
                                .withMethodBody(
                                        name, signature.describeConstable().orElseThrow(), ClassFile.ACC_PUBLIC, b -> {
                                            body.accept(new VectorCode(b));
                                            b.return_();
                                        }));
        try {
            MethodHandles.Lookup kernel = MethodHandles.lookup().defineHiddenClass(bytes, true);
            return type.cast(kernel.findConstructor(kernel.lookupClass(), MethodType.methodType(void.class))
                    .invoke());
        } catch (Throwable e) {
            throw new IllegalStateException("Kernel " + label + " cannot be made", e);
        }
    }

    private static ClassDesc describe(Class<?> type) {
        return type.describeConstable().orElseThrow();
    }

    /** Takes {@code count} fresh local variables and returns the first's slot. */
    int locals(int count) {
        int first = code.allocateLocal(TypeKind.REFERENCE);
        for (int i = 1; i < count; i++) {
            code.allocateLocal(TypeKind.REFERENCE);
        }
        return first;
    }

    /** Pushes an int local plus a constant. */
    VectorCode index(int local, int plus) {
        code.iload(local);
        if (plus != 0) {
            code.loadConstant(plus).iadd();
        }
        return this;
    }

    /** Sets int local {@code target} to {@code base + factor * count}, {@code factor} a constant. */
    VectorCode setScaled(int target, int base, int count, int factor) {
        code.iload(base).iload(count);
        if (factor != 1) {
            code.loadConstant(factor).imul();
        }
        code.iadd().istore(target);
        return this;
    }

    /** Sets int local {@code target} to {@code base + a * b} of int locals. */
    VectorCode setProduct(int target, int base, int a, int b) {
        code.iload(base).iload(a).iload(b).imul().iadd().istore(target);
        return this;
    }

    /** Sets an int local to 0. */
    VectorCode zeroInt(int target) {
        code.iconst_0().istore(target);
        return this;
    }

    /** Adds int local {@code other} to int local {@code target}. */
    VectorCode advance(int target, int other) {
        code.iload(target).iload(other).iadd().istore(target);
        return this;
    }

    /** {@code vector = array[indexLocal + plus ..]}. */
    VectorCode load(int vector, int array, int indexLocal, int plus) {
        pushSpecies().aload(array);
        index(indexLocal, plus);
        code.invokestatic(VECTOR, "fromArray", LOAD).astore(vector);
        return this;
    }

    /** {@code array[indexLocal + plus ..] = vector}. */
    VectorCode store(int vector, int array, int indexLocal, int plus) {
        code.aload(vector).aload(array);
        index(indexLocal, plus);
        code.invokevirtual(VECTOR, "intoArray", STORE);
        return this;
    }

    /** {@code vector = (s, s, ...)} where {@code s = array[indexLocal + plus]}. */
    VectorCode broadcast(int vector, int array, int indexLocal, int plus) {
        pushSpecies().aload(array);
        index(indexLocal, plus);
        code.faload()
                .invokestatic(VECTOR, "broadcast", MethodTypeDesc.of(VECTOR, SPECIES, ConstantDescs.CD_float))
                .astore(vector);
        return this;
    }

    /** {@code vector = 0}. */
    VectorCode zero(int vector) {
        pushSpecies()
                .invokestatic(VECTOR, "zero", MethodTypeDesc.of(VECTOR, SPECIES))
                .astore(vector);
        return this;
    }

    /** {@code sum = a * b + sum}, rounded once. */
    VectorCode fma(int a, int b, int sum) {
        code.aload(a)
                .aload(b)
                .aload(sum)
                .invokevirtual(VECTOR, "fma", MethodTypeDesc.of(VECTOR, ANY_VECTOR, ANY_VECTOR))
                .astore(sum);
        return this;
    }

    /** {@code result = a * b + c}, rounded once. */
    VectorCode fma(int a, int b, int c, int result) {
        code.aload(a)
                .aload(b)
                .aload(c)
                .invokevirtual(VECTOR, "fma", MethodTypeDesc.of(VECTOR, ANY_VECTOR, ANY_VECTOR))
                .astore(result);
        return this;
    }

    /** {@code result = a op b}, where {@code op} is a method of FloatVector such as {@code mul}. */
    VectorCode binary(String op, int a, int b, int result) {
        code.aload(a)
                .aload(b)
                .invokevirtual(VECTOR, op, MethodTypeDesc.of(VECTOR, ANY_VECTOR))
                .astore(result);
        return this;
    }

    /** {@code result = |a|}. */
    VectorCode abs(int a, int result) {
        code.aload(a).invokevirtual(VECTOR, "abs", MethodTypeDesc.of(VECTOR)).astore(result);
        return this;
    }

    /** {@code sum = sum + a}. */
    VectorCode add(int a, int sum) {
        code.aload(sum)
                .aload(a)
                .invokevirtual(VECTOR, "add", MethodTypeDesc.of(VECTOR, ANY_VECTOR))
                .astore(sum);
        return this;
    }

    /** Runs {@code body} for int local {@code counter} from 0 to int local {@code to} (exclusive). */
    VectorCode loop(int counter, int to, Runnable body) {
        zeroInt(counter);
        var top = code.newLabel();
        var end = code.newLabel();
        code.labelBinding(top).iload(counter).iload(to).if_icmpge(end);
        body.run();
        code.iinc(counter, 1).goto_(top).labelBinding(end);
        return this;
    }

    private CodeBuilder pushSpecies() {
        return code.getstatic(CPU_SPECIES, "SPECIES", SPECIES);
    }
}
