"""Cases for every ONNX operator that CryoNeXt reads, as two archives of models with inputs and outputs:

    python tools/python/onnx_node_tests.py   (from the repository's root; writes models/src/test/resources/onnx/)

node-tests.zip    ONNX's own backend node tests (onnx.backend.test.case) of these operators, which use the newest form of
                  each. Left out: the same again with operators written out (`_expanded`), Dropout in training, sequences
                  and optional values, and the types float8, float6, float4, int4, int2, complex and string.
other-forms.zip   The forms of older versions (11 on), com.microsoft's operators, further attributes and element types.
                  ONNX Runtime computes what is expected where it has the operator in that type, onnx's own reference
                  evaluator elsewhere; results in half precision are float64 results rounded once.

A case is NAME/model.onnx, NAME/input_K.pb and NAME/output_K.pb (TensorProto messages, K counting the graph's inputs and
outputs). The archives are the same whenever and wherever they are made with the same versions.

Needs: onnx, onnxruntime, numpy, ml_dtypes.
"""

import io
import pathlib
import warnings
import zipfile

import ml_dtypes
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnx.backend.test.case.node import collect_testcases
from onnx.reference import ReferenceEvaluator
from onnxruntime.capi.onnxruntime_pybind11_state import InvalidArgument, NotImplemented

OUT = pathlib.Path(__file__).resolve().parents[2] / "models/src/test/resources/onnx"

OPERATORS = set(
    "Add BiasGelu Cast Ceil Clip Concat Constant ConstantOfShape Conv Div Dropout Erf Expand Flatten Floor Gather Gelu Gemm"
    " GlobalAveragePool Identity LayerNormalization MatMul Mul Pad Pow Range ReduceL2 ReduceMean ReduceSum Relu Reshape"
    " Shape Sigmoid Slice Softmax Sqrt Squeeze Sub Tanh Transpose Unsqueeze Where".split()
)

FLOATS = [np.float32, np.float64, np.float16, ml_dtypes.bfloat16]
INTEGERS = [np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64]
HALVES = [np.float16, ml_dtypes.bfloat16]
SUPPORTED = {helper.np_dtype_to_tensor_dtype(np.dtype(t)) for t in FLOATS + INTEGERS + [np.bool_]}

RANDOM = np.random.default_rng(10)


class Archive:
    """A zip file with the same bytes for the same content."""

    def __init__(self, name):
        self.file = zipfile.ZipFile(OUT / name, "w", zipfile.ZIP_DEFLATED, compresslevel=9)
        self.cases = 0

    def add(self, name, model, inputs, outputs):
        assert f"{name}/model.onnx" not in self.file.NameToInfo, name
        self.entry(f"{name}/model.onnx", model.SerializeToString(deterministic=True))
        for kind, arrays in (("input", inputs), ("output", outputs)):
            for k, array in enumerate(arrays):
                tensor = array if isinstance(array, TensorProto) else numpy_helper.from_array(np.asarray(array))
                self.entry(f"{name}/{kind}_{k}.pb", tensor.SerializeToString(deterministic=True))
        self.cases += 1

    def entry(self, name, data):
        info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        self.file.writestr(info, data)

    def close(self):
        self.file.close()
        path = pathlib.Path(self.file.filename)
        print(f"{path.name}: {self.cases} cases, {path.stat().st_size} bytes")


def in_scope(case):
    graph = case.model.graph
    if "_expanded" in case.name or "training_dropout" in case.name:
        return False
    if not all(node.domain == "" and node.op_type in OPERATORS for node in graph.node):
        return False
    values = list(graph.input) + list(graph.output)
    return all(v.type.WhichOneof("value") == "tensor_type" and v.type.tensor_type.elem_type in SUPPORTED for v in values)


def node_tests():
    archive = Archive("node-tests.zip")
    np.random.seed(0)
    for case in sorted(collect_testcases(None), key=lambda case: case.name):
        if in_scope(case):
            assert (case.rtol, case.atol) == (1e-3, 1e-7), case.name
            for k, (inputs, outputs) in enumerate(case.data_sets):
                archive.add(case.name if k == 0 else f"{case.name}_{k}", case.model, inputs, outputs)
    archive.close()


def tensor(value):
    return numpy_helper.from_array(np.asarray(value))


