"""The whole pipeline as one graph: the same minutes for every trip that can be asked for, data only, five floats in."""

import numpy as np
import onnx
import pytest

import trips
from taxi import data, export, model
from taxi.errors import OutsideParity
from taxi.features import DISTANCE, features
from taxi.graph import MAX_BYTES, Scorer

pytest_plugins = ["registry_fixtures"]
MINUTES = 0.01


@pytest.fixture(scope="module")
def graph(pipeline):
    return export.to_onnx(pipeline)


@pytest.fixture(scope="module")
def whole(graph):
    return onnx.load_model_from_string(graph)


def apart(pipeline, graph, rows):
    """The largest difference of the two, in minutes."""
    return np.abs(pipeline.predict(rows) - Scorer(graph).predict(rows)).max()


def test_every_validation_trip_gets_the_pipeline_s_minutes(pipeline, graph, months):
    rows = model.table(months.valid)
    assert apart(pipeline, graph, rows) <= MINUTES
    assert export.check_parity(graph, rows, pipeline.predict(rows)) == apart(pipeline, graph, rows)


def test_the_graph_holds_the_very_encodings_that_the_trees_saw(pipeline, whole, months):
    """To the last of 32 bits: one that is a hair off may lie on the other side of a threshold."""
    rows = model.table(months.valid)
    pickup, dropoff = rows[:, 1].astype(int), rows[:, 2].astype(int)
    tables = {one.name: onnx.numpy_helper.to_array(one) for one in whole.graph.initializer}
    looked_up = tables["by_pickup"][pickup], tables["by_dropoff"][dropoff], tables["by_pair"][1000 * pickup + dropoff]
    assert np.array_equal(np.column_stack(looked_up), pipeline[0].transform(rows)[:, 5:])


@pytest.mark.parametrize("learner", [
    {"max_leaf_nodes": 127, "max_iter": 30, "min_samples_leaf": 5}, {"max_iter": 1}, {"max_depth": 1, "max_iter": 20},
    {"learning_rate": 0.03, "max_iter": 40, "l2_regularization": 30.0}, {"max_leaf_nodes": 2, "max_iter": 5},
])  # fmt: skip
def test_whatever_the_learner_s_parameters_the_graph_follows(months, learner):
    few = months.train.sample(8000, random_state=0)
    fitted = model.fit(few, 1, **learner)
    assert apart(fitted, export.to_onnx(fitted), model.table(months.valid)) <= MINUTES


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_the_seed_every_validation_trip_gets_the_pipeline_s_minutes(seed):
    """Other trips, other thresholds: with seed 2, rounding to the nearest once sent a trip the other way."""
    city = data.load("city", seed, "2021-01", "2021-02")
    fitted, rows = model.fit(city.train, seed), model.table(city.valid)
    assert apart(fitted, export.to_onnx(fitted), rows) <= MINUTES


def test_any_trip_that_can_be_asked_for_gets_the_pipeline_s_minutes(pipeline, graph):
    """Pairs and zones that training never saw included, at any hour, up to 200 miles."""
    draw, n = np.random.default_rng(0), 50_000
    zones, miles = draw.integers(1, 266, (2, n)), draw.uniform(0.01, 1, n) * draw.choice([2, 20, 200], n)
    when = np.datetime64("2009-01-01T00:00:00") + draw.integers(0, 2_871_763_200, n).astype("m8[s]")
    assert apart(pipeline, graph, features(*zones, miles, when)) <= MINUTES


def test_the_ends_of_every_range_get_the_pipeline_s_minutes(pipeline, graph):
    corners = [(p, d, m, f"2021-02-0{day}T{hour}") for p in (1, 265) for d in (1, 265) for m in (0.01, 200.0)
               for day in (1, 7) for hour in ("00:00", "23:59")]  # fmt: skip
    rows = features(*(list(column) for column in zip(*corners, strict=True)))
    assert apart(pipeline, graph, rows) <= MINUTES


def test_a_distance_right_on_a_threshold_goes_the_same_way(pipeline, graph, months):
    """Thresholds lie between two distances that occur; as 32-bit numbers they still must."""
    nodes = np.concatenate([tree.nodes for (tree,) in pipeline[-1]._predictors])
    on_distance = nodes[(nodes["is_leaf"] == 0) & (nodes["feature_idx"] == DISTANCE)]["num_threshold"]
    edges = np.unique(on_distance).astype(np.float32)
    near = np.concatenate([np.nextafter(edges, np.float32(0)), np.nextafter(edges, np.float32(999))])
    near = np.concatenate([near, np.round(near, 2)]).clip(0.01, 200)
    rows = np.tile(model.table(months.valid.head(1)), (len(near), 1))
    rows[:, DISTANCE] = near
    assert len(near) > 100
    assert apart(pipeline, graph, rows) <= MINUTES


def test_a_trip_alone_gets_the_answer_it_gets_in_a_batch(graph, months):
    rows, scorer = model.table(months.valid.head(50)), Scorer(graph)
    assert [scorer.predict(row[None])[0] for row in rows] == scorer.predict(rows).tolist()


def test_no_trips_get_no_answers(graph):
    assert Scorer(graph).predict(np.empty((0, 5), np.float32)).shape == (0,)


def test_it_takes_five_32_bit_floats_and_gives_one(whole):
    (takes,), (gives,) = whole.graph.input, whole.graph.output
    for value, name, columns in ((takes, "trip", 5), (gives, "minutes", 1)):
        assert value.name == name
        assert value.type.tensor_type.elem_type == onnx.TensorProto.FLOAT
        assert value.type.tensor_type.shape.dim[1].dim_value == columns


def test_it_is_data_and_nothing_else(whole, graph):
    """ONNX's own operators, no functions, no metadata, nothing in other files; small enough to be opened with care."""
    assert {node.domain for node in whole.graph.node} == {"", "ai.onnx.ml"}
    assert not whole.functions
    assert not whole.metadata_props
    assert all(tensor.data_location == onnx.TensorProto.DEFAULT for tensor in whole.graph.initializer)
    assert len(graph) < MAX_BYTES / 10


def test_onnx_s_own_reference_gives_the_same_minutes(pipeline, whole, months):
    """Another implementation of the operators than ONNX Runtime's, written by others."""
    from onnx.reference import ReferenceEvaluator

    rows = model.table(months.valid.head(300))
    (minutes,) = ReferenceEvaluator(whole).run(None, {"trip": rows})
    assert np.abs(minutes[:, 0] - pipeline.predict(rows)).max() <= MINUTES


def test_the_same_model_gives_the_same_bytes(pipeline, graph):
    assert export.to_onnx(pipeline) == graph


@pytest.mark.parametrize("wrong", [0.011, -5.0, float("nan")])
def test_one_trip_that_is_further_off_is_outside_parity(graph, months, wrong):
    rows = model.table(months.valid.head(100))
    expected = Scorer(graph).predict(rows)
    expected[57] += wrong
    with pytest.raises(OutsideParity, match=r"taxi/export\.py"):
        export.check_parity(graph, rows, expected)


@pytest.mark.real
def test_every_real_trip_gets_the_pipeline_s_minutes():
    """January's model on all kept and servable trips of February."""
    real = data.load("tlc", 0, "2021-01", "2021-02")
    fitted, rows = model.fit(real.train), model.table(real.valid)
    assert len(rows) == int(trips.servable(real.valid).sum()) > 60_000
    assert apart(fitted, export.to_onnx(fitted), rows) <= MINUTES
