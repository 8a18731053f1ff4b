package org.cryonext.engine.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cryonext.engine.cases.CaseInput;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
    /** By the reference implementation, tools/python/fixtures_models.py. */
    private static final Path MIXED = Path.of("src/test/resources/safetensors/mixed.safetensors");

    @TempDir
    Path folder;

    @Test
    void readsEveryElementType() {
        try (Safetensors file = Safetensors.open(MIXED)) {
            assertThat(file.metadata()).containsExactly(Map.entry("note", "written by the reference implementation"));
            assertThat(file.types()).hasSize(12).containsEntry("f32", TensorType.f32(2, 3));
            assertThat(file.tensor("f32").toDoubles()).containsExactly(0, 0.25, 0.5, 0.75, 1, 1.25);
            assertThat(file.tensor("f64").toDoubles()).containsExactly(0, 0.125, 0.25, 0.375, 0.5, 0.625);
            assertThat(file.tensor("f16").toDoubles()).containsExactly(0, 0.5, 1, 1.5, 2, 2.5);
            assertThat(file.tensor("bf16").toDoubles()).containsExactly(0, 3, 6, 9, 12, 15);
            assertThat(file.tensor("i64").toDoubles()).containsExactly(-2, -1, 0, 1, 2, 3);
            assertThat(file.tensor("i32").toDoubles()).containsExactly(-3, -2, -1, 0, 1, 2);
            assertThat(file.tensor("i8").toDoubles()).containsExactly(-4, -3, -2, -1, 0, 1);
            assertThat(file.tensor("u8").toDoubles()).containsExactly(250, 251, 252, 253, 254, 255);
            assertThat(file.tensor("bool").toDoubles()).containsExactly(1, 0, 1, 0, 1, 0);
            assertThat(file.tensor("scalar").shape()).isEqualTo(Shape.of());
            assertThat(file.tensor("scalar").get(0)).isEqualTo(1.5);
            assertThat(file.tensor("empty").shape()).isEqualTo(Shape.of(0, 4));
            assertThat(file.tensor("a/ünï \"quoted\"").get(0)).isEqualTo(1);
            assertThatThrownBy(() -> file.tensor("weight"))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("mixed.safetensors has no tensor weight");
        }
    }

    @Test
    void writesTheBytesOfTheReferenceImplementation() throws IOException {
        Path copy = folder.resolve("copy.safetensors");
        try (Safetensors file = Safetensors.open(MIXED)) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            file.types().reversed().keySet().forEach(name -> tensors.put(name, file.tensor(name)));
            SafetensorsWriter.write(copy, tensors, file.metadata());
        }
        assertThat(copy).hasSameBinaryContentAs(MIXED);
        assertThat(Files.list(folder)).containsExactly(copy);
    }

    @Test
    void convertsFloatsOnRequestAndLeavesIntegers() {
        Path target = folder.resolve("deep/half.safetensors");
        Map<String, Tensor> tensors = Map.of(
                "w", Tensor.of(new float[] {1.0009766f, -2, Float.POSITIVE_INFINITY}, 3),
                "labels", Tensor.of(new long[] {1, 2}, 2));
        for (DType dtype : new DType[] {DType.F16, DType.BF16, DType.F64}) {
            SafetensorsWriter.write(target, tensors, Map.of(), dtype);
            try (Safetensors file = Safetensors.open(target)) {
                assertThat(file.metadata()).isEmpty();
                assertThat(file.types().get("labels").dtype()).isEqualTo(DType.I64);
                assertThat(file.types().get("w").dtype()).isEqualTo(dtype);
                assertThat(file.tensor("w").toDoubles())
                        .containsExactly(dtype.round(1.0009766f), -2, Double.POSITIVE_INFINITY);
            }
        }
    }

    @Test
    void takesTensorsOneAfterTheOther() {
        // More than is handed to the file at once, and no multiple of it.
        long[] shape = {300, 1001};
        Map<String, TensorType> types = new LinkedHashMap<>();
        for (String name : List.of("b", "a", "c")) {
            types.put(name, TensorType.f32(shape));
        }
        List<String> asked = new ArrayList<>();
        Path target = folder.resolve("large.safetensors");
        SafetensorsWriter.write(
                target,
                types,
                name -> {
                    asked.add(name);
                    return CaseInput.normal(shape).tensor(name.hashCode());
                },
                Map.of(),
                null);
        assertThat(asked).containsExactly("a", "b", "c");
        try (Safetensors file = Safetensors.open(target)) {
            for (String name : asked) {
                assertThat(file.tensor(name).toFloats())
                        .isEqualTo(
                                CaseInput.normal(shape).tensor(name.hashCode()).toFloats());
            }
        }
    }

    @Test
    void aTensorOfAnotherTypeThanSaidIsRefusedAndNothingIsLeft() {
        assertThatThrownBy(() -> SafetensorsWriter.write(
                        folder.resolve("wrong.safetensors"),
                        Map.of("a", TensorType.f32(3)),
                        name -> Tensor.zeros(TensorType.f32(4)),
                        Map.of(),
                        null))
                .hasMessage("a is F32 [4], not F32 [3]");
        assertThat(folder).isEmptyDirectory();
    }

    /** The order in which the reference implementation wrote tensors of all types. */
    @Test
    void ordersTensorsByTypeAsTheReferenceImplementation() {
        Map<String, Tensor> tensors = new HashMap<>();
        for (DType dtype : DType.values()) {
            tensors.put("of " + dtype, Tensor.zeros(new TensorType(dtype, Shape.of(2))));
        }
        Path target = folder.resolve("types.safetensors");
        SafetensorsWriter.write(target, tensors, Map.of());
        try (Safetensors file = Safetensors.open(target)) {
            assertThat(file.types().values().stream().map(type -> type.dtype().name()))
                    .containsExactly(
                            "U64", "I64", "F64", "F32", "U32", "I32", "BF16", "F16", "U16", "I16", "I8", "U8", "BOOL");
        }
    }

    @Test
    void refusesToWriteAFiniteValueAsInfinity() {
        Path target = folder.resolve("half.safetensors");
        Map<String, Tensor> tensors = Map.of("w", Tensor.of(new float[] {1, 70000}, 2));
        assertThatThrownBy(() -> SafetensorsWriter.write(target, tensors, Map.of(), DType.F16))
                .isInstanceOf(InputException.class)
                .hasMessage("Tensor w holds 70000.0, which is too large for F16; write F32 or BF16 instead");
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}       | 8  | broken at character
            [1]                                                         | 0  | header of its header is START_ARRAY, expected START_OBJECT
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}} | 16 | Duplicate
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} {}   | 8  | goes on after the closing brace
            {"a":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}}  | 2  | tensor a has the element type F8_E4M3; expected one of [F32, F64
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}      | 8  | tensor a of F32 [2] needs 8 bytes, but its data_offsets [0, 4] hold 4
            {"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}     | 8  | a.shape holds the negative number -2
            {"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}    | 8  | a.shape of its header is VALUE_NUMBER_FLOAT
            {"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}} | 8 | whose size overflows
            {"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0]}}   | 0 | whose size overflows
            {"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}  | 8 | out of range
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}      | 4  | tensor a ends at byte 8 of the data, which has only 4; the file is truncated
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}     | 12 | tensor a begins at byte 4 of the data, but the tensor before it ends at 0 (a gap)
            {"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}} | 6 | (they overlap)
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}      | 9  | its tensors end at byte 8 of the data, but 9 follow
            {"a":{"dtype":"F32","shape":[2]}}                           | 8  | tensor a needs a dtype, a shape and two data_offsets
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}} | 8 | tensor a has an unknown key x
            {"__metadata__":{"epoch":3}}                                | 0  | __metadata__.epoch of its header is VALUE_NUMBER_INT, expected VALUE_STRING
            """)
    void namesWhatIsWrongWithAHeader(String header, int dataBytes, String message) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        Path file = file(json.length, json, dataBytes);
        assertThatThrownBy(() -> Safetensors.open(file).close())
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(file + " is not a usable safetensors file: ")
                .hasMessageContaining(message);
    }

    @Test
    void namesAHeaderLongerThanTheFile() throws IOException {
        Path file = file(1L << 62, "{}".getBytes(StandardCharsets.UTF_8), 0);
        assertThatThrownBy(() -> Safetensors.open(file).close())
                .isInstanceOf(InputException.class)
                .hasMessageEndingWith("its first 8 bytes announce a header of 4611686018427387904 bytes, but only 2"
                        + " follow; the file is truncated or of another format");
        Path negative = file(-1, "{}".getBytes(StandardCharsets.UTF_8), 0);
        assertThatThrownBy(() -> Safetensors.open(negative).close()).hasMessageContaining("18446744073709551615");
    }

    @Test
    void everyTruncationIsNamedAndNeverCrashes() throws IOException {
        byte[] whole = Files.readAllBytes(MIXED);
        Path file = folder.resolve("short.safetensors");
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Safetensors.open(file).close())
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("short.safetensors");
        }
    }

    @Test
    void namesAMissingFileAndAFolder() {
        assertThatThrownBy(() -> Safetensors.open(folder.resolve("none.safetensors")))
                .isInstanceOf(InputException.class)
                .hasMessageEndingWith("none.safetensors: no such file; check the path");
        assertThatThrownBy(() -> Safetensors.open(folder))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("is a folder, a safetensors file was expected");
    }

    @Test
    void deepNestingIsAnError() throws IOException {
        byte[] json = ("{\"a\":" + "[".repeat(5000)).getBytes(StandardCharsets.UTF_8);
        Path file = file(json.length, json, 0);
        assertThatThrownBy(() -> Safetensors.open(file).close()).isInstanceOf(InputException.class);
    }

    private Path file(long announced, byte[] json, int dataBytes) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(announced).put(json);
        return Files.write(folder.resolve("bad.safetensors"), bytes.array());
    }
}
