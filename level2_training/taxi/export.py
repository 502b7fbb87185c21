"""The model as one ONNX graph: five raw numbers in, minutes out. Data, no code; encoding tables and trees inside.

skl2onnx cannot convert this learner with scikit-learn 1.9, so the graph is written here: three table look-ups, one
concatenation, one tree ensemble.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from sklearn.pipeline import Pipeline

from taxi.errors import OutsideParity
from taxi.features import COLUMNS, DROPOFF_ZONE, PICKUP_ZONE
from taxi.graph import INPUT, OUTPUT, Scorer

ZONES = 266  # ids 0..265; 0 is never asked for
WIDTH = 1000  # the pair's id is 1000 pick-up + drop-off, as in taxi.features
OPSETS = (("", 18), ("ai.onnx.ml", 3))
PARITY_MINUTES = 0.01


def to_onnx(model: Pipeline) -> bytes:
    """The fitted pipeline of `taxi.model` as a checked, serialised graph: float32 (n, 5) to float32 (n, 1)."""
    encode, booster = model[0], model[-1]
    encoder = encode.named_transformers_["usual"]["targetencoder"]
    trees = _trees(booster)
    baseline = float(np.ravel(booster._baseline_prediction)[0])
    return build_graph(_tables(encoder), trees, baseline)


def build_graph(tables: tuple[npt.NDArray[np.float32], ...], trees: dict[str, Any], baseline: float) -> bytes:
    """tables: mean minutes by pick-up zone (266,), drop-off zone (266,), pair (266,000,). trees: node attributes."""
    node = helper.make_node
    nodes = [
        node("Slice", [INPUT, "from", "to", "axis"], ["zones"]),
        node("Cast", ["zones"], ["ids"], to=TensorProto.INT64),
        node("Split", ["ids"], ["pickup", "dropoff"], axis=1, num_outputs=2),
        node("Mul", ["pickup", "width"], ["row"]),
        node("Add", ["row", "dropoff"], ["pair"]),
        node("Gather", ["by_pickup", "pickup"], ["usual_pickup"]),
        node("Gather", ["by_dropoff", "dropoff"], ["usual_dropoff"]),
        node("Gather", ["by_pair", "pair"], ["usual_pair"]),
        node("Concat", [INPUT, "usual_pickup", "usual_dropoff", "usual_pair"], ["row_of_eight"], axis=1),
        node("TreeEnsembleRegressor", ["row_of_eight"], [OUTPUT], domain="ai.onnx.ml", n_targets=1,
             aggregate_function="SUM", post_transform="NONE", base_values=[baseline], **trees),
    ]  # fmt: skip
    constants = {
        "by_pickup": tables[0], "by_dropoff": tables[1], "by_pair": tables[2], "width": np.array([WIDTH]),
        "from": np.array([PICKUP_ZONE]), "to": np.array([DROPOFF_ZONE + 1]), "axis": np.array([1]),
    }  # fmt: skip
    graph = helper.make_graph(
        nodes,
        "trip_duration",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, [None, len(COLUMNS)])],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [None, 1])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    opsets = [helper.make_opsetid(domain, version) for domain, version in OPSETS]
    whole = helper.make_model(graph, opset_imports=opsets, ir_version=10)
    onnx.checker.check_model(whole)
    return bytes(whole.SerializeToString())


def check_parity(graph: bytes, rows: npt.NDArray[np.float32], expected: npt.NDArray[np.float64]) -> float:
    """The largest difference to the pipeline, in minutes, over (n, 5) rows. Raises OutsideParity past 0.01."""
    worst = float(np.max(np.abs(Scorer(graph).predict(rows) - expected)))
    if not worst <= PARITY_MINUTES:
        raise OutsideParity(
            f"the exported graph differs from the pipeline by {worst:.3g} minutes (at most {PARITY_MINUTES}). "
            "Compare taxi/export.py with the versions in requirements.txt"
        )
    return worst


def round_down(thresholds: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """The largest 32-bit numbers that are not above: every 32-bit value then takes the branch it took in 64 bits."""
    exact = np.asarray(thresholds, dtype=np.float64)
    nearest = exact.astype(np.float32)
    return np.where(nearest > exact, np.nextafter(nearest, np.float32(-np.inf)), nearest)


def _tables(encoder: Any) -> tuple[npt.NDArray[np.float32], ...]:
    """A table for each encoded column: the encoding by id; ids never seen get the overall mean."""
    sizes = (ZONES, ZONES, WIDTH * ZONES)
    tables = tuple(np.full(size, encoder.target_mean_, np.float32) for size in sizes)
    for table, ids, values in zip(tables, encoder.categories_, encoder.encodings_, strict=True):
        table[ids.astype(np.int64)] = values.astype(np.float32)  # as the pipeline rounds them
    return tables


def _trees(booster: Any) -> dict[str, list[Any]]:
    """Attributes of ONNX's TreeEnsembleRegressor, read from the booster's node arrays. Trees are in boosting order."""
    parts = [tree.nodes for (tree,) in booster._predictors]
    nodes = np.concatenate(parts)
    tree_ids = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    node_ids = np.concatenate([np.arange(len(part)) for part in parts])
    leaf = nodes["is_leaf"].astype(bool)
    branch = {
        "featureids": nodes["feature_idx"], "values": round_down(nodes["num_threshold"]), "truenodeids": nodes["left"],
        "falsenodeids": nodes["right"], "missing_value_tracks_true": nodes["missing_go_to_left"],
    }  # fmt: skip
    attributes = {f"nodes_{name}": np.where(leaf, 0, column).tolist() for name, column in branch.items()}
    attributes |= {"nodes_treeids": tree_ids.tolist(), "nodes_nodeids": node_ids.tolist()}
    attributes["nodes_modes"] = np.where(leaf, "LEAF", "BRANCH_LEQ").tolist()
    attributes |= {"target_treeids": tree_ids[leaf].tolist(), "target_nodeids": node_ids[leaf].tolist()}
    attributes |= {"target_ids": [0] * int(leaf.sum()), "target_weights": nodes["value"][leaf].tolist()}
    return attributes
