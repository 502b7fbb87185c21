"""A year and an office: who knows what when, how answers are scored, when riders complain, what people's work costs."""

import json
from datetime import date, timedelta

import numpy as np
import pytest

import trips
from yardstick import lives, office, year
from yardstick.life import Life, LookAhead
from yardstick.office import NAMES, Office
from yardstick.year import Year

FIRST, LAST = date(2021, 2, 1), date(2021, 3, 14)


@pytest.fixture(scope="module")
def city():
    return Year("city", 0, FIRST, LAST)


@pytest.fixture
def life(city, tmp_path):
    """Of somebody whose riders see 4 minutes as the best there could be."""
    usual = dict.fromkeys(city.days(), (4000.0, 1000))
    return Life("somebody", city, Office("central", 0), tmp_path, usual)


def test_on_a_morning_yesterday_is_known_and_today_is_not(life):
    for morning in life.mornings():
        life.answer(constant(12.0))
        assert len(life.raw(morning - timedelta(days=1)))
        with pytest.raises(LookAhead):
            life.raw(morning)
        learned, judged = life.spans()
        last = morning - timedelta(days=1)
        assert judged == f"{last - timedelta(days=2)}..{last}"
        assert learned == f"{last - timedelta(days=30)}..{last - timedelta(days=3)}"


def test_who_is_asked_is_not_told_what_the_trip_takes(life):
    def nosy(rows):
        assert trips.TARGET not in rows
        return np.zeros(len(rows))

    for _ in life.mornings():
        life.answer(nosy)
    assert len(life.scores.errors) == len(life.year.days())


def test_a_life_without_anybody_who_serves_is_no_life(life):
    with pytest.raises(ValueError, match="nobody serves"):
        list(life.mornings())


def test_answers_are_scored_against_the_truth(life, city):
    for _ in life.mornings():
        life.answer(constant(20.0))
    whole = city.clean(FIRST)[trips.TARGET].to_numpy()
    assert life.scores.errors[0] == pytest.approx(np.abs(20 - whole).sum())
    assert life.scores.trips[0] == len(whole)
    assert life.scores.bad[0] == (np.abs(20 - whole) > np.maximum(5, whole / 2)).sum()
    by_borough = life.scores.by_borough.values()
    assert sum(total for total, _ in by_borough) == pytest.approx(sum(life.scores.errors))


def constant(minutes):
    return lambda rows: np.full(len(rows), minutes)


@pytest.mark.parametrize(("best", "complains"), [(4.0, True), (100.0, False)])
def test_riders_complain_when_another_app_is_better_and_only_then(city, tmp_path, best, complains):
    """And not before fourteen days, nor before the weeks that it takes them."""
    usual = dict.fromkeys(city.days(), (best * 1000, 1000))
    one = Life("bad", city, Office("fast", 0), tmp_path, usual)
    said = []
    for _morning in one.mornings():
        one.answer(constant(30.0))
        said.append(one.complaint())
    assert any(said) == complains
    assert not any(said[:14])


def test_whoever_deploys_is_complained_about_anew(life):
    """A complaint that was on its way is about a model that is gone."""
    said = []
    for number, _ in enumerate(life.mornings()):
        if number % 7 == 0:
            life.serve("another", constant(30.0))
        said.append(life.complaint())
    assert not any(said)


def test_another_office_changes_delays_and_nothing_else():
    """The same draws, other medians; hours of work and the calendar are the same."""
    tasks = list(office.MEDIANS["central"])
    drawn = {name: [Office(name, 3).days(task) for task in tasks] for name in NAMES}
    for one, other in (("fast", "central"), ("central", "slow")):
        ratio = [office.MEDIANS[one][task] / office.MEDIANS[other][task] for task in tasks]
        assert np.allclose(np.divide(drawn[one], drawn[other]), ratio)
    booked = [Office(name, 3) for name in NAMES]
    for one in booked:
        one.book("make a release")
    assert len({tuple(one.hours.items()) for one in booked}) == 1


def test_the_nth_time_takes_the_same_at_every_level():
    """Common random numbers: whoever has a task gets the same delay, whatever else he does."""
    one, other = Office("central", 1), Office("central", 1)
    other.days("complaint")
    assert [one.days("by hand") for _ in range(3)] == [other.days("by hand") for _ in range(3)]
    assert Office("central", 2).days("by hand") != Office("central", 1).days("by hand")


def test_nobody_works_at_weekends():
    friday = date(2021, 2, 5)
    assert office.later(friday, 1) == date(2021, 2, 8)
    assert office.later(date(2021, 2, 6), 0) == date(2021, 2, 8)
    assert [day for day in range(1, 8) if office.is_first_working_day(date(2021, 5, day))] == [3]


def test_faults_of_the_data_are_no_truth():
    happens = [trips.Incident("kilometres", "2021-02-03", "2021-02-05", 1.0),
               trips.Incident("slowdown", "2021-02-03", "2021-02-05", 0.5)]  # fmt: skip
    spoilt = Year("city", 0, FIRST, LAST, happens)
    assert [one.kind for one in spoilt.true().incidents] == ["slowdown"]
    day = date(2021, 2, 4)
    assert spoilt.clean(day)["distance_miles"].median() > 1.4 * spoilt.true().clean(day)["distance_miles"].median()


def test_a_life_that_crashes_is_written_down_with_the_days_before(life, tmp_path):
    def breaks(one):
        for morning in one.mornings():
            one.answer(constant(12.0))
            if morning == date(2021, 2, 4):
                raise RuntimeError("out of cheese")

    lives.lived(life, lives.Way(breaks), tmp_path / "found.json")
    found = json.loads((tmp_path / "found.json").read_text())
    assert found["crashed"] == "2021-02-04: RuntimeError: out of cheese"
    assert len(found["errors"]) == 3


def test_spans_go_back_past_days_that_are_broken(life):
    life.today = date(2021, 3, 1)
    assert life.spans(back=7) == ("2021-01-22..2021-02-18", "2021-02-19..2021-02-21")
    assert life.spans(window=7)[0] == "2021-02-19..2021-02-25"
    assert year.before(date(2021, 3, 1), 3) == (date(2021, 2, 26), date(2021, 2, 28))
