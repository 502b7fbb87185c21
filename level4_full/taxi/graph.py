"""Open a model with care and ask it: ONNX Runtime and numpy, nothing else. A server needs no more than this.

A graph is data, and still not to be trusted blindly: it can point to other files, ask for operators that are somebody's
code, be enormous, or grow enormous when it is asked. All of that is refused before ONNX Runtime sees it.
"""

import hashlib
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from taxi.errors import UnsafeModel
from taxi.features import COLUMNS

if TYPE_CHECKING:
    import onnx

INPUT, OUTPUT = "trip", "minutes"
MAX_BYTES = 50_000_000
TREES = "ai.onnx.ml.TreeEnsembleRegressor"
ARITHMETIC = ("Add", "Cast", "Concat", "Gather", "Mul", "Slice", "Split")
OPERATORS = (TREES, *(f"ai.onnx.{name}" for name in ARITHMETIC))  # all that our exporters write: no branch, no loop
PLAIN = ("name", "type", "doc_string", "f", "i", "s", "floats", "ints", "strings")  # no tensor or graph in an attribute
WIDEST = 1000  # numbers for each trip at any step; ours need eight
CORNERS = np.array([[0.01, 1, 1, 0, 0], [200, 265, 265, 23, 6], [2.6, 1, 265, 8, 6], [2.6, 265, 1, 8, 0]], np.float32)


def digest(data: bytes) -> str:
    """sha256 of a model file, in hex: what the registry records and everybody checks."""
    return hashlib.sha256(data).hexdigest()


def inspect(data: bytes) -> None:
    """Raise UnsafeModel unless `data` is one self-contained ONNX graph of this contract; nothing is executed.

    Refused: over 50 MB, not ONNX, external data, other operators than our exporters', functions, sub-graphs, another
    signature, and a step that would give more than 1,000 numbers a trip.
    """
    import onnx

    if len(data) > MAX_BYTES:
        raise UnsafeModel(f"the model has {len(data) / 1e6:.0f} MB, at most {MAX_BYTES / 1e6:.0f}. Train a smaller one")
    try:
        model = onnx.load_model_from_string(data)
    except Exception as error:  # protobuf raises its own kinds
        raise UnsafeModel("the file is no ONNX graph. Train again: python train.py") from error
    problems = _parts(model) or _steps(model)
    if problems:
        raise UnsafeModel(f"the graph is refused: {'; '.join(problems)}. Train again: python train.py")


def session(data: bytes) -> Any:
    """ONNX Runtime on this graph, one thread, quiet. Raises whatever onnxruntime does."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # a file can be ONNX to protobuf and ONNX Runtime's own format to ONNX Runtime: another model than was inspected
    options.add_session_config_entry("session.load_model_format", "ONNX")
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


class Scorer:
    """A graph, ready to answer. One thread: a server's requests are the parallelism."""

    def __init__(self, data: bytes) -> None:
        """Raises UnsafeModel when `inspect` does, or when ONNX Runtime cannot make sense of the graph."""
        inspect(data)
        try:
            self._session = session(data)
            minutes = self.predict(CORNERS)
        except Exception as error:  # onnxruntime raises a dozen kinds
            raise UnsafeModel(f"the graph cannot be run ({type(error).__name__}). Train again") from error
        if minutes.shape != (len(CORNERS),) or not np.isfinite(minutes).all():
            raise UnsafeModel("the graph has no minutes for some trips. Train again: python train.py")

    def predict(self, rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """(n,) minutes for (n, 5) features of `taxi.features`."""
        (minutes,) = self._session.run([OUTPUT], {INPUT: rows})
        return np.asarray(minutes[:, 0], dtype=np.float64)


def _parts(model: "onnx.ModelProto") -> list[str]:
    """What a graph of ours never holds. Names are somebody else's text: shown escaped, and cut."""
    graph, problems = model.graph, []
    foreign = {f"{node.domain or 'ai.onnx'}.{node.op_type}" for node in graph.node} - set(OPERATORS)
    if foreign:
        problems.append(f"it asks for other operators: {str(sorted(foreign))[:100]}")
    if model.functions or model.training_info:
        problems.append("it brings functions of its own")
    fields = {field.name for node in graph.node for part in node.attribute for field, _ in part.ListFields()}
    if fields - set(PLAIN):
        problems.append("it hides graphs or tensors in attributes")
    if graph.sparse_initializer or any(tensor.data_location or tensor.external_data for tensor in graph.initializer):
        problems.append("it points to data in another file")
    takes, gives = [_signature(value) for value in graph.input], [_signature(value) for value in graph.output]
    if takes != [(INPUT, 1, [None, len(COLUMNS)])] or gives != [(OUTPUT, 1, [None, 1])]:  # 1: 32-bit floats
        found = f"takes {takes} and gives {gives}"[:200]
        problems.append(f"it {found}, not (n, {len(COLUMNS)}) and (n, 1)")
    return problems


def _signature(value: "onnx.ValueInfoProto") -> tuple[str, int, list[int | None]]:
    """Name, type, and shape, None where a dimension is open."""
    tensor = value.type.tensor_type
    return value.name, tensor.elem_type, [d.dim_value if d.HasField("dim_value") else None for d in tensor.shape.dim]


def _steps(model: "onnx.ModelProto") -> list[str]:
    """Steps that would not give (n, a few) numbers for n trips: a tiny file can ask for all the memory there is."""
    import onnx

    del model.graph.value_info[:]  # what it says about its steps; worked out below
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "n"
    try:
        onnx.checker.check_model(model)
        known = onnx.shape_inference.infer_shapes(model, strict_mode=True).graph
    except Exception as error:  # three modules raise their own kinds
        return [f"it contradicts itself ({type(error).__name__})"]
    shapes = {
        value.name: [d.dim_value or d.dim_param for d in value.type.tensor_type.shape.dim]
        for value in (*known.value_info, *known.output)
    }
    steps = [name for node in model.graph.node for name in node.output]
    return [f"its step {name[:40]!r} gives {shapes.get(name)}" for name in steps if not _small(shapes.get(name))][:3]


def _small(shape: list[int | str] | None) -> bool:
    """(n, a few), nothing left open."""
    if shape is None or shape[:1] != ["n"]:
        return False
    return all(isinstance(d, int) and d > 0 for d in shape[1:]) and math.prod(map(int, shape[1:])) <= WIDEST
