package org.cryonext.engine.backend.cpu;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.attribute.StackMapFrameInfo;
import java.lang.classfile.attribute.StackMapFrameInfo.ObjectVerificationTypeInfo;
import java.lang.classfile.attribute.StackMapFrameInfo.SimpleVerificationTypeInfo;
import java.lang.classfile.attribute.StackMapFrameInfo.VerificationTypeInfo;
import java.lang.classfile.attribute.StackMapTableAttribute;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.ConstantPoolBuilder;
import java.lang.classfile.constantpool.FieldRefEntry;
import java.lang.classfile.constantpool.MethodRefEntry;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Writes straight-line vector code for kernels whose unrolling depends on the width and the shape: the compiler keeps
 * vectors in registers only if each has its own local variable, so loops over accumulators must be unrolled in the
 * bytecode itself.
 *
 * <p>A kernel has thousands of instructions and is written while nothing is compiled yet. So names are looked up in the
 * constant pool once, and the types at the loops' labels, which the verifier wants, are kept here as the code is written: the
 * class-file library would run through all of the code to find them.
 */
final class VectorCode {
    private static final ClassDesc VECTOR = describe(FloatVector.class);
    private static final ClassDesc ANY_VECTOR = describe(Vector.class);
    private static final ClassDesc SPECIES = describe(VectorSpecies.class);
    private static final ClassDesc FLOATS = ConstantDescs.CD_float.arrayType();
    private static final ClassDesc CPU_SPECIES = describe(CpuSpecies.class);
    private static final ClassFile CLASS_FILE =
            ClassFile.of(ClassFile.StackMapsOption.DROP_STACK_MAPS, ClassFile.DeadCodeOption.KEEP_DEAD_CODE);

    private final CodeBuilder code;
    private final ConstantPoolBuilder pool;
    private final FieldRefEntry species;
    private final MethodRefEntry load;
    private final MethodRefEntry store;
    private final MethodRefEntry broadcast;
    private final MethodRefEntry zero;
    private final MethodRefEntry abs;
    private final MethodRefEntry fma;
    private final Map<String, MethodRefEntry> binary = new HashMap<>();
    private final ObjectVerificationTypeInfo vectorType;
    /** What the local variables hold, TOP for nothing yet. */
    private final List<VerificationTypeInfo> types = new ArrayList<>();

    private final List<StackMapFrameInfo> frames = new ArrayList<>();

    private VectorCode(CodeBuilder code, ClassDesc self, MethodTypeDesc signature) {
        this.code = code;
        pool = code.constantPool();
        ClassEntry vector = pool.classEntry(VECTOR);
        species = pool.fieldRefEntry(CPU_SPECIES, "SPECIES", SPECIES);
        load = method("fromArray", MethodTypeDesc.of(VECTOR, SPECIES, FLOATS, ConstantDescs.CD_int));
        store = method("intoArray", MethodTypeDesc.of(ConstantDescs.CD_void, FLOATS, ConstantDescs.CD_int));
        broadcast = method("broadcast", MethodTypeDesc.of(VECTOR, SPECIES, ConstantDescs.CD_float));
        zero = method("zero", MethodTypeDesc.of(VECTOR, SPECIES));
        abs = method("abs", MethodTypeDesc.of(VECTOR));
        fma = method("fma", MethodTypeDesc.of(VECTOR, ANY_VECTOR, ANY_VECTOR));
        vectorType = ObjectVerificationTypeInfo.of(vector);
        types.add(ObjectVerificationTypeInfo.of(pool.classEntry(self)));
        for (ClassDesc parameter : signature.parameterList()) {
            types.add(
                    parameter.equals(ConstantDescs.CD_int)
                            ? SimpleVerificationTypeInfo.INTEGER
                            : ObjectVerificationTypeInfo.of(pool.classEntry(parameter)));
        }
    }

    private MethodRefEntry method(String name, MethodTypeDesc type) {
        return pool.methodRefEntry(VECTOR, name, type);
    }

