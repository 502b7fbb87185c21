"""The gate lets a sound version through, and refuses each bad one by the check that is made for it."""

from dataclasses import replace

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

import trips
from taxi import export, model
from taxi.data import Months
from taxi.serving import own
from taxi.trial import gate


@pytest.fixture(scope="module")
def months(train, valid):
    return Months("city", {"2021-01": train, "2021-02": valid}, trips.open_source("city").boroughs())


@pytest.fixture(scope="module")
def reported(pipeline, valid):
    return model.evaluate(pipeline, valid)["rmse"]


@pytest.fixture
def asked(graph, reported, months, monkeypatch):
    """The checks that refuse; the service of its own is started by one test alone."""
    monkeypatch.setattr(gate.clean_process, "ask", lambda data, trip: None)

    def ask(data=graph, rmse=reported, champion=graph, of=months):
        rows = gate.report(gate.Candidate(data, rmse), champion, of)
        return {row.check for row in rows if not row.passed} - {"answers from a service of its own"}

    return ask


def exported(fitted, valid):
    return export.to_onnx(fitted), model.evaluate(fitted, valid)["rmse"]


def test_a_sound_version_passes_every_check_in_a_service_of_its_own(graph, reported, months):
    rows = gate.report(gate.Candidate(graph, reported), graph, months)
    assert [row for row in rows if not row.passed] == []
    assert len({row.check for row in rows}) == len(rows) >= 15


def test_the_first_version_has_no_champion_to_be_held_against(asked):
    assert asked(champion=None) == set()


def test_kilometres_are_refused(asked, train, valid):
    """Trained where distances were told in kilometres, and judged there too; the service is asked in miles."""
    there = [part.assign(distance_miles=part["distance_miles"] * 1.609) for part in (train, valid)]
    data, rmse = exported(model.fit(there[0]), there[1])
    refused = asked(data, rmse)
    assert "serves as it was trained" in refused
    assert "no worse than the champion" in refused


def test_shuffled_labels_are_refused(asked, train, valid):
    shuffled = train.assign(**{trips.TARGET: np.random.default_rng(0).permutation(train[trips.TARGET])})
    assert "better than the pair's median" in asked(*exported(model.fit(shuffled), valid))


def test_a_leaked_column_is_refused(asked, train, valid):
    """The minutes themselves stood where the distance should: splendid in training, and no such thing when asked."""
    leak = [part.assign(distance_miles=part[trips.TARGET]) for part in (train, valid)]
    data, rmse = exported(model.fit(leak[0]), leak[1])
    assert rmse < 1
    assert "serves as it was trained" in asked(data, rmse)


def test_trips_that_were_learned_from_are_no_hold_out(asked, months, valid, pipeline):
    both = Months("city", {"2021-01": months.train, "2021-02": valid.head(5000), "2021-03": valid}, months.boroughs)
    assert asked(of=both) == {"hold-out is newer"}


def test_one_that_fails_in_one_borough_is_refused_by_its_name(asked, train, valid, months):
    wrong = months.boroughs[train["pickup_zone"]] == "Queens"
    spoilt = train.assign(**{trips.TARGET: train[trips.TARGET].mask(wrong, 60 - train[trips.TARGET])})
    refused = asked(*exported(model.fit(spoilt), valid))
    assert "error in Queens" in refused
    assert "error in Manhattan" not in refused


def test_sixty_megabytes_are_refused(asked, graph):
    refused = asked(graph + b"\0" * 60_000_000)
    assert refused == {"size", "plain graph"}


def test_a_slow_one_is_refused(asked, graph):
    """The same answers, after two thousand more steps."""
    assert asked(slowed(graph, 2000)) == {"speed"}


def slowed(graph, steps):
    """The minutes doubled and halved, again and again: times one would be left out."""
    whole = onnx.load_model_from_string(graph)
    (said,) = whole.graph.output
    for node in whole.graph.node:
        node.output[:] = ["step0" if name == said.name else name for name in node.output]
    for factor in ("2.0", "0.5"):
        whole.graph.initializer.append(numpy_helper.from_array(np.full((1, 1), factor, np.float32), factor))
    for step in range(steps):
        name = said.name if step == steps - 1 else f"step{step + 1}"
        whole.graph.node.append(helper.make_node("Mul", [f"step{step}", ("2.0", "0.5")[step % 2]], [name]))
    return whole.SerializeToString()


def test_one_that_does_not_start_in_a_service_is_refused(graph, months, reported, monkeypatch):
    monkeypatch.setattr(own, "LEVEL", own.LEVEL / "tests")
    rows = gate.report(gate.Candidate(graph, reported), None, months)
    assert [row.check for row in rows if not row.passed] == ["answers from a service of its own"]


def test_too_few_trips_are_no_hold_out(asked, months):
    few = replace(months, parts={"2021-01": months.train, "2021-02": months.valid.head(500)})
    assert "hold-out" in asked(of=few)