def random(shape, dtype=np.float32, low=-3, high=3):
    """Random numbers that the type holds exactly, none of them 0."""
    if np.dtype(dtype) == np.bool_:
        return RANDOM.integers(0, 2, shape).astype(np.bool_)
    if np.dtype(dtype) in map(np.dtype, INTEGERS):
        low = max(low, 1) if np.dtype(dtype).kind == "u" else low
        values = RANDOM.integers(low, high + 1, shape)
        return np.where(values == 0, 2, values).astype(dtype)
    return RANDOM.uniform(low, high, shape).astype(np.float16).astype(ml_dtypes.bfloat16).astype(dtype)


class Forms:
    """Makes models of one node and has another program compute what they give."""

    def __init__(self):
        self.archive = Archive("other-forms.zip")
        self.by_onnx = []

    def case(self, name, op, inputs, opset, outputs=1, domain="", known=(), **attributes):
        """One node; `inputs` may hold None. `known`: positions that become initializers."""
        names = ["" if value is None else f"x{k}" for k, value in enumerate(inputs)]
        node = helper.make_node(op, names, [f"y{k}" for k in range(outputs)], domain=domain, **attributes)
        given = {n: v for k, (n, v) in enumerate(zip(names, inputs)) if v is not None and k not in known}
        initializers = {names[k]: inputs[k] for k in known}
        self.graph(name, [node], given, opset, [f"y{k}" for k in range(outputs)], initializers)

    def graph(self, name, nodes, inputs, opset, outputs, initializers=()):
        inputs = {n: np.asarray(a) for n, a in inputs.items()}
        expected = self.expected(nodes, inputs, opset, outputs, dict(initializers))
        model = self.model(nodes, inputs, opset, dict(zip(outputs, expected)), dict(initializers))
        self.archive.add(f"{name}_opset{opset}", model, inputs.values(), expected)

    def model(self, nodes, inputs, opset, outputs, initializers):
        def info(name, array):
            array = np.asarray(array)
            return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)

        graph = helper.make_graph(
            nodes,
            "graph",
            [info(n, a) for n, a in inputs.items()],
            [
                info(n, a) if a is not None else helper.make_empty_tensor_value_info(n)
                for n, a in outputs.items()
            ],
            [numpy_helper.from_array(np.asarray(a), n) for n, a in initializers.items()],
        )
        opsets = [helper.make_opsetid("", opset), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8)

    def expected(self, nodes, inputs, opset, outputs, initializers):
        arrays = [np.asarray(a) for a in [*inputs.values(), *initializers.values()]]
        halves = {a.dtype for a in arrays if a.dtype in map(np.dtype, HALVES)}
        if len(halves) == 1 and all(node.op_type != "Cast" for node in nodes):
            half = halves.pop()

            def wide(given):
                return {n: a.astype(np.float64) if np.asarray(a).dtype == half else a for n, a in given.items()}

            results = self.expected(nodes, wide(inputs), opset, outputs, wide(initializers))
            return [r.astype(half) if r.dtype == np.float64 else r for r in results]
        model = self.model(nodes, inputs, opset, dict.fromkeys(outputs), initializers)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        try:
            session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
            return session.run(outputs, inputs)
        except (InvalidArgument, NotImplemented, RuntimeError) as refusal:
            # Its Python interface takes and gives no bfloat16.
            bfloat16 = "bfloat16" in str(refusal) or any(a.dtype == ml_dtypes.bfloat16 for a in arrays)
            if not isinstance(refusal, NotImplemented) and not bfloat16 and "not supported" not in str(refusal):
                raise
            self.by_onnx.append(f"{nodes[0].op_type}{opset}")
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                return ReferenceEvaluator(model).run(outputs, inputs)


def label(dtype):
    return np.dtype(dtype).name


def reductions(forms):
    x = random((2, 3, 4))
    axes = lambda *a: np.array(a, np.int64)
    for op, since in (("ReduceMean", 18), ("ReduceL2", 18), ("ReduceSum", 13)):
        for opset in sorted({11, since - 1}):
            forms.case(f"{op}_attribute", op, [x], opset, axes=[1], keepdims=1)
            forms.case(f"{op}_attribute_two_flat", op, [x], opset, axes=[-1, 0], keepdims=0)
            forms.case(f"{op}_all", op, [x], opset)
            forms.case(f"{op}_all_flat", op, [x], opset, keepdims=0)
        for opset in sorted({since, 18, 21}):
            forms.case(f"{op}_known", op, [x, axes(-1)], opset, known=[1], keepdims=0)
            forms.case(f"{op}_all_flat", op, [x], opset, keepdims=0)
            forms.case(f"{op}_none", op, [x, axes()], opset, known=[1], noop_with_empty_axes=1)
            forms.case(f"{op}_empty_is_all", op, [x, axes()], opset, known=[1])
        for dtype in FLOATS[1:] + [np.int32, np.int64]:
            forms.case(f"{op}_{label(dtype)}", op, [random((2, 3, 4), dtype), axes(1)], 18, known=[1])
        forms.case(f"{op}_no_dimensions", op, [random(())], 18)


