"""Rows and days that are not learned from: kept, named, and brought back by a person who says why."""

from datetime import date, timedelta

import loop_place
import pandas as pd
import pytest
from loop_place import BEGIN, FIRST, day_of

import trips
from taxi.errors import BadInput
from taxi.loop import quarantine
from taxi.loop.quarantine import QUARANTINED
from taxi.watch import limits

pytest_plugins = ["loop_fixtures"]
MILES = "trip_distance"
BAD = FIRST + timedelta(days=2)


@pytest.fixture
def strict(fresh):
    """Limits of which a day of -1 has too many."""
    path = fresh.state / "monitor" / "limits.json"
    found = limits.read(path)
    limits.save(limits.Limits(**vars(found) | {"quality": found.quality | {"negative distance": 0.01}}), path)
    return fresh


@pytest.fixture
def spoilt(strict, quick):
    """A loop to which one day came with -1 for miles."""
    poisoned = loop_place.world([BAD], lambda raw: raw.assign(**{MILES: raw[MILES].mask(raw.index % 3 == 0, -1.0)}))
    loop = loop_place.loop_of(strict, poisoned)
    loop_place.lived(loop, 4)
    return loop


def test_every_row_is_either_learned_from_or_rejected_by_a_rule():
    raw = day_of(BEGIN)
    aside, (kept, report) = quarantine.rejected(raw), trips.clean(raw)
    assert len(aside) + len(kept) == len(raw)
    dropped = {name: many for name, many in report.dropped.items() if many}
    assert aside[quarantine.RULE].value_counts().to_dict() == dropped


def test_rejected_rows_lie_beside_with_their_rule(spoilt):
    path = spoilt.folder / "quarantine" / f"{BAD}.parquet"
    rows = pd.read_parquet(path)
    assert rows[quarantine.RULE].value_counts()["distance zero or less"] > 150
    assert spoilt.days.known(str(BAD))["rejected"]["distance zero or less"] > 150


def test_a_day_that_breaks_a_rule_is_set_aside_by_name_the_morning_after(spoilt):
    known = spoilt.days.known(str(BAD))
    assert known["verdict"] == QUARANTINED
    assert "negative distance" in known["broken"][0]
    assert str(BAD) not in spoilt.days.good()
    (said,) = [one for one in spoilt.ledger.events() if one["kind"] == "quarantine"]
    assert (said["day"], "negative distance" in said["said"]) == (str(BAD), True)


def test_its_file_stays_as_it_came(spoilt):
    known = spoilt.days.known(str(BAD))
    assert (spoilt.days.batches.raw(str(BAD), known["sha256"])[MILES] == -1).sum() > 150


def test_nothing_is_compared_with_it(spoilt):
    """The detectors see a day without errors."""
    days = spoilt.days.history(BAD + timedelta(days=1))
    assert (days[-1].date, days[-1].labelled) == (BAD, 0)


def test_a_person_releases_it_and_says_why(spoilt):
    quarantine.release(spoilt.ledger, str(BAD), "the meter was right")
    spoilt.days.read()
    assert str(BAD) in spoilt.days.good()
    last = spoilt.ledger.events()[-1]
    assert (last["kind"], last["day"]) == ("release", str(BAD))
    assert "the meter was right" in last["said"]
    assert last["facts"]["who"]


@pytest.mark.parametrize(("day", "why", "said"), [
    (BAD, " ", "say why"), (BEGIN, "x", "no quarantine"), (date(2030, 1, 1), "x", "never taken in"),
])  # fmt: skip
def test_a_release_that_cannot_be_is_refused(spoilt, day, why, said):
    with pytest.raises(BadInput, match=said):
        quarantine.release(spoilt.ledger, str(day), why)


def test_a_file_that_is_another_one_now_is_not_read(spoilt):
    path = spoilt.days.batches.folder / f"{BEGIN}.parquet"
    recorded = spoilt.days.known(str(BEGIN))["sha256"]
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(BadInput, match="not the file that was taken in"):
        spoilt.days.batches.raw(str(BEGIN), recorded)


def test_a_day_is_taken_in_once(spoilt):
    """What comes a second time under the same name is not looked at."""
    known = spoilt.days.known(str(BEGIN))["sha256"]
    assert spoilt.days.batches.put(BEGIN, day_of(BAD)) == known


def test_a_file_that_cannot_be_read_is_a_day_in_quarantine(fresh, quick, tmp_path):
    inbox = fresh.state / "inbox"
    inbox.mkdir()
    for ahead in range(8):
        day_of(BEGIN + timedelta(days=ahead)).to_parquet(inbox / f"{BEGIN + timedelta(days=ahead)}.parquet")
    torn = inbox / f"{BEGIN + timedelta(days=3)}.parquet"
    torn.write_bytes(torn.read_bytes()[:2000])
    loop = loop_place.Loop(fresh, "inbox", rules=loop_place.QUICK, fit=loop_place.quickly)
    loop.once(FIRST)
    known = loop.days.known(torn.stem)
    assert (known["verdict"], "cannot be read" in known["broken"][0]) == (QUARANTINED, True)
    assert len(loop.days.good()) == 7
    with pytest.raises(BadInput, match="Deliver it again"):
        quarantine.release(loop.ledger, torn.stem, "it looks well")
    told = len(loop.ledger.events())
    loop.once(FIRST)
    assert len(loop.ledger.events()) == told  # said once
    day_of(BEGIN + timedelta(days=3)).to_parquet(torn)
    loop.once(FIRST)
    assert torn.stem in loop.days.good()  # delivered again, it is taken in


def test_a_day_that_never_comes_is_given_up_after_three(fresh, quick):
    """The days after it go on."""
    gone = BEGIN + timedelta(days=5)
    loop = loop_place.loop_of(fresh, lambda day: None if day == gone else loop_place.world()(day))
    loop.once(gone + timedelta(days=3))
    assert str(gone) not in [*loop.days.good()]
    assert max(loop.days.good()) == str(gone - timedelta(days=1))
    loop.once(gone + timedelta(days=4))
    assert loop.days.known(str(gone))["verdict"] == "missing"
    assert max(loop.days.good()) == str(gone + timedelta(days=3))


def test_a_day_without_a_column_is_set_aside_and_the_days_after_it_go_on(fresh, quick):
    bad = BEGIN + timedelta(days=5)
    poisoned = loop_place.world([bad], lambda raw: raw.drop(columns="PULocationID"))
    loop = loop_place.loop_of(fresh, poisoned)
    loop.once(FIRST)
    assert loop.days.known(str(bad))["broken"] == ["column PULocationID is gone"]
    assert len(loop.days.good()) == 7