    /**
     * Makes an object whose one method is {@code name} of {@code type} with the body that {@code body} writes.
     *
     * @param type an interface of this package with one method
     * @param signature of it: integers and arrays in, nothing out
     */
    static <T> T compile(Class<T> type, String label, String name, MethodType signature, Consumer<VectorCode> body) {
        ClassDesc self = ClassDesc.of(VectorCode.class.getPackageName() + "." + label);
        MethodTypeDesc described = signature.describeConstable().orElseThrow();
        byte[] bytes = CLASS_FILE.build(
                self,
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
                        .withMethodBody(name, described, ClassFile.ACC_PUBLIC, b -> {
                            VectorCode code = new VectorCode(b, self, described);
                            body.accept(code);
                            b.return_();
                            if (!code.frames.isEmpty()) {
                                b.with(StackMapTableAttribute.of(code.frames));
                            }
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

    private void hold(int local, VerificationTypeInfo type) {
        while (types.size() <= local) {
            types.add(SimpleVerificationTypeInfo.TOP);
        }
        types.set(local, type);
    }

    private void setInt(int local) {
        code.istore(local);
        hold(local, SimpleVerificationTypeInfo.INTEGER);
    }

    private void setVector(int local) {
        code.astore(local);
        hold(local, vectorType);
    }

    /** Marks a place that is jumped to, where the local variables hold {@code now}. */
    private void bind(Label label, List<VerificationTypeInfo> now) {
        code.labelBinding(label);
        frames.add(StackMapFrameInfo.of(label, now, List.of()));
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
        code.iadd();
        setInt(target);
        return this;
    }

    /** Sets int local {@code target} to {@code base + a * b} of int locals. */
    VectorCode setProduct(int target, int base, int a, int b) {
        code.iload(base).iload(a).iload(b).imul().iadd();
        setInt(target);
        return this;
    }

    /** Sets an int local to 0. */
    VectorCode zeroInt(int target) {
        code.iconst_0();
        setInt(target);
        return this;
    }

    /** Adds int local {@code other} to int local {@code target}. */
    VectorCode advance(int target, int other) {
        code.iload(target).iload(other).iadd();
        setInt(target);
        return this;
    }

    /** {@code vector = array[indexLocal + plus ..]}. */
    VectorCode load(int vector, int array, int indexLocal, int plus) {
        pushSpecies().aload(array);
        index(indexLocal, plus);
        code.invoke(Opcode.INVOKESTATIC, load);
        setVector(vector);
        return this;
    }

    /** {@code array[indexLocal + plus ..] = vector}. */
    VectorCode store(int vector, int array, int indexLocal, int plus) {
        code.aload(vector).aload(array);
        index(indexLocal, plus);
        code.invoke(Opcode.INVOKEVIRTUAL, store);
        return this;
    }

    /** {@code vector = (s, s, ...)} where {@code s = array[indexLocal + plus]}. */
    VectorCode broadcast(int vector, int array, int indexLocal, int plus) {
        pushSpecies().aload(array);
        index(indexLocal, plus);
        code.faload().invoke(Opcode.INVOKESTATIC, broadcast);
        setVector(vector);
        return this;
    }

    /** {@code vector = 0}. */
    VectorCode zero(int vector) {
        pushSpecies().invoke(Opcode.INVOKESTATIC, zero);
        setVector(vector);
        return this;
    }

    /** {@code sum = a * b + sum}, rounded once. */
    VectorCode fma(int a, int b, int sum) {
        return fma(a, b, sum, sum);
    }

    /** {@code result = a * b + c}, rounded once. */
    VectorCode fma(int a, int b, int c, int result) {
        code.aload(a).aload(b).aload(c).invoke(Opcode.INVOKEVIRTUAL, fma);
        setVector(result);
        return this;
    }

    /** {@code result = a op b}, where {@code op} is a method of FloatVector such as {@code mul}. */
    VectorCode binary(String op, int a, int b, int result) {
        MethodRefEntry method = binary.computeIfAbsent(op, name -> method(name, MethodTypeDesc.of(VECTOR, ANY_VECTOR)));
        code.aload(a).aload(b).invoke(Opcode.INVOKEVIRTUAL, method);
        setVector(result);
        return this;
    }

    /** {@code result = |a|}. */
    VectorCode abs(int a, int result) {
        code.aload(a).invoke(Opcode.INVOKEVIRTUAL, abs);
        setVector(result);
        return this;
    }

    /** {@code sum = sum + a}. */
    VectorCode add(int a, int sum) {
        return binary("add", sum, a, sum);
    }

    /** Runs {@code body} for int local {@code counter} from 0 to int local {@code to} (exclusive). */
    VectorCode loop(int counter, int to, Runnable body) {
        zeroInt(counter);
        // What the body sets first is not there when the loop begins, nor for certain when it ends.
        List<VerificationTypeInfo> before = List.copyOf(types);
        Label top = code.newLabel();
        Label end = code.newLabel();
        bind(top, before);
        code.iload(counter).iload(to).if_icmpge(end);
        body.run();
        code.iinc(counter, 1).goto_(top);
        bind(end, before);
        types.clear();
        types.addAll(before);
        return this;
    }

    private CodeBuilder pushSpecies() {
        return code.fieldAccess(Opcode.GETSTATIC, species);
    }
}
