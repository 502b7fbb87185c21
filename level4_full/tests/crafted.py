"""Models that somebody with write access to the registry could put there. Each is made from a good graph's bytes."""

import io
import json
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import skops.io
from onnx import TensorProto, helper, numpy_helper

Make = Callable[[bytes, Path], bytes]


class Trap:
    """Unpickling it makes the marker."""

    def __init__(self, marker: Path) -> None:
        self.marker = str(marker)

    def __reduce__(self):
        return open, (self.marker, "w")


def a_pickle(_: bytes, marker: Path) -> bytes:
    return pickle.dumps(Trap(marker))


def a_skops_file(_: bytes, marker: Path) -> bytes:
    """Loading it calls open(marker, "w"), once `_io.open` is trusted: and the file's own MLmodel can say so."""
    whole = io.BytesIO(skops.io.dumps((str(marker), "w")))
    arguments = json.loads(zipfile.ZipFile(whole).read("schema.json"))
    nothing = json.loads(zipfile.ZipFile(io.BytesIO(skops.io.dumps({}))).read("schema.json"))
    call = {
        "__class__": "open", "__module__": "_io", "__loader__": "LossNode", "__reduce__": {"args": arguments},
        "content": nothing, "protocol": 2, "_skops_version": arguments["_skops_version"], "__id__": 1,
    }  # fmt: skip
    with zipfile.ZipFile(whole := io.BytesIO(), "w") as file:
        file.writestr("schema.json", json.dumps(call))
    return whole.getvalue()


def edited(change: Callable[[onnx.ModelProto, Path], object]) -> Make:
    """What makes a good graph bad by one change."""

    def make(graph: bytes, marker: Path) -> bytes:
        model = onnx.load_model_from_string(graph)
        change(model, marker)
        return model.SerializeToString()

    return make


def table(model: onnx.ModelProto) -> TensorProto:
    return next(tensor for tensor in model.graph.initializer if tensor.name == "by_pickup")


def elsewhere(model: onnx.ModelProto, marker: Path) -> None:
    """The table's numbers are to be read from any file of this machine."""
    tensor = table(model)
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=str(marker))


def first(*nodes: onnx.NodeProto) -> Make:
    """Nodes put in front of the graph's own; their results are not even used."""

    def change(model: onnx.ModelProto, _: Path) -> None:
        own = list(model.graph.node)
        del model.graph.node[:]
        model.graph.node.extend([*nodes, *own])
        model.opset_import.append(helper.make_opsetid("evil.ops", 1))

    return edited(change)


EVIL = helper.make_node("Run", ["trip"], ["ran"], domain="evil.ops")
BRANCH = helper.make_graph([EVIL], "branch", [], [helper.make_tensor_value_info("ran", TensorProto.FLOAT, None)])


def hidden_in_an_attribute(model: onnx.ModelProto, _: Path) -> None:
    model.graph.node[-1].attribute.append(helper.make_attribute("also", BRANCH))


def as_a_function(model: onnx.ModelProto, _: Path) -> None:
    """An operator's name that is ours, and a body that is theirs."""
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("evil.ops", 1)]
    model.functions.append(helper.make_function("ai.onnx", "Add", ["trip"], ["ran"], [EVIL], opsets))


def six_numbers(model: onnx.ModelProto, _: Path) -> None:
    model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 6


def doubles(model: onnx.ModelProto, _: Path) -> None:
    model.graph.output[0].type.tensor_type.elem_type = TensorProto.DOUBLE


def sixty_megabytes(model: onnx.ModelProto, _: Path) -> None:
    model.graph.initializer.append(numpy_helper.from_array(np.zeros(15_000_000, np.float32), "ballast"))


def an_enormous_table(model: onnx.ModelProto, _: Path) -> None:
    table(model).dims[0] = 2**31


def all_pairs_of_rows(model: onnx.ModelProto, _: Path) -> None:
    """A column times a row, 240 kB each: 14 GB once it is asked."""
    column = np.zeros(60_000, np.float32)
    constants = [numpy_helper.from_array(column[:, None], "column"), numpy_helper.from_array(column[None], "row_")]
    model.graph.initializer.extend(constants)
    model.graph.node.insert(0, helper.make_node("Mul", ["column", "row_"], ["square"]))


def too_short(model: onnx.ModelProto, _: Path) -> None:
    table(model).CopyFrom(numpy_helper.from_array(np.zeros(3, np.float32), "by_pickup"))


def not_a_number(model: onnx.ModelProto, _: Path) -> None:
    weights = next(part for part in model.graph.node[-1].attribute if part.name == "base_values")
    weights.floats[0] = np.nan


def unknown_feature(model: onnx.ModelProto, _: Path) -> None:
    next(part for part in model.graph.node[-1].attribute if part.name == "nodes_featureids").ints[0] = 10**6


# each doubles the rows: 40 small nodes ask for a million million trips
ROWS = [helper.make_node("Concat", [f"x{n}" if n else "trip"] * 2, [f"x{n + 1}"], axis=0) for n in range(40)]
ZEROS = helper.make_node("ConstantOfShape", ["from"], ["zeros"])
FORK = helper.make_node("If", ["yes"], ["either"], then_branch=BRANCH, else_branch=BRANCH)

REFUSED: dict[str, tuple[Make, str]] = {  # what it is -> how to make it, and what the refusal says
    "a pickle": (a_pickle, "no ONNX graph"),
    "a skops file": (a_skops_file, "no ONNX graph"),
    "garbage": (lambda graph, marker: np.random.default_rng(0).bytes(10_000), "no ONNX graph"),
    "truncated": (lambda graph, marker: graph[: len(graph) // 2], "no ONNX graph"),
    "empty": (lambda graph, marker: b"", "takes [] and gives []"),
    "over 50 MB": (edited(sixty_megabytes), "at most 50"),
    "data in another file": (edited(elsewhere), "data in another file"),
    "a custom operator": (first(EVIL), "['evil.ops.Run']"),
    "one in a branch": (first(FORK), "['ai.onnx.If']"),
    "one in an attribute": (edited(hidden_in_an_attribute), "hides graphs"),
    "one in a function": (edited(as_a_function), "functions of its own"),
    "six numbers": (edited(six_numbers), "not (n, 5) and (n, 1)"),
    "doubles": (edited(doubles), "not (n, 5) and (n, 1)"),
    "a table that grows": (first(ZEROS), "['ai.onnx.ConstantOfShape']"),
    "an enormous table": (edited(an_enormous_table), "contradicts itself"),
    "all pairs of rows": (edited(all_pairs_of_rows), "'square' gives [60000, 60000]"),
    "doubled rows": (first(*ROWS), "'x1' gives"),
    "a table too short": (edited(too_short), "cannot be run"),
    "a feature nobody has": (edited(unknown_feature), "cannot be run"),
    "not a number": (edited(not_a_number), "no minutes for some trips"),
}
