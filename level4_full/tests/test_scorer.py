"""Two models in one call: each says what it says alone; whatever the challenger does, the champion's minutes come."""

import time

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from serving_place import constant

from taxi import graph as graphs
from taxi.errors import UnsafeModel
from taxi.graph import Scorer
from taxi.model import table
from taxi.serving import scorer
from taxi.serving.scorer import Pair


@pytest.fixture(scope="module")
def rows(valid):
    return table(valid.head(2_000))


def endless(like):
    """A challenger that never ends: no graph that passes inspection can do this, so the test lets it pass."""

    def value(name, kind, shape=()):
        return helper.make_tensor_value_info(name, kind, shape)

    copies = [helper.make_node("Identity", ["go"], ["goes"]), helper.make_node("Identity", ["kept"], ["keeps"])]
    number, truth, minutes = TensorProto.INT64, TensorProto.BOOL, TensorProto.FLOAT
    takes = [value("i", number), value("go", truth), value("kept", minutes, None)]
    body = helper.make_graph(copies, "body", takes, [value("goes", truth), value("keeps", minutes, None)])
    whole = onnx.load_model_from_string(constant(like, 5.0))
    nodes = list(whole.graph.node)
    nodes[-1].output[0] = "start"
    on = helper.make_node("Constant", [], ["on"], value=helper.make_tensor("on", TensorProto.BOOL, [], [True]))
    most = helper.make_node("Constant", [], ["most"], value=helper.make_tensor("most", TensorProto.INT64, [], [2**62]))
    loop = helper.make_node("Loop", ["most", "on", "start"], ["minutes"], body=body)
    graph = helper.make_graph(
        [*nodes, on, most, loop], "endless", whole.graph.input, whole.graph.output, whole.graph.initializer
    )
    return helper.make_model(graph, opset_imports=whole.opset_import, ir_version=whole.ir_version).SerializeToString()


def out_of_range(like):
    """A challenger that raises: its table of pick-up zones ends at zone 9."""
    whole = onnx.load_model_from_string(like)
    (usual,) = [one for one in whole.graph.initializer if one.name == "by_pickup"]
    usual.CopyFrom(onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(usual)[:10], "by_pickup"))
    return whole.SerializeToString()


def test_each_says_what_it_says_alone(graph, second_graph, rows):
    scores = Pair(graph, second_graph).score(rows)
    assert scores.failed is None
    assert (scores.champion == Scorer(graph).predict(rows)).all()
    assert (scores.challenger == Scorer(second_graph).predict(rows)).all()


def test_without_a_challenger_or_a_shadow_only_the_champion_is_asked(graph, second_graph, rows):
    for scores in (Pair(graph, None).score(rows), Pair(graph, second_graph).score(rows, shadow=False)):
        assert scores.challenger is None
        assert scores.failed is None
        assert (scores.champion == Scorer(graph).predict(rows)).all()


def test_a_challenger_that_says_nan_has_said_nothing(graph, rows, monkeypatch):
    monkeypatch.setattr(
        scorer, "Scorer", lambda data: Scorer(data) if data == graph else None
    )  # loading would refuse it
    scores = Pair(graph, constant(graph, float("nan"))).score(rows)
    assert (scores.challenger, scores.failed) == (None, "nan")
    assert (scores.champion == Scorer(graph).predict(rows)).all()


def test_a_challenger_that_raises_has_said_nothing(graph, rows, monkeypatch):
    monkeypatch.setattr(scorer, "Scorer", lambda data: Scorer(data) if data == graph else None)
    scores = Pair(graph, out_of_range(graph)).score(rows)
    assert (scores.challenger, scores.failed) == (None, "raised")
    assert (scores.champion == Scorer(graph).predict(rows)).all()


def test_a_challenger_that_does_not_end_is_ended(graph, rows, monkeypatch):
    """Within half a second; the next call is not ended with it."""
    monkeypatch.setattr(scorer, "Scorer", lambda data: Scorer(data) if data == graph else None)
    pair = Pair(graph, endless(graph))
    for _ in range(2):
        began = time.monotonic()
        scores = pair.score(rows[:1])
        assert scores.failed == "stalled"
        assert time.monotonic() - began < 1.5
        assert scores.champion == Scorer(graph).predict(rows[:1])
    assert Pair(graph, constant(graph, 5.0)).score(rows).failed is None


@pytest.mark.parametrize(
    "bad", [endless, out_of_range, lambda like: constant(like, float("nan")), lambda like: like[:-9]]
)
def test_none_of_these_comes_that_far(graph, bad):
    """Each model is inspected and tried alone before it is joined with the champion."""
    with pytest.raises(UnsafeModel):
        Pair(graph, bad(graph))


def test_the_joined_graph_is_plain_too(graph, second_graph):
    """No other operators than those of its parts."""
    whole = onnx.load_model_from_string(scorer.joined(graph, second_graph))
    onnx.checker.check_model(whole)
    assert {f"{node.domain or 'ai.onnx'}.{node.op_type}" for node in whole.graph.node} <= set(graphs.OPERATORS)


def test_one_call_for_both_is_exact_for_a_single_trip(graph, second_graph, rows):
    pair = Pair(graph, second_graph)
    together = pair.score(rows[:50])
    alone = [pair.score(row[None]) for row in rows[:50]]
    assert np.array_equal(together.challenger, [one.challenger[0] for one in alone])
