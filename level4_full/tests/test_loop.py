"""The mornings of a small world, through the real code: what is decided follows from what came, and is on record."""

import json
import shutil
from datetime import timedelta

import loop_place
import numpy as np
import pytest
from loop_place import BEGIN, FIRST, kinds, lived, loop_of, world

from taxi.errors import BadInput, OutsideParity
from taxi.graph import Scorer, digest
from taxi.loop import attempt, brake, hand, room, scored
from taxi.loop.state import Phase
from taxi.serving import routing, shelf, source

pytest_plugins = ["loop_fixtures"]
SLOWER = [FIRST + timedelta(days=ahead) for ahead in range(3, 9)]


@pytest.fixture
def begun_loop(fresh, quick):
    """A first model serves."""
    loop = loop_of(fresh)
    lived(loop, 1)
    return loop


@pytest.fixture(scope="module")
def story(begun, tmp_path_factory):
    """Days that are slower for a while: a candidate that learned from them is promoted, and taken back."""
    from registry_place import Place

    with pytest.MonkeyPatch.context() as patch:
        loop_place.no_service_of_its_own(patch)
        loop = loop_of(Place(begun.state).copy(tmp_path_factory.mktemp("story") / "var").settings, world(SLOWER))
        lived(loop, 13)
    return loop


def test_nothing_serves_until_there_are_days_enough(fresh, quick):
    loop = loop_of(fresh)
    loop.once(FIRST - timedelta(days=1))
    assert (loop.memory.state.phase, kinds(loop)) == (Phase.WARMING, [])
    assert "7 good days" in loop.ledger.get("waits")["said"]


def test_the_first_model_serves_everybody(begun_loop):
    assert kinds(begun_loop) == ["try a candidate", "promote"]
    table = routing.read(begun_loop.settings.serving / source.ROUTES)
    assert (table.champion.number, table.challenger, table.share) == ("1", None, 0.0)
    assert begun_loop.registry.aliases() == {"champion": "1"}


def test_the_same_morning_again_does_nothing(begun_loop):
    before = begun_loop.ledger.events()
    assert begun_loop.once(FIRST) == []
    assert begun_loop.ledger.events() == before


def test_a_morning_that_is_past_is_not_lived_again(begun_loop):
    begun_loop.once(FIRST + timedelta(days=1))
    with pytest.raises(BadInput, match="is past"):
        begun_loop.once(FIRST)


def test_the_chain_from_candidate_to_return(story):
    told = kinds(story)
    first = told.index("canary")
    assert told[first : first + 3] == ["canary", "promote", "return to the one before"]
    assert story.registry.aliases() == {"champion": "1"}
    assert [run["state"] for run in story.ledger.runs()][-1] == "returned"


def test_what_is_promoted_is_judged_beside_the_one_before_and_nobody_else_is_asked(story):
    """A tenth of the riders met the canary; on probation the one before is in the shadow."""
    known = {day: story.days.known(str(day))["mae"] for day in (FIRST + timedelta(days=ahead) for ahead in range(12))}
    asked = [sorted(of) for _, of in sorted(known.items())]
    assert asked[0] == ["1"]
    assert ["1", "2"] in asked


def test_a_candidate_s_run_holds_all_that_was_known(story):
    run = next(run for run in story.ledger.runs() if run["state"] == "returned")
    version = story.registry.version("2")
    assert version.tags["loop.key"] == run["key"]
    assert version.tags["who"] == f"loop@{story.rules.digest()[:12]}"
    assert version.tags["policy"] == story.rules.digest()
    assert len(run["facts"]["learned"]) == story.rules.calm_window
    assert all(row["passed"] for row in run["facts"]["gate"])
    assert digest(story.registry.graph(version)) == run["facts"]["sha256"]


def test_what_is_shipped_learned_from_the_newest_days(story):
    """What is judged did not: it ends before the hold-out."""
    run = next(run for run in story.ledger.runs() if run["state"] == "returned")
    assert max(run["facts"]["learned"]) == str(story.days.known(max(run["facts"]["learned"]))["day"])
    assert max(run["facts"]["learned"]) == max(run["facts"]["plan"]["days"])


def test_every_event_has_a_day_a_reason_and_an_actor(story):
    events = [one for one in story.ledger.events() if one["run"]]
    assert all(one["day"] and one["said"] for one in events)
    assert {one["facts"]["policy"] for one in events} == {story.rules.digest()[:12]}
    assert story.ledger.verified() == len(story.ledger.events())


def test_paused_it_takes_days_in_and_decides_nothing(begun_loop):
    brake.pull(begun_loop.ledger, "the meters are changed")
    lived(begun_loop, 5, FIRST + timedelta(days=1))
    assert str(FIRST + timedelta(days=4)) in begun_loop.days.good()
    assert kinds(begun_loop)[-1] == "pause"
    brake.let_go(begun_loop.ledger, "they are right")
    lived(begun_loop, 1, FIRST + timedelta(days=6))
    assert "try a candidate" in kinds(begun_loop)[3:]


def test_a_stop_while_a_candidate_is_made_keeps_it_from_riders(fresh, quick, monkeypatch):
    """It is placed when somebody resumes."""
    loop = loop_of(fresh, world(SLOWER))
    lived(loop, 8)
    make = loop.attempt.make

    def stopped(*words):
        made = make(*words)
        brake.pull(loop.ledger, "now")
        return made

    monkeypatch.setattr(loop.attempt, "make", stopped)
    lived(loop, 1, FIRST + timedelta(days=8))
    assert loop.memory.placing.challenger is None
    monkeypatch.setattr(loop.attempt, "make", make)
    brake.let_go(loop.ledger, "go on")
    lived(loop, 1, FIRST + timedelta(days=9))
    assert loop.memory.placing.challenger == "2"


def test_a_model_on_the_shelf_that_is_damaged_is_mended_in_the_morning(begun_loop):
    table = routing.read(begun_loop.settings.serving / source.ROUTES)
    path = begun_loop.settings.serving / source.SHELF / f"{table.champion.sha256}.onnx"
    path.write_bytes(b"spoilt")
    begun_loop.once(FIRST + timedelta(days=1))
    assert Scorer(shelf.get(begun_loop.settings.serving / source.SHELF, table.champion.sha256))


def test_what_somebody_else_did_to_aliases_and_routes_is_put_right(story):
    """The ledger says who serves; whoever wants another one pauses the loop first."""
    story.registry.point("champion", "2")
    story.once(FIRST + timedelta(days=13))
    assert story.registry.aliases()["champion"] == "1"


def test_no_limits_no_loop(tmp_path, begun):
    from registry_place import Place

    settings = Place(begun.state).copy(tmp_path / "var").settings
    (settings.state / "monitor" / "limits.json").unlink()
    with pytest.raises(BadInput, match="--calibrate"):
        loop_of(settings)


def test_a_run_is_explained_by_its_beginning(story):
    run = next(run for run in story.ledger.runs() if run["state"] == "returned")
    said = room.explained(story.ledger, run["key"][:8])
    assert "returned" in said.splitlines()[0]
    assert "ok   better than the mean" in said
    with pytest.raises(BadInput, match="The latest"):
        room.explained(story.ledger, "nothing")


def test_models_that_learned_from_the_same_are_the_same(story):
    """A candidate made again of its record: the same bytes."""
    from taxi import export

    run = next(run for run in story.ledger.runs() if run["state"] == "returned")
    rows = [story.days.batches.clean(day, sha) for day, sha in run["facts"]["learned"].items()]
    (again,) = loop_place.quickly([loop_place.pd.concat(rows, ignore_index=True)])
    assert digest(export.to_onnx(again)) == run["facts"]["sha256"]


def test_what_is_on_record_of_a_day_is_plain_json(story):
    known = story.days.known(str(BEGIN))
    assert json.loads(json.dumps(known)) == known
    assert known["rows"] == loop_place.TRIPS
    assert np.isfinite(known["kept"])


def test_after_a_return_the_days_of_the_other_model_raise_no_alarm(story):
    """The one before was in the shadow: the detectors compare it with itself."""
    on = [day for day, one in sorted(story.days._known.items()) if one["champion"] == "2"]
    assert on
    history = {str(day.date): day for day in story.days.history(FIRST + timedelta(days=14))}
    for day in on:
        assert history[day].mae == pytest.approx(story.days.known(day)["mae"]["1"])


def test_a_model_that_leaves_trips_without_an_answer_has_no_error_to_be_proud_of():
    truth = np.full(100, 10.0)
    some = np.where(np.arange(100) < 5, np.nan, 11.0)
    most = np.where(np.arange(100) < 15, np.nan, 11.0)
    assert scored.absolute(some, truth) == 1.0
    assert scored.absolute(most, truth) == float("inf")


def test_a_person_takes_the_champion_back_and_the_loop_pauses(fresh, quick):
    loop = loop_of(fresh, world(SLOWER))
    lived(loop, 11)
    assert loop.memory.placing.champion == "2"
    assert loop.back("riders complain").startswith("version 1 serves again")
    assert loop.registry.aliases() == {"champion": "1"}
    assert routing.read(fresh.serving / source.ROUTES).champion.number == "1"
    lived(loop, 1, FIRST + timedelta(days=11))
    assert loop.memory.placing.champion == "1"
    with pytest.raises(BadInput, match="nothing served before"):
        loop.back("again")


def test_paused_it_leaves_the_routes_alone(begun_loop):
    brake.pull(begun_loop.ledger, "I route by hand today")
    path = begun_loop.settings.serving / source.ROUTES
    by_hand = path.read_bytes()
    begun_loop.once(FIRST + timedelta(days=1))
    assert path.read_bytes() == by_hand


def test_a_person_is_told_in_a_file(begun_loop):
    hand.tell(begun_loop.folder, str(FIRST), "minutes scatter", None)
    hand.tell(begun_loop.folder, str(FIRST), "minutes scatter", None)
    (line,) = (begun_loop.folder / "alerts.jsonl").read_text().splitlines()
    assert json.loads(line)["reasons"] == ["minutes scatter"]


def test_a_graph_that_is_not_its_pipeline_is_a_refusal_and_no_end(begun_loop, monkeypatch):
    def apart(*_):
        raise OutsideParity("the exported graph differs from the pipeline by 0.3 minutes")

    monkeypatch.setattr(attempt.export, "check_parity", apart)
    begun_loop.attempt.policy = begun_loop.rules = loop_place.replace(begun_loop.rules, calm_gain=-9.0)
    lived(begun_loop, 2, FIRST + timedelta(days=1))
    last = begun_loop.ledger.events()[-1]
    assert (last["kind"], "differs from the pipeline" in last["said"]) == ("refuse", True)
    begun_loop.once(FIRST + timedelta(days=3))


def test_a_champion_that_serves_by_hand_is_adopted_and_its_successor_compared_with_it(fresh, quick):
    """The loop begins where level 3's people left off."""
    first = loop_of(fresh)
    lived(first, 1)
    shutil.rmtree(first.folder)
    loop = loop_of(fresh, calm_gain=-1.0)
    lived(loop, 4, FIRST + timedelta(days=1))
    assert kinds(loop)[0] == "adopt"
    assert loop.memory.placing.champion == "1"
    assert [run["lane"] for run in loop.ledger.runs()] == ["calm"]
    assert loop.ledger.runs()[0]["facts"]["plan"]["champion"] == "1"


def test_whom_a_person_promoted_while_it_was_paused_it_adopts(story):
    brake.pull(story.ledger, "I know better")
    story.registry.point("champion", "2")
    brake.let_go(story.ledger, "version 2 it is")
    story.once(FIRST + timedelta(days=14))
    assert story.memory.placing.champion == story.registry.aliases()["champion"] == "2"
    assert "adopt" in kinds(story)
