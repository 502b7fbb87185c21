"""What a trip is: which are kept, which can be served, and what cleaning reports of the rest."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trips
from trips.schema import NULL_GROUP

NOON = datetime(2021, 1, 15, 12)
GOOD = {"pickup": NOON, "seconds": 600.0, "miles": 2.6, "start": 74, "end": 42}


def raw(*changes: dict[str, object]) -> pd.DataFrame:
    """One raw row for each dict: a good trip, but for what the dict says."""
    rides = [GOOD | change for change in changes]
    pickup = pd.Series([ride["pickup"] for ride in rides], dtype="M8[us]")
    took = pd.to_timedelta([ride["seconds"] for ride in rides], unit="s")
    columns = {"trip_distance": "miles", "PULocationID": "start", "DOLocationID": "end"}
    frame = {name: pd.Series([ride[key] for ride in rides], dtype="float64") for name, key in columns.items()}
    times = {"lpep_pickup_datetime": pickup, "lpep_dropoff_datetime": (pickup + took).astype("M8[us]")}
    return pd.DataFrame(frame | times | dict.fromkeys(NULL_GROUP, 1.0))


def reasons(**change: object) -> list[str]:
    """The rules that a trip breaks, each asked on its own."""
    one = trips.as_trips(raw(change))
    return [name for name, rule in trips.KEPT_AND_SERVABLE.items() if not rule(one)[0]]


def test_the_target_is_dropoff_minus_pickup_in_minutes():
    assert trips.as_trips(raw({"seconds": 754.5}))[trips.TARGET].tolist() == [12.575]


def test_a_trip_is_app_sent_when_the_whole_null_group_is_missing():
    """One value that is there makes it a hail."""
    both = raw({}, {})
    both[list(NULL_GROUP)] = np.nan
    both.loc[1, NULL_GROUP[0]] = 1.0
    assert trips.as_trips(both)["null_group"].tolist() == [True, False]


@pytest.mark.parametrize(
    ("seconds", "broken"),
    [
        (59.999, ["shorter than 1 minute"]), (60, []), (3600, []), (3600.001, ["longer than 60 minutes"]),
        (0, ["shorter than 1 minute"]), (-600, ["shorter than 1 minute"]), (86_000, ["longer than 60 minutes"]),
        (None, ["no pick-up or drop-off time"]),
    ],
)  # fmt: skip
def test_kept_are_trips_of_one_to_sixty_minutes_both_included(seconds, broken):
    assert reasons(seconds=seconds) == broken


@pytest.mark.parametrize(
    ("miles", "broken"),
    [
        (0.01, []), (200, []), (200.01, ["distance over 200 miles"]), (0, ["distance zero or less"]),
        (-1, ["distance zero or less"]), (np.nan, ["no distance"]), (np.inf, ["distance over 200 miles"]),
    ],
)  # fmt: skip
def test_servable_are_distances_over_zero_up_to_200_miles(miles, broken):
    assert reasons(miles=miles) == broken


@pytest.mark.parametrize(("end", "side"), [("start", "pick-up"), ("end", "drop-off")])
@pytest.mark.parametrize(
    ("zone", "good"), [(1, True), (265, True), (264, True), (0, False), (266, False), (None, False)]
)
def test_servable_are_zones_1_to_265(end, side, zone, good):
    assert reasons(**{end: zone}) == ([] if good else [f"{side} zone outside 1..265"])


def test_a_trip_without_a_pick_up_time_is_neither_kept_nor_servable():
    one = trips.as_trips(raw({"pickup": None}))
    assert (trips.kept(one).tolist(), trips.servable(one).tolist()) == ([False], [False])


def test_a_request_is_judged_without_a_duration():
    """A service knows no target yet."""
    request = trips.as_trips(raw({}, {"miles": 0})).drop(columns=trips.TARGET)
    assert trips.servable(request).tolist() == [True, False]


def test_a_row_is_counted_once_at_the_first_rule_that_it_breaks():
    good, report = trips.clean(raw({}, {"seconds": 5, "miles": 0, "start": 0}, {"miles": 0, "end": 0}))
    assert {name: count for name, count in report.dropped.items() if count} == {
        "shorter than 1 minute": 1, "distance zero or less": 1,
    }  # fmt: skip
    assert (report.rows, report.left, len(good)) == (3, 1, 1)


def test_the_order_of_the_rules_is_kept_then_servable():
    """Reports of different months line up, and the published baseline's counts come first."""
    assert list(trips.KEPT_AND_SERVABLE) == [*trips.KEPT, *trips.SERVABLE]
    assert list(trips.clean(raw({}))[1].dropped) == list(trips.KEPT_AND_SERVABLE)


def test_cleaning_with_the_rules_of_the_published_baseline_keeps_what_cannot_be_served():
    _, report = trips.clean(raw({}, {"miles": 0}, {"seconds": 5}), trips.KEPT)
    assert (report.left, list(report.dropped)) == (2, list(trips.KEPT))


def test_a_report_reads_as_a_sentence():
    _, report = trips.clean(raw({}, {"miles": 0}, {"miles": 0}, {"seconds": 5}))
    assert str(report) == "1 of 4 trips left; dropped: 1 shorter than 1 minute, 2 distance zero or less"
    assert str(trips.clean(raw({}))[1]) == "1 of 1 trips left"


def test_cleaned_rows_keep_their_number_in_the_raw_month_and_their_zones_are_integers():
    good, _ = trips.clean(raw({"start": None}, {}, {"miles": 0}, {"start": 75}))
    assert good.index.tolist() == [1, 3]
    assert good["pickup_zone"].tolist() == [74, 75]
    assert good.dtypes[["pickup_zone", "dropoff_zone"]].tolist() == ["int64", "int64"]


def test_a_month_of_which_nothing_is_left_is_an_empty_frame():
    good, report = trips.clean(raw({"miles": 0}))
    assert (len(good), report.left) == (0, 0)
    assert "duration_minutes" in good


RIDES = st.fixed_dictionaries(
    {
        "pickup": st.one_of(st.none(), st.just(NOON), st.just(NOON - timedelta(days=4383))),
        "seconds": st.one_of(st.none(), st.sampled_from([59, 60, 61, 3599, 3600, 3601]), st.integers(-90_000, 90_000)),
        "miles": st.one_of(st.sampled_from([0.0, 0.01, 200.0, 200.01, -1.0]), st.floats(width=32)),
        "start": st.one_of(st.none(), st.integers(-1, 267)),
        "end": st.one_of(st.none(), st.integers(-1, 267)),
    }
)


@settings(deadline=None)
@given(st.lists(RIDES, min_size=1, max_size=8))
def test_cleaning_leaves_just_the_trips_that_are_kept_and_servable(rides):
    """Whatever the dirt: the two masks and the report tell the same story, and the report sums up."""
    month = raw(*rides)
    every = trips.as_trips(month)
    good, report = trips.clean(month)
    wanted = every[trips.kept(every) & trips.servable(every)]
    pd.testing.assert_frame_equal(good, wanted, check_dtype=False)
    assert (report.rows, report.left) == (len(month), len(wanted))
    assert report.left + sum(report.dropped.values()) == report.rows


@settings(deadline=None)
@given(RIDES)
def test_a_trip_is_dropped_at_the_first_rule_it_breaks(ride):
    _, report = trips.clean(raw(ride))
    counted = [name for name, count in report.dropped.items() if count]
    assert counted == reasons(**ride)[:1]