def shapes(forms):
    x = random((2, 1, 3, 1))
    ints = lambda *a: np.array(a, np.int64)
    forms.case("Squeeze_attribute", "Squeeze", [x], 11, axes=[1, -1])
    forms.case("Squeeze_all", "Squeeze", [x], 11)
    forms.case("Squeeze_all", "Squeeze", [x], 13)
    forms.case("Squeeze_input", "Squeeze", [x, ints(-3)], 13)
    forms.case("Unsqueeze_attribute", "Unsqueeze", [x], 11, axes=[0, -2])
    forms.case("Unsqueeze_input", "Unsqueeze", [x, ints(5, 0)], 13)
    forms.case("Unsqueeze_scalar", "Unsqueeze", [random(()), ints(0)], 13)
    forms.case("Reshape_copied_and_open", "Reshape", [x, ints(0, -1)], 11)
    forms.case("Reshape_open", "Reshape", [x, ints(3, -1)], 13, known=[1])
    forms.case("Reshape_scalar", "Reshape", [random((1, 1)), ints()], 13)
    forms.case("Reshape_empty", "Reshape", [random((0, 3)), ints(3, 0)], 14, allowzero=1)
    forms.case("Flatten_negative", "Flatten", [x], 11, axis=-2)
    forms.case("Flatten_behind_the_last", "Flatten", [x], 13, axis=4)
    forms.case("Flatten_no_dimensions", "Flatten", [random(())], 13, axis=0)
    forms.case("Transpose_default", "Transpose", [x], 11)
    forms.case("Expand_smaller", "Expand", [random((3, 1)), ints(1, 4)], 11)
    forms.case("Expand_more_dimensions", "Expand", [random((3, 1)), ints(2, 1, 4)], 13)
    forms.case("Expand_scalar", "Expand", [random(()), ints(2, 3)], 13)
    forms.case("Shape_whole", "Shape", [x], 11)
    for dtype in FLOATS + INTEGERS + [np.bool_]:
        y = random((2, 3), dtype)
        forms.case(f"Transpose_{label(dtype)}", "Transpose", [y], 13, perm=[1, 0])
        forms.case(f"Concat_{label(dtype)}", "Concat", [y, random((2, 1), dtype)], 13, axis=-1)
        forms.case(f"Gather_{label(dtype)}", "Gather", [y, ints(2, -3)], 13, axis=1)
        forms.case(f"Slice_{label(dtype)}", "Slice", [y, ints(1), ints(3), ints(1)], 13)
        forms.case(f"Expand_{label(dtype)}", "Expand", [y, ints(2, 1, 3)], 13)
        forms.case(f"Pad_{label(dtype)}", "Pad", [y, ints(0, 1, 0, 2), random((), dtype)], 19)
        forms.case(f"Where_{label(dtype)}", "Where", [random((2, 1), np.bool_), y, random((3,), dtype)], 16)
        forms.case(f"Identity_{label(dtype)}", "Identity", [y], 16)
        forms.case(f"Reshape_{label(dtype)}", "Reshape", [y, ints(-1)], 14)


