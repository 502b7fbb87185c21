"""A file with two models in it: which one is seen depends on who looks."""

import struct
from pathlib import Path

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

# to protobuf: ir_version 10, then eight bytes of a field nobody knows; to ONNX Runtime: a root offset, its own mark
START = b"\x08\x0a\x49\x00ORTM\0\0\0"


def two_models_in_one(graph: bytes, folder: Path) -> bytes:
    """`graph` to everything that reads protobuf; to ONNX Runtime, unless told otherwise, a model that answers 42."""
    hidden = in_its_own_format(always_42(), folder / "hidden.ort")
    (root,) = struct.unpack_from("<I", hidden, 0)
    (to_fields,) = struct.unpack_from("<i", hidden, root)
    fields = root - to_fields
    fields_size, root_size = struct.unpack_from("<HH", hidden, fields)
    (new_root,) = struct.unpack_from("<I", START, 0)
    moved = (new_root + root_size + 15) // 16 * 16  # the hidden file as it is, at this place; its root in front of it

    table = bytearray(hidden[root : root + root_size])
    struct.pack_into("<i", table, 0, new_root - (moved + fields))
    for at in struct.unpack_from(f"<{fields_size // 2 - 2}H", hidden, fields + 4):
        if at:  # an offset to a child, counted from here
            struct.pack_into("<I", table, at, struct.unpack_from("<I", table, at)[0] + moved + root - new_root)

    whole = bytearray(moved + len(hidden))
    whole[: len(START)] = START
    whole[new_root : new_root + root_size], whole[moved:] = table, hidden
    unknown = b"\x52" + varint(len(whole) - len(START) - 5)  # all of that is one more field nobody knows
    assert len(unknown) == 5
    whole[len(START) : len(START) + 5] = unknown
    return bytes(whole) + graph


def always_42() -> bytes:
    nodes = [
        helper.make_node("Shape", ["trip"], ["shape"], end=1),
        helper.make_node("Concat", ["shape", "one"], ["rows"], axis=0),
        helper.make_node("ConstantOfShape", ["rows"], ["minutes"], value=numpy_helper.from_array(np.float32([42]))),
    ]
    takes, gives = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, width])
        for name, width in (("trip", 5), ("minutes", 1))
    )
    one = numpy_helper.from_array(np.array([1]), "one")
    graph = helper.make_graph(nodes, "hidden", [takes], [gives], [one])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10).SerializeToString()


def in_its_own_format(graph: bytes, path: Path) -> bytes:
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath, options.log_severity_level = str(path), 4
    options.add_session_config_entry("session.save_model_format", "ORT")
    onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    return path.read_bytes()


def varint(number: int) -> bytes:
    head, rest = number & 127, number >> 7
    return bytes([head | 128]) + varint(rest) if rest else bytes([head])
