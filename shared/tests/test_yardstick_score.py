"""What a life was worth is counted as the page and the hypotheses say it is."""

from datetime import date, timedelta

import pytest

from yardstick.score import EARLY, bad_share, closed, detected, excess, mae, recovered

DAYS = [str(date(2021, 3, 1) + timedelta(days=ahead)) for ahead in range(40)]


def life(daily, trips=100):
    """A life with that mean error on each day; the same number of trips every day."""
    return {"name": "one", "level": None, "office": None, "errors": [error * trips for error in daily],
            "trips": [trips] * len(daily), "bad": [3] * len(daily), "worst": {}, "acts": [], "hours": {}, "fits": 0,
            "seconds": 0.0, "crashed": None}  # fmt: skip


def acts(*happened):
    """Acts from "day kind"."""
    return [dict(zip(("day", "kind"), one.split(), strict=True), said="") for one in happened]


def test_the_mean_error_weighs_each_trip_the_same():
    """A day with ten times the trips counts ten times."""
    assert mae(life([1.0, 4.0]) | {"errors": [10.0, 400.0], "trips": [10, 100]}) == pytest.approx(410 / 110)


def test_the_first_days_can_be_scored_alone():
    assert mae(life([5.0] * EARLY + [3.0] * 100), EARLY) == pytest.approx(5.0)


def test_a_life_that_answered_nothing_has_no_error():
    """And no excess, no share of the gap, no share of bad answers: None, not zero."""
    nothing, other = life([]), life([3.0])
    assert (mae(nothing), excess(nothing, other), bad_share(nothing)) == (None, None, None)
    assert closed(nothing, other, other) is None


def test_excess_is_in_person_minutes_per_thousand_trips():
    """A tenth of a minute on every trip is a hundred minutes on a thousand of them."""
    assert excess(life([3.4] * 5), life([3.3] * 5)) == pytest.approx(100)


def test_a_crashed_life_is_compared_on_the_days_that_it_lived():
    """The oracle's later, harder days are not counted against it, nor for it."""
    assert excess(life([3.5] * 3), life([3.0] * 3 + [9.0] * 3)) == pytest.approx(500)
    assert closed(life([3.5] * 3), life([4.0] * 3 + [9.0] * 3), life([3.0] * 3 + [0.1] * 3)) == pytest.approx(0.5)


@pytest.mark.parametrize(("own", "share"), [(5.0, 0.0), (4.0, 0.5), (3.0, 1.0), (6.0, -0.5)])
def test_the_gap_is_between_never_and_the_oracle(own, share):
    assert closed(life([own] * 4), life([5.0] * 4), life([3.0] * 4)) == pytest.approx(share)


def test_where_there_is_no_gap_nobody_closes_it():
    """On a placebo, never learning again may be as good as the oracle."""
    assert closed(life([4.0]), life([3.0]), life([3.0])) is None


def test_bad_answers_are_a_share_of_all():
    assert bad_share(life([3.0] * 10)) == pytest.approx(0.03)


def test_an_incident_is_found_by_the_first_alarm_or_complaint_after_its_start():
    found = acts("2021-03-02 alarm", "2021-03-09 complaint", "2021-03-12 alarm")
    assert detected(found, "2021-03-05") == 4
    assert detected(found, "2021-03-09") == 0
    assert detected(found, "2021-03-13") is None


def test_a_look_finds_it_only_when_it_led_to_work():
    """A training before the next look; one that came after another look was that one's."""
    found = acts("2021-03-05 look", "2021-03-06 tell", "2021-03-12 look", "2021-03-13 refuse", "2021-03-14 train")
    assert detected(found, "2021-03-01") == 11
    assert detected(found[:2], "2021-03-01") is None


def test_other_acts_are_no_sign():
    assert detected(acts("2021-03-05 train", "2021-03-06 deploy", "2021-03-07 other"), "2021-03-01") is None


def test_it_is_recovered_when_the_next_week_is_as_good_as_the_oracles_but_for_a_tenth():
    """Bad for ten days, then 10 % over the oracle: the week that begins on the eleventh day is the first."""
    oracle = life([3.0] * 40)
    assert recovered(life([5.0] * 10 + [3.29] * 30), oracle, DAYS, DAYS[0]) == 10
    assert recovered(life([5.0] * 10 + [3.31] * 30), oracle, DAYS, DAYS[0]) is None


def test_one_good_day_is_no_recovery():
    oracle = life([3.0] * 40)
    assert recovered(life([6.0] * 4 + [3.0] + [6.0] * 9 + [3.0] * 26), oracle, DAYS, DAYS[2]) == 12


def test_what_never_hurt_needs_no_recovery():
    assert recovered(life([3.1] * 40), life([3.0] * 40), DAYS, DAYS[5]) == 0


def test_a_life_that_crashed_before_did_not_recover():
    """Six good days are not seven."""
    assert recovered(life([6.0] * 10 + [3.0] * 6), life([3.0] * 40), DAYS, DAYS[0]) is None


def test_days_count_from_the_start_even_before_the_first_day():
    """The real lockdown had begun when the stream begins."""
    assert recovered(life([3.0] * 40), life([3.0] * 40), DAYS, "2021-02-24") == 5
