"""Why the brakes: a calm October of real trips, one week of it with wrong durations; with brakes, and unchecked."""

from datetime import date, timedelta

import numpy as np
import pytest
from registry_place import Place

import trips
from taxi.loop import candidates, rivals
from taxi.loop.batches import Months
from taxi.loop.poisons import shuffled, slower
from taxi.loop.turn import Loop
from taxi.settings import Settings
from taxi.watch import hindsight, limits

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.real]
BEGIN, END = date(2020, 8, 25), date(2020, 11, 17)
WEEK = [date(2020, 10, 12) + timedelta(days=ahead) for ahead in range(7)]
AFTER = [WEEK[-1] + timedelta(days=ahead) for ahead in range(1, 29)]
KNOWN = 28
FITS = candidates.beside(2)


@pytest.fixture(scope="module")
def october(tmp_path_factory):
    """Three lives of the same autumn: clean, slower, shuffled, one life until the week; and each without brakes."""
    place, months = tmp_path_factory.mktemp("october"), Months(trips.open_source("tlc"))
    bounds = hindsight.limits_of(place / "limits.json", "tlc", 0, "2020-08..2020-12", FITS)
    settings = Settings(state=place / "before")
    limits.save(bounds, settings.state / "monitor" / "limits.json")
    lived(Loop(settings, "tlc", fit=FITS, bring=months.day), BEGIN, WEEK[0])
    lives = {}
    for name, poison in (("clean", None), ("slower", slower), ("shuffled", shuffled)):

        def bring(day, poison=poison):
            raw = months.day(day)
            return poison(raw) if poison is not None and day in WEEK else raw

        loop = Loop(Place(settings.state).copy(place / name).settings, "tlc", fit=FITS, bring=bring)
        lives[name] = (lived(loop, WEEK[1], END), unchecked(bring))
    return lives


def lived(loop, first, last):
    for ahead in range((last - first).days + 1):
        loop.once(first + timedelta(days=ahead))
    return loop


def unchecked(bring):
    """Every week a model of the four before, whatever came; mean absolute error of the weeks after, minutes."""
    first = WEEK[1] - timedelta(days=KNOWN)
    days = [first + timedelta(days=ahead) for ahead in range((END - first).days)]
    cleaned = [(day, trips.clean(bring(day))[0]) for day in days]
    life = rivals.scheduled(cleaned, KNOWN, 7, FITS)
    rows = {day: len(rows) for day, rows in cleaned}
    by_day = dict(zip(days[KNOWN:], life.errors, strict=True))
    return sum(by_day[day] for day in AFTER) / sum(rows[day] for day in AFTER)


def after(loop):
    known = [loop.days.known(str(day)) for day in AFTER]
    total = np.sum([one["mae"][one["champion"]] * one["kept"] for one in known])
    return float(total / np.sum([one["kept"] for one in known]))


def test_the_week_costs_little_with_the_brakes_and_much_without(october):
    """The 28 days after: at most 3 % with them."""
    clean, weekly = after(october["clean"][0]), october["clean"][1]
    for name in ("slower", "shuffled"):
        loop, without = october[name]
        cost, beside = after(loop) / clean - 1, without / weekly - 1
        print(f"{name:9} the 28 days after: {cost:+.1%} with the brakes, {beside:+.1%} weekly and unchecked")
        assert cost <= 0.03
        assert beside > 0.04


def test_three_labelled_days_after_the_week_no_model_of_it_serves(october):
    """Refused, stopped before most riders, or taken back: whichever it was, the one before serves."""
    loop, _ = october["slower"]
    events = [(one["day"], one["kind"]) for one in loop.ledger.events() if str(WEEK[0]) < one["day"] <= str(AFTER[6])]
    print([event for event in events if event[1] not in ("model decay", "covariate shift")])
    assert "open the lane" in [kind for _, kind in events]  # it was believed
    versions = {one.number: one.tags["loop.key"] for one in loop.registry.versions()}
    runs = {run["key"]: run for run in loop.ledger.runs()}
    served = loop.days.known(str(AFTER[3]))["champion"]
    learned = set(runs[versions[served]]["facts"]["learned"])
    assert len(learned & set(map(str, WEEK))) < len(learned) / 4


def test_nothing_that_learned_from_shuffled_labels_is_promoted(october):
    loop, _ = october["shuffled"]
    served = [run for run in loop.ledger.runs() if run["state"] in ("promoted", "confirmed", "returned")]
    bad = set(map(str, WEEK))
    assert [run["day"] for run in served if set(run["facts"]["learned"]) & bad] == []
    assert "tell a person" in [one["kind"] for one in loop.ledger.events()]