def movements(forms):
    x = random((3, 4, 5))
    longest = np.iinfo(np.int64).max
    for index in (np.int32, np.int64):
        i = lambda *a: np.array(a, index)
        forms.case(f"Gather_{label(index)}", "Gather", [x, i(0, -1, 2)], 11, axis=0)
        forms.case(f"Slice_{label(index)}", "Slice", [x, i(1, 0), i(3, 4), i(0, 2), i(1, 2)], 11)
    i = lambda *a: np.array(a, np.int64)
    forms.case("Gather_one", "Gather", [x, np.array(-2, np.int64)], 13, axis=-1)
    forms.case("Gather_matrix", "Gather", [x, np.array([[0, 1], [2, 0]], np.int64)], 13, axis=0, known=[1])
    forms.case("Slice_to_the_end", "Slice", [x, i(1), i(longest), i(-1)], 13, known=[1, 2, 3])
    forms.case("Slice_backwards", "Slice", [x, i(-1), i(-longest), i(1), i(-1)], 13)
    forms.case("Slice_backwards_by_two", "Slice", [x, i(10), i(0), i(2), i(-2)], 13)
    forms.case("Slice_nothing", "Slice", [x, i(3), i(2), i(2)], 13)
    forms.case("Slice_long_steps", "Slice", [x, i(0), i(longest), i(2), i(longest)], 13)
    forms.case("Slice_default_axes", "Slice", [x, i(1, 1), i(2, 3)], 11)
    forms.case("Concat_three", "Concat", [x, x, x[:1]], 11, axis=0)
    forms.case("Concat_one", "Concat", [x], 13, axis=1)
    forms.case("Concat_empty", "Concat", [x, x[:, :0]], 13, axis=1)
    pads = i(0, 1, 2, 0, 2, 1)
    value = np.float32(1.5)
    for opset in (11, 13):
        forms.case("Pad_constant", "Pad", [x, pads, value], opset, known=[1])
        forms.case("Pad_zeros", "Pad", [x, pads], opset)
        forms.case("Pad_reflect", "Pad", [x, pads], opset, mode="reflect")
        forms.case("Pad_edge", "Pad", [x, pads], opset, mode="edge")
    forms.case("Pad_negative", "Pad", [x, i(0, -1, 2, -1, 1, -2), value], 13)
    forms.case("Pad_axes", "Pad", [x, i(1, 2, 0, 1), value, i(2, 0)], 18)
    forms.case("Pad_wrap", "Pad", [x, i(0, 0, 2, 0, 0, 3)], 19, mode="wrap")


def elementwise(forms):
    for opset in (11, 12, 13):
        x = random((2, 3))
        forms.case("Clip_both", "Clip", [x, np.float32(-1), np.float32(1.5)], opset)
        forms.case("Clip_above", "Clip", [x, None, np.float32(1)], opset, known=[2])
        forms.case("Clip_below", "Clip", [x, np.float32(0.5)], opset)
        forms.case("Clip_nothing", "Clip", [x], opset)
    for dtype in FLOATS[1:] + INTEGERS:
        forms.case(f"Clip_{label(dtype)}", "Clip", [random((2, 3), dtype), np.ones((), dtype), np.full((), 2, dtype)], 13)
    for dtype in FLOATS[1:] + INTEGERS:
        for op in ("Add", "Sub", "Mul", "Div"):
            # Whole numbers beyond 2^53 are rounded, so that of 64 bits nothing may wrap around.
            low = 3 if op == "Sub" and dtype == np.uint64 else -3
            forms.case(f"{op}_{label(dtype)}", op, [random((2, 1, 3), dtype, low), random((2, 1), dtype)], 14)
    for dtype in FLOATS:
        x = random((2, 3), dtype)
        for op in ("Erf", "Sigmoid", "Tanh", "Relu"):
            forms.case(f"{op}_{label(dtype)}", op, [x], 14)
        forms.case(f"Sqrt_{label(dtype)}", "Sqrt", [random((2, 3), dtype, 0, 9)], 13)
        forms.case(f"Gelu_{label(dtype)}", "Gelu", [x], 20)
        forms.case(f"Gelu_tanh_{label(dtype)}", "Gelu", [x], 20, approximate="tanh")
        forms.case(f"Pow_{label(dtype)}", "Pow", [random((2, 3), dtype, 0.25, 3), random((1, 3), dtype)], 13)
        forms.case(f"Pow_{label(dtype)}_square", "Pow", [x, np.array(2, dtype)], 13, known=[1])
    for dtype in (np.int8, np.int16, np.int32, np.int64):
        forms.case(f"Relu_{label(dtype)}", "Relu", [random((2, 3), dtype)], 14)
    forms.case("Pow_by_float64", "Pow", [random((2, 3), np.float32, 0.5, 2), random((2, 3), np.float64)], 13)
    forms.case("Pow_of_int64_by_float32", "Pow", [random((2, 3), np.int64, 1, 9), np.array(0.5, np.float32)], 13)
    forms.case("Microsoft_Gelu", "Gelu", [random((2, 3))], 17, domain="com.microsoft")
    forms.case("Microsoft_BiasGelu", "BiasGelu", [random((2, 3)), random((3,))], 17, domain="com.microsoft")
    x = random((2, 3))
    forms.case("Dropout_attribute", "Dropout", [x], 11, ratio=0.25)
    forms.case("Dropout_inputs", "Dropout", [x, np.float32(0.25), np.array(False)], 13, outputs=2, known=[1, 2])
    forms.case("Dropout_no_mask", "Dropout", [x, np.float32(0.25)], 12)


