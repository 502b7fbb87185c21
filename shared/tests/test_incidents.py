"""An incident does what it says, to the rides inside its window and to no others."""

from functools import lru_cache

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import trips
from trips import Incident, city
from trips.city import KINDS
from trips.city.map import streets

MARCH, START, END = "2021-03", "2021-03-10", "2021-03-20"
LASTING = ("slowdown", "lockdown")  # the one stays, the other fades
PASSING = tuple(kind for kind in KINDS if kind not in LASTING)
OF_THE_DISTANCE = ("kilometres", "nulls", "minus_one")
RESERVED = np.flatnonzero(streets().reserved) + 1


@lru_cache(maxsize=32)
def month(name: str = MARCH, *incidents: Incident, seed: int = 0) -> pd.DataFrame:
    """A simulated month, made once."""
    return city.month(name, seed, incidents)


def inside(frame: pd.DataFrame, start: str = START, end: str = END) -> pd.Series:
    """Where the pick-up lies in the window. (Clocks that nobody set show days of 2009: outside any.)"""
    return frame["lpep_pickup_datetime"].between(pd.Timestamp(start), pd.Timestamp(end), inclusive="left")


def rows(frame: pd.DataFrame, where: pd.Series) -> pd.DataFrame:
    return frame[where].reset_index(drop=True)


def minutes(frame: pd.DataFrame) -> pd.Series:
    return (frame["lpep_dropoff_datetime"] - frame["lpep_pickup_datetime"]).dt.total_seconds() / 60


def three_errors(share: float, n: int) -> float:
    """Three standard errors of a share of n rows."""
    return float(3 * np.sqrt(share * (1 - share) / n))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_changes_before_an_incident(kind):
    """The month before is the same to the last bit, and so are the days of March before the tenth, row for row."""
    incident = Incident(kind, START, END, 0.4)
    assert_frame_equal(month("2021-02", incident), month("2021-02"))
    before = [rows(frame, inside(frame, "2021-03-01", START)) for frame in (month(MARCH, incident), month())]
    assert_frame_equal(*before)


@pytest.mark.parametrize("kind", PASSING)
def test_nothing_changes_after_an_incident_that_passes(kind):
    """From its end on, days and months are the same, row for row."""
    incident = Incident(kind, START, END, 0.4)
    assert_frame_equal(month("2021-04", incident), month("2021-04"))
    after = [rows(frame, inside(frame, END, "2021-04-01")) for frame in (month(MARCH, incident), month())]
    assert_frame_equal(*after)


@pytest.mark.parametrize("kind", KINDS)
def test_every_day_inside_an_incident_is_hit(kind):
    """No day of the window equals the same day without it (a slow-down is at 0 on its first, where its ramp begins)."""
    hit, calm = month(MARCH, Incident(kind, START, END, 0.4)), month()
    for day in pd.date_range(START, END, inclusive="neither"):
        window = (str(day), str(day + pd.Timedelta(days=1)))
        assert not rows(hit, inside(hit, *window)).equals(rows(calm, inside(calm, *window))), day


@pytest.mark.parametrize("kind", OF_THE_DISTANCE)
def test_a_fault_of_the_distance_is_no_fault_of_anything_else(kind):
    """Twenty columns less one are as they were, and so is the schema."""
    hit = month(MARCH, Incident(kind, START, END, 0.4))
    assert_frame_equal(hit.drop(columns="trip_distance"), month().drop(columns="trip_distance"))
    assert hit["trip_distance"].dtype == np.float64


def test_kilometres_are_miles_times_1_609():
    """A share of the distances is in kilometres, up to rounding at .01, and the others stay."""
    hit, calm = month(MARCH, Incident("kilometres", START, END, 0.4)), month()
    window = inside(calm) & (calm["trip_distance"] > 0)
    miles, seen = calm["trip_distance"][window], hit["trip_distance"][window]
    changed = seen != miles
    assert (seen - 1.609344 * miles)[changed].abs().max() <= 0.005 * (1 + 1.609344) + 1e-9
    assert changed.mean() == pytest.approx(0.4, abs=three_errors(0.4, len(miles)))


