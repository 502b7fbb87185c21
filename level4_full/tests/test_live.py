"""What is followed, and what happens when it cannot be: the last good models answer, and everybody can see it."""

import os
import subprocess
import sys
import time
from threading import Event, Thread

import pytest
from running import LEVEL
from serving_place import constant, renumbered

from taxi.errors import BadRoutes, TaxiError
from taxi.features import features
from taxi.graph import Scorer
from taxi.serving import live as lives
from taxi.serving import outcomes, scorer, source
from taxi.serving.routing import CHALLENGER, CHAMPION, Table, arm
from taxi.serving.trip import Asked

RIDERS = [f"rider-{n}" for n in range(200)]


def ask(live, rider=None, shadow=True):
    trip = Asked(74, 42, 2.6, "2021-02-01T08:15:00", rider)
    return live.answer([trip], features([74], [42], [2.6], ["2021-02-01T08:15:00"]), shadow)[0]


def figure(live, name, **labels):
    return live.metrics.registry.get_sample_value(name, labels) or 0


@pytest.fixture
def minutes(graph, second_graph):
    row = features([74], [42], [2.6], ["2021-02-01T08:15:00"])
    return {CHAMPION: Scorer(graph).predict(row)[0], CHALLENGER: Scorer(second_graph).predict(row)[0]}


@pytest.fixture
def unlooked(monkeypatch, graph):
    """As if a challenger that inspection would refuse had come through."""
    monkeypatch.setattr(scorer, "Scorer", lambda data: Scorer(data) if data == graph else None)


def test_each_rider_is_answered_by_his_own_arm_and_both_are_written_down(routed, minutes):
    table = routed.route(routed.trial(0.5))
    live = routed.begin()
    for rider in RIDERS:
        answered = ask(live, rider)
        mine = arm(rider, table)
        assert (answered.variant, answered.duration_minutes) == (mine, minutes[mine])
        assert answered.model_version == {CHAMPION: "1", CHALLENGER: "2"}[mine]
    written = outcomes.joined(routed.log)
    assert len(written) == len(RIDERS)
    assert set(written["variant"]) == {CHAMPION, CHALLENGER}
    assert (written["champion"] == minutes[CHAMPION]).all()
    assert (written["challenger"] == minutes[CHALLENGER]).all()
    assert not set(written["rider"]) & set(RIDERS)  # hashed
    assert written["rider"].nunique() == len(RIDERS)


def test_in_the_shadow_the_challenger_is_asked_and_answers_nobody(routed, minutes):
    routed.route(routed.trial(0))
    live = routed.begin()
    assert {ask(live, rider).variant for rider in RIDERS} == {CHAMPION}
    assert (outcomes.joined(routed.log)["challenger"] == minutes[CHALLENGER]).all()


def test_a_shadow_that_is_shed_costs_no_rider_his_arm(routed):
    table = routed.route(routed.trial(0.5))
    live = routed.begin()
    assert [ask(live, rider, shadow=False).variant for rider in RIDERS] == [arm(rider, table) for rider in RIDERS]
    written = outcomes.joined(routed.log)
    assert written.loc[written["variant"] == CHAMPION, "challenger"].isna().all()
    assert written["failed"].isna().all()


@pytest.mark.parametrize("said", [float("nan"), float("inf")])
def test_a_challenger_that_says_no_number_is_stood_in_for_and_counted(routed, graph, minutes, unlooked, said):
    """Analysis keeps the arm that the rider had; after five in a row it rests, and is tried again."""
    place = renumbered(routed, constant(graph, said))
    place.route(place.trial(1.0))
    live = place.begin()
    for number in range(8):
        answered = ask(live, RIDERS[number])
        assert (answered.variant, answered.duration_minutes, answered.model_version) == (
            CHAMPION,
            minutes[CHAMPION],
            "1",
        )
    written = outcomes.joined(place.log)
    assert set(written["variant"]) == {CHALLENGER}
    assert set(written["by"]) == {CHAMPION}
    assert written["failed"].tolist() == ["nan"] * 5 + ["resting"] * 3
    assert figure(live, "fallback_total", reason="nan") == 5
    assert figure(live, "fallback_total", reason="resting") == 3
    assert "rests" in live.state()["challenger"]
    live.rest.until = time.monotonic()
    assert ask(live).variant == CHAMPION
    assert figure(live, "fallback_total", reason="nan") == 6


def test_a_change_of_share_is_followed_and_loads_nothing(routed, monkeypatch):
    routed.route(routed.trial(0.0))
    live = routed.begin()
    monkeypatch.setattr(source, "load", lambda *_: pytest.fail("loaded again"))
    routed.route(routed.trial(1.0, generation=2))
    assert live.follow()
    assert ask(live).variant == CHALLENGER
    assert figure(live, "challenger_share") == 1.0
    assert not live.follow()  # nothing new