def casts(forms):
    """Every type to every type; negative numbers only where no type involved is unsigned."""
    targets = FLOATS + INTEGERS + [np.bool_]
    for source in targets:
        if np.dtype(source) == np.bool_:
            x = np.array([True, False])
        elif source in FLOATS:
            x = np.array([0, 0.5, 1, 1.75, 2.5, 100.5], source)
        else:
            x = np.array([0, 1, 2, 100], source)
        nodes = [
            helper.make_node("Cast", ["x"], [label(to)], to=helper.np_dtype_to_tensor_dtype(np.dtype(to)))
            for to in targets
        ]
        forms.graph(f"Cast_{label(source)}", nodes, {"x": x}, 13, [label(to) for to in targets])
        if source in FLOATS or np.dtype(source).kind == "i":
            signed = FLOATS + [np.int8, np.int16, np.int32, np.int64]
            x = np.array([-1.75, -0.5, 0.25, 2.5] if source in FLOATS else [-100, -1, 3], source)
            nodes = nodes[:0] + [
                helper.make_node("Cast", ["x"], [label(to)], to=helper.np_dtype_to_tensor_dtype(np.dtype(to)))
                for to in signed
            ]
            forms.graph(f"Cast_{label(source)}_signed", nodes, {"x": x}, 13, [label(to) for to in signed])


def constants(forms):
    x = {"x": random((1,))}
    keep = helper.make_node("Identity", ["x"], ["same"])
    for name, attribute in {
        "float": {"value_float": 1.5},
        "floats": {"value_floats": [1.5, -2.0]},
        "int": {"value_int": 7},
        "ints": {"value_ints": [7, -8, 2**40]},
    }.items():
        node = helper.make_node("Constant", [], ["y"], **attribute)
        forms.graph(f"Constant_{name}", [node, keep], x, 12, ["y", "same"])
    for dtype in FLOATS + INTEGERS + [np.bool_]:
        node = helper.make_node("Constant", [], ["y"], value=tensor(random((2, 3), dtype)))
        forms.graph(f"Constant_{label(dtype)}", [node, keep], x, 13, ["y", "same"])
        value = numpy_helper.from_array(np.ones(1, dtype), "value")
        forms.case(f"ConstantOfShape_{label(dtype)}", "ConstantOfShape", [np.array([2, 3], np.int64)], 20, value=value)
    forms.case("ConstantOfShape_default", "ConstantOfShape", [np.array([2, 3], np.int64)], 11)
    forms.case("ConstantOfShape_scalar", "ConstantOfShape", [np.zeros(0, np.int64)], 11)
    for dtype in FLOATS:
        for op in ("Ceil", "Floor"):
            forms.case(f"{op}_{label(dtype)}", op, [random((2, 3), dtype)], 13)
    for dtype in (np.float32, np.float64, np.int16, np.int32, np.int64):
        forms.case(f"Range_{label(dtype)}", "Range", [np.array(v, dtype) for v in (1, 10, 4)], 11)
        forms.case(f"Range_{label(dtype)}_none", "Range", [np.array(v, dtype) for v in (1, 10, -4)], 11, known=[0, 1, 2])