@pytest.mark.parametrize(("kind", "filled"), [("nulls", lambda miles: miles.isna()), ("minus_one", lambda m: m == -1)])
def test_the_share_of_bad_distances_is_the_size(kind, filled):
    """30 % within three standard errors; the other distances are as they were."""
    hit, calm = month(MARCH, Incident(kind, START, END, 0.3)), month()
    bad, window = filled(hit["trip_distance"]), inside(calm)
    assert bad[window].mean() == pytest.approx(0.3, abs=three_errors(0.3, window.sum()))
    assert hit["trip_distance"][~bad].equals(calm["trip_distance"][~bad])


def test_reserved_zones_are_empty_until_they_open():
    """No ride begins or ends there, whatever the seed and the year."""
    for name, seed in (("2018-01", 0), ("2021-01", 1), (MARCH, 0), ("2039-10", 2)):
        calm = month(name, seed=seed)
        assert not calm[["PULocationID", "DOLocationID"]].isin(RESERVED).any(axis=None)


def test_new_zones_take_their_share_of_the_rides():
    """3 % of the rides begin in the five zones, in all five, none ends there, and all other rides are as they were."""
    hit, calm = month(MARCH, Incident("new_zones", START, END, 0.03)), month()
    opened, window = hit["PULocationID"].isin(RESERVED), inside(calm)
    assert opened[window].mean() == pytest.approx(0.03, abs=three_errors(0.03, window.sum()))
    assert set(hit["PULocationID"][opened]) == set(RESERVED)
    assert not hit["DOLocationID"].isin(RESERVED).any()
    moved = (hit["PULocationID"] != calm["PULocationID"]) | (minutes(hit) != minutes(calm))
    unknown = hit["PULocationID"] == trips.city.map.UNKNOWN  # a ride of a new zone whose meter lost the zone
    assert not (moved & ~opened & ~unknown).any()


def test_a_slowdown_makes_rides_longer_by_its_size():
    """A fifth on the median metered ride of the days after its ramp, give or take the hour and the miles."""
    hit, calm = month(MARCH, Incident("slowdown", "2021-02-01", "2021-03-01", 0.2)), month()
    metered = calm["payment_type"].notna() & minutes(calm).between(1, 60)
    assert 1.15 < (minutes(hit) / minutes(calm))[metered].median() < 1.30


def test_a_lockdown_empties_the_streets():
    """1.1 of its size of the hails and .8 of the app rides are gone; those that are left are a seventh faster."""
    hit, calm = (rows(frame, inside(frame)) for frame in (month(MARCH, Incident("lockdown", START, END, 0.6)), month()))
    for app, left in ((False, 1 - 1.1 * 0.6), (True, 1 - 0.8 * 0.6)):
        there, all_ = ((frame["payment_type"].isna() == app).sum() for frame in (hit, calm))
        assert there / all_ == pytest.approx(left, abs=three_errors(left, all_))
    hit, calm = (trips.clean(frame)[0][trips.TARGET].mean() for frame in (hit, calm))
    assert 0.80 < hit / calm < 0.92


def test_two_incidents_of_a_kind_add_up():
    """Two slow-downs of .1 in the same days are one of .2."""
    small, large = Incident("slowdown", START, END, 0.1), Incident("slowdown", START, END, 0.2)
    assert_frame_equal(month(MARCH, small, small), month(MARCH, large))


def test_incidents_of_two_kinds_do_not_disturb_each_other():
    """Minutes are those of the slow-down alone, missing distances those of the nulls alone."""
    slow, nulls = Incident("slowdown", START, END, 0.2), Incident("nulls", START, END, 0.3)
    both = month(MARCH, slow, nulls)
    assert minutes(both).equals(minutes(month(MARCH, slow)))
    assert both["trip_distance"].equals(month(MARCH, nulls)["trip_distance"])
