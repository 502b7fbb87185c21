"""LightGBM's trees in the same graph as everybody else's: five raw numbers in, minutes out.

onnxmltools converts the trees; the table look-ups in front of them are those of `taxi.export`.
"""

import re
from typing import Any

from onnx import helper

from taxi.encodings import SIZES, Stored
from taxi.export import build_graph, round_down
from taxi.features import COLUMNS

TREES = "TreeEnsembleRegressor"
SET_BY_GRAPH = ("n_targets", "aggregate_function", "post_transform", "base_values", "name")


def to_onnx(booster: Any, tables: Stored) -> bytes:
    """The fitted booster and the encodings it was fitted with, as a checked, serialised graph."""
    return build_graph(tables, trees(booster), baseline=0.0)  # LightGBM keeps the mean in its first tree


def trees(booster: Any) -> dict[str, Any]:
    """Attributes of ONNX's TreeEnsembleRegressor, as onnxmltools writes them."""
    import onnxmltools
    from lightgbm import Booster
    from onnxmltools.convert.common.data_types import FloatTensorType

    exact = Booster(model_str=_in_32_bits(booster.model_to_string()))
    takes = [("row_of_eight", FloatTensorType([None, len(COLUMNS) + len(SIZES)]))]
    converted = onnxmltools.convert_lightgbm(exact, initial_types=takes)
    (node,) = [node for node in converted.graph.node if node.op_type == TREES]
    attributes = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
    return {name: value for name, value in attributes.items() if name not in SET_BY_GRAPH}


def _in_32_bits(text: str) -> str:
    """LightGBM's own text of a model, its thresholds such that onnxmltools' 32 bits hold them.

    Rounded to the nearest, one in a few hundred would fall on a value that a trip can have, and send it the other way.
    """
    text = re.sub(r"^tree_sizes=.*\n", "", text, flags=re.MULTILINE)  # in bytes: not right any more, and not needed
    return re.sub(r"^threshold=(.*)$", lambda line: f"threshold={_rounded(line[1])}", text, flags=re.MULTILINE)


def _rounded(numbers: str) -> str:
    return " ".join(repr(float(number)) for number in round_down([float(text) for text in numbers.split()]))