def spoil(kind):
    def spoiled(place):
        path = place.file(place.second)
        data = bytearray(path.read_bytes())
        if kind == "missing":
            path.unlink()
        elif kind == "truncated":
            path.write_bytes(data[: len(data) // 2])
        elif kind == "flipped":
            data[len(data) // 3] ^= 4
            path.write_bytes(data)

    return spoiled


@pytest.mark.parametrize("kind", ["missing", "truncated", "flipped"])
def test_a_spoilt_model_changes_nothing_and_is_followed_once_it_is_mended(routed, kind, minutes):
    live = routed.begin()
    whole = routed.file(routed.second).read_bytes()
    spoil(kind)(routed)
    routed.route(routed.trial(1.0))
    for _ in range(2):
        assert not live.follow()
        assert (ask(live).variant, ask(live).duration_minutes) == (CHAMPION, minutes[CHAMPION])
        assert "python route.py" in live.state()["problem"]
        assert figure(live, "routes_trouble") == 1
    routed.file(routed.second).write_bytes(whole)
    assert live.follow()
    assert ask(live).variant == CHALLENGER
    assert figure(live, "routes_trouble") == 0
    assert "problem" not in live.state()


@pytest.mark.parametrize("text", ["{", "", '{"champion": {"number": "9", "sha256": "' + "0" * 64 + '"}}'])
def test_a_spoilt_table_changes_nothing(routed, text):
    live = routed.begin()
    (routed.folder / source.ROUTES).write_text(text)
    assert not live.follow()
    assert ask(live).model_version == "1"
    assert "problem" in live.state()


@pytest.mark.parametrize("kind", ["missing", "truncated", "flipped"])
def test_a_service_that_starts_with_a_spoilt_model_starts_with_the_last_good_ones(routed, kind):
    routed.begin()
    routed.route(routed.trial(1.0))
    spoil(kind)(routed)
    live = routed.begin()
    assert ask(live).variant == CHAMPION
    assert "problem" in live.state()


def test_a_model_that_loads_for_ever_stops_nobody_and_is_told(routed, monkeypatch):
    """As from a disk that is gone: the last good ones answer, and whoever looks meanwhile is not held up for long."""
    live, back, load = routed.begin(), Event(), source.load
    monkeypatch.setattr(lives, "LOAD_SECONDS", 0.1)
    monkeypatch.setattr(source, "load", lambda *asked: back.wait(30) and load(*asked))
    routed.route(routed.trial(1.0))
    thread = Thread(target=live.follow)
    thread.start()
    time.sleep(0.2)
    assert not live.follow()
    assert ask(live).model_version == "1"
    assert "loads for more than" in live.state()["problem"]
    assert figure(live, "routes_trouble") == 1
    back.set()
    thread.join()
    assert (ask(live).variant, live.problem) == (CHALLENGER, None)


def test_nothing_routed_says_so(tmp_path, routed):
    (routed.folder / source.ROUTES).unlink()
    with pytest.raises(BadRoutes, match=r"python route\.py"):
        routed.begin()


def test_nothing_good_says_what_is_wrong_with_the_newest(routed):
    routed.file(routed.first).unlink()
    with pytest.raises(TaxiError, match="no model"):
        routed.begin()


def test_a_log_that_cannot_be_written_costs_no_answer(routed):
    (routed.folder / "log").write_text("in the way")
    live = routed.begin()
    assert ask(live).duration_minutes > 0
    assert figure(live, "prediction_log_lost_total") == 1


def test_a_clock_that_jumps_back_changes_no_answer(routed, monkeypatch):
    live = routed.begin()
    before = ask(live).duration_minutes
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 86_400 * 365)
    assert ask(live).duration_minutes == before
    assert len(outcomes.joined(routed.log)) == 2


def test_a_table_that_changes_in_the_middle_of_an_answer_costs_nothing(routed, monkeypatch):
    """The service reads the table once; whoever is answered just then is counted under what answered him."""
    routed.route(routed.trial(1.0))
    live = routed.begin()
    score = live.now.models.score

    def and_then_it_changes(*asked):
        routed.route(Table(routed.first, generation=2))
        assert live.follow()
        return score(*asked)

    monkeypatch.setattr(live.now.models, "score", and_then_it_changes)
    assert ask(live).variant == CHALLENGER
    assert figure(live, "predictions_total", variant=CHALLENGER, model_version="2") == 1
    monkeypatch.undo()
    assert ask(live).variant == CHAMPION


def test_labels_take_few_values(routed):
    """A thousand riders are one figure."""
    routed.route(routed.trial(0.5))
    live = routed.begin()
    for number in range(1_000):
        ask(live, f"rider-{number}")
    (counted,) = [family for family in live.metrics.registry.collect() if family.name == "predictions"]
    assert len([one for one in counted.samples if one.name.endswith("_total")]) == 2


def test_the_serving_process_needs_no_pandas_no_scikit_learn_and_no_mlflow(routed):
    code = """
import sys, serve
from taxi.serving import live
from taxi.settings import Settings
settings = Settings.given()
serve.create_app(live.begin(settings), settings)
print(sorted({"pandas", "sklearn", "mlflow", "pyarrow", "scipy"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=LEVEL, env=os.environ | {"TAXI_STATE": str(routed.state)},
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr
