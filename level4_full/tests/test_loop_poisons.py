"""What is poured into the loop, and where each is caught: by a rule within a batch, by the detector, or on probation.

No champion that learned from poison outlives its probation. One kind is not caught, and does no harm to be measured.
"""

from contextlib import closing
from datetime import date, timedelta

import loop_place
import loop_worlds
import numpy as np
import pandas as pd
import pytest
from loop_place import quickly
from loop_worlds import Thinned, live
from serving_place import TOKEN

import trips
from taxi import model
from taxi.errors import CannotServe
from taxi.loop import brake
from taxi.loop.batches import Unreadable
from taxi.loop.poisons import POISONS, flipped, shuffled, slower
from taxi.loop.quarantine import QUARANTINED
from taxi.serving import outcomes, own

pytest_plugins = ["loop_fixtures"]
BY_RULE = {  # the poison, and the rule that is to name it
    "filled": "negative distance", "kilometres": "distance against the pair's usual one", "seconds": "under a minute",
    "twice": "the same row twice", "zero-distance": "distance zero", "shifted": "ends before it begins",
    "new-zones": "unseen zone in PULocationID",
}  # fmt: skip
FIRST = loop_worlds.FIRST
WEEK = [FIRST + timedelta(days=ahead) for ahead in range(26, 33)]


class Spoilt:
    """A world whose days are poisoned on some dates."""

    def __init__(self, world, poison, days):
        self.world, self.poison, self.days = world, poison, days

    def day(self, day):
        raw = self.world.day(day)
        return self.poison(raw) if day in self.days else raw


@pytest.fixture(scope="module")
def bounds(tmp_path_factory):
    """A folder with the limits of calm months of this city."""
    folder = tmp_path_factory.mktemp("bounds")
    loop_worlds.limits_of(0, folder / "limits.json")
    return folder


@pytest.fixture
def folder(bounds, tmp_path, quick):
    (tmp_path / "limits.json").write_bytes((bounds / "limits.json").read_bytes())
    return tmp_path


def test_rules_name_each_within_its_first_batch_and_no_clean_day(folder):
    """A poisoned day, a clean one, in turn: the poisoned are in quarantine the next morning, by name."""
    order = {FIRST + timedelta(days=2 * at + 1): name for at, name in enumerate([*BY_RULE, "truncated"])}

    class Mixed:
        def day(self, day, world=Thinned(0)):  # noqa: B008 the months are read once
            if order.get(day) == "truncated":
                raise Unreadable(f"{day}.parquet cannot be read")
            raw = world.day(day)
            return POISONS[order[day]](raw) if day in order else raw

    loop = live(folder, "rules", Mixed(), last=FIRST)
    brake.pull(loop.ledger, "only the days are looked at")
    for ahead in range(1, 2 * len(order) + 2):
        loop.once(FIRST + timedelta(days=ahead))
    caught = {name: loop.days.known(str(day)) for day, name in order.items()}
    for name, known in caught.items():
        print(f"{name:14} {known['verdict']:12} {'; '.join(known['broken'])}")
    assert {known["verdict"] for known in caught.values()} == {QUARANTINED}
    assert {
        name: any(rule in said for said in caught[name]["broken"]) for name, rule in BY_RULE.items()
    } == dict.fromkeys(BY_RULE, True)
    aside = [one["day"] for one in loop.ledger.batches() if one["verdict"] == QUARANTINED]
    assert aside == sorted(map(str, order))


@pytest.mark.slow
def test_shuffled_labels_train_nobody(folder):
    """Every column alone looks as ever: the detector hears that minutes scatter, and the week is set aside."""
    loop = live(folder, "shuffled", Spoilt(Thinned(0), shuffled, WEEK), last=FIRST + timedelta(days=60))
    aside = {one["day"] for one in loop.ledger.batches() if one["verdict"] == QUARANTINED}
    kinds = [one["kind"] for one in loop.ledger.events()]
    assert "tell a person" in kinds
    assert aside >= set(map(str, WEEK))
    served = [run for run in loop.ledger.runs() if run["state"] in ("promoted", "confirmed", "returned")]
    assert [run["day"] for run in served if set(run["facts"]["learned"]) & set(map(str, WEEK))] == []


@pytest.mark.slow
def test_a_slower_week_is_believed_and_taken_back(folder):
    """It looks exactly like a changed world until it ends; three labelled days later the one before serves again."""
    loop = live(folder, "slower", Spoilt(Thinned(0), slower, WEEK), last=FIRST + timedelta(days=60))
    events = [(one["kind"], one["day"]) for one in loop.ledger.events()]
    (returned,) = [day for kind, day in events if kind == "return to the one before"]
    promoted = max(day for kind, day in events if kind == "promote" and day < returned)
    assert str(WEEK[0]) < promoted <= str(WEEK[-1] + timedelta(days=1))
    assert returned <= str(WEEK[-1] + timedelta(days=4))  # the morning after three labelled days
    assert poisoned_champions(loop) == []


def poisoned_champions(loop):
    """Promotions of models that learned from the week, and were not taken back."""
    kept = [run for run in loop.ledger.runs() if run["state"] in ("promoted", "confirmed")]
    bad = set(map(str, WEEK))
    return [run["day"] for run in kept if len(set(run["facts"]["learned"]) & bad) > len(run["facts"]["learned"]) / 2]


def test_one_label_in_twenty_that_is_another_s_does_no_harm_that_can_be_measured():
    """Nobody catches it; a week of it among four costs a hundredth at most."""
    world, days = Thinned(0), [FIRST + timedelta(days=ahead) for ahead in range(35)]
    cleaned = [trips.clean(world.day(day))[0] for day in days]
    week = [trips.clean(flipped(world.day(day)))[0] for day in days[21:28]]
    spoilt = [*cleaned[:21], *week]
    after = pd.concat(cleaned[28:], ignore_index=True)
    learned = [pd.concat(some[:28], ignore_index=True) for some in (cleaned, spoilt)]
    truth, rows = after[trips.TARGET].to_numpy(), model.table(after)
    clean, poisoned = (np.abs(one.predict(rows) - truth).mean() for one in quickly(learned))
    print(f"flipped        not caught   {poisoned / clean - 1:+.2%}")
    assert poisoned / clean - 1 < 0.01


def test_labels_without_the_token_never_reach_the_log(routed, tmp_path):
    """An open label door is how a loop gets poisoned."""
    trip = {"pickup_zone": 74, "dropoff_zone": 42, "distance_miles": 2.6, "pickup_at": "2021-02-01T08:15:00"}
    with (
        own.started(routed.state, TAXI_TOKEN=TOKEN) as port,
        closing(own.Line(port, "a token of another service")) as line,
    ):
        answers = [line.post("/predict", trip) for _ in range(20)]
        for said in answers:
            with pytest.raises(CannotServe, match="401"):
                line.post(f"/trips/{said['request_id']}/finish", {"duration_minutes": 0.5})
        with pytest.raises(CannotServe, match="401"):
            line.post("/admin/pause", {"why": "me"})
    assert outcomes.joined(routed.log)["minutes"].isna().all()


def test_each_poison_changes_what_it_says_and_nothing_else():
    raw = loop_place.day_of(date(2021, 1, 4))
    for name, poison in POISONS.items():
        spoilt = poison(raw)
        if len(spoilt) > len(raw):
            assert len(spoilt) == 2 * len(raw)
            spoilt = spoilt.iloc[: len(raw)]
        changed = {column for column in raw if not spoilt[column].equals(raw[column])}
        wanted = {"filled": {"trip_distance"}, "kilometres": {"trip_distance"}, "new-zones": {"PULocationID"},
                  "twice": set(), "zero-distance": set()}.get(name, {"lpep_dropoff_datetime"})  # fmt: skip
        assert (name, changed) == (name, wanted)
        assert poison(raw).equals(poison(raw))