def products(forms):
    x, w, b = random((2, 4, 7, 6)), random((6, 2, 3, 2)), random((6,))
    for opset in (11, 22):
        forms.case("Conv_groups", "Conv", [x, w, b], opset, group=2)
        forms.case("Conv_no_bias", "Conv", [x, w], opset, group=2, kernel_shape=[3, 2])
    forms.case("Conv_everything", "Conv", [x, w, b], 11, group=2, pads=[1, 0, 2, 1], strides=[2, 1], dilations=[1, 2])
    for auto in ("SAME_UPPER", "SAME_LOWER", "VALID"):
        forms.case(f"Conv_{auto}", "Conv", [x, w, b], 11, group=2, auto_pad=auto)
        forms.case(f"Conv_{auto}_strides", "Conv", [x, w, b], 11, group=2, auto_pad=auto, strides=[3, 2])
    forms.case("Conv_SAME_UPPER_dilated", "Conv", [x, w, b], 11, group=2, auto_pad="SAME_UPPER", dilations=[2, 1])
    forms.case("Conv_depthwise", "Conv", [x, random((4, 1, 7, 7)), random((4,))], 17, group=4, pads=[3, 3, 3, 3])
    forms.case("Conv_patches", "Conv", [x, random((5, 4, 2, 2)), random((5,))], 17, strides=[2, 2], known=[1, 2])
    forms.case("Conv_line", "Conv", [random((2, 3, 9)), random((4, 3, 3))], 11, pads=[1, 1])
    forms.case("Conv_space", "Conv", [random((1, 2, 4, 5, 3)), random((3, 2, 2, 2, 2)), random((3,))], 11)
    for dtype in FLOATS[1:]:
        forms.case(f"Conv_{label(dtype)}", "Conv", [random((1, 2, 4, 4), dtype), random((3, 2, 2, 2), dtype)], 11)
    a, c = random((3, 4)), random((4, 5))
    for opset in (11, 13):
        forms.case("Gemm_plain", "Gemm", [a, c], opset)
        forms.case("Gemm_column", "Gemm", [a, c, random((3, 1))], opset)
        forms.case("Gemm_number", "Gemm", [a, c, random(())], opset)
        forms.case("Gemm_all", "Gemm", [a.T, c.T, random((5,))], opset, transA=1, transB=1, alpha=0.5, beta=2.0)
        forms.case("Gemm_no_beta", "Gemm", [a, c, random((5,))], opset, beta=0.0)
    for dtype in FLOATS[1:] + [np.int32, np.int64, np.uint32, np.uint64]:
        left, right = random((3, 4), dtype), random((4, 5), dtype)
        forms.case(f"Gemm_{label(dtype)}", "Gemm", [left, right, random((5,), dtype)], 13)
        forms.case(f"MatMul_{label(dtype)}", "MatMul", [left, right], 13)
    forms.case("MatMul_batches", "MatMul", [random((2, 1, 3, 4)), random((5, 4, 2))], 11)
    forms.case("MatMul_vector_left", "MatMul", [random((4,)), random((2, 4, 3))], 13)
    forms.case("MatMul_vector_right", "MatMul", [random((2, 3, 4)), random((4,))], 13, known=[1])


def normalizations(forms):
    x = random((2, 3, 4))
    for opset in (11, 12, 13, 17):
        forms.case("Softmax_default", "Softmax", [x], opset)
        for axis in (0, 1, 2, -1, -2):
            forms.case(f"Softmax_{axis}".replace("-", "minus_"), "Softmax", [x], opset, axis=axis)
    for dtype in FLOATS[1:]:
        forms.case(f"Softmax_{label(dtype)}", "Softmax", [random((2, 3, 4), dtype)], 13)
        forms.case(f"GlobalAveragePool_{label(dtype)}", "GlobalAveragePool", [random((2, 3, 4, 5), dtype)], 11)
    forms.case("GlobalAveragePool_line", "GlobalAveragePool", [x], 11)
    forms.case("GlobalAveragePool_space", "GlobalAveragePool", [random((1, 2, 3, 4, 2))], 11)
    for outputs in (1, 2, 3):
        forms.case(f"LayerNormalization_{outputs}", "LayerNormalization", [x, random((4,)), random((4,))], 17, outputs)
    forms.case("LayerNormalization_no_bias", "LayerNormalization", [x, random((4,))], 17, epsilon=1e-6)
    forms.case("LayerNormalization_axis", "LayerNormalization", [x, random((3, 4)), random((3, 4))], 17, axis=1)
    forms.case("LayerNormalization_broadcast", "LayerNormalization", [x, random((1, 4)), random((1,))], 17, axis=1)
    for dtype in FLOATS[1:]:
        forms.case(
            f"LayerNormalization_{label(dtype)}",
            "LayerNormalization",
            [random((2, 3, 4), dtype), random((4,), dtype), random((4,), dtype)],
            17,
            epsilon=1e-3,
        )


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    node_tests()
    forms = Forms()
    for family in (reductions, shapes, movements, elementwise, casts, constants, products, normalizations):
        family(forms)
    forms.archive.close()
    print("judged by onnx's reference evaluator:", sorted(set(forms.by_onnx)))


if __name__ == "__main__":
    main()
