"""The five numbers a model sees: exact in 32 bits, the same for a trip and for a month, and pandas agrees."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from running import verb

from taxi.features import COLUMNS, features, with_pair
from taxi.model import table

TIMES = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1))
ZONES, MILES = st.integers(1, 265), st.integers(1, 20_000).map(lambda hundredths: hundredths / 100)
TRIPS = st.lists(st.tuples(ZONES, ZONES, MILES, TIMES), min_size=1, max_size=20)


def test_the_columns_are_distance_zones_hour_and_weekday():
    """2.5 miles from 74 to 42 on a Monday at a quarter past eight."""
    assert COLUMNS == ("distance_miles", "pickup_zone", "dropoff_zone", "hour", "weekday")
    assert features([74], [42], [2.5], ["2021-02-01T08:15:00"]).tolist() == [[2.5, 74, 42, 8, 0]]


@pytest.mark.parametrize(("day", "weekday"), [("01", 0), ("02", 1), ("06", 5), ("07", 6), ("08", 0)])
def test_weeks_begin_on_monday(day, weekday):
    assert features([1], [1], [1], [f"2021-02-{day}T12:00"])[0, 4] == weekday


@pytest.mark.parametrize(("time", "hour"), [("00:00:00", 0), ("00:59:59", 0), ("12:00:00", 12), ("23:59:59", 23)])
def test_an_hour_lasts_until_its_last_second(time, hour):
    assert features([1], [1], [1], [f"2021-02-01T{time}"])[0, 3] == hour


@given(st.lists(TIMES, min_size=1, max_size=50))
def test_hours_and_weekdays_are_those_of_pandas(times):
    """Any time of three centuries, also before 1970, where the count of days is negative."""
    found = features(*[np.ones(len(times))] * 3, np.array(times, dtype="datetime64[us]"))
    clock = pd.Series(times, dtype="datetime64[us]").dt
    assert found[:, 3].tolist() == clock.hour.tolist()
    assert found[:, 4].tolist() == clock.weekday.tolist()


def test_a_month_has_the_features_that_pandas_computes(valid):
    clock = valid["pickup_at"].dt
    wanted = valid[["distance_miles", "pickup_zone", "dropoff_zone"]].assign(hour=clock.hour, weekday=clock.weekday)
    assert np.array_equal(table(valid), wanted.to_numpy(dtype="float32"))


def test_every_pair_of_zones_has_an_id_of_its_own_exact_in_32_bits():
    """265,265 is the largest; 32-bit floats count to 16,777,216 without a gap."""
    pick, drop = (side.ravel() for side in np.meshgrid(np.arange(1, 266), np.arange(1, 266)))
    found = with_pair(np.column_stack([pick, drop]))
    assert found.dtype == np.float32
    assert np.array_equal(found.astype(int), np.column_stack([pick, drop, 1000 * pick + drop]))
    assert len(np.unique(found[:, 2])) == 265 * 265


def test_two_decimals_of_a_mile_survive_32_bits():
    """Every distance that can be asked for, 0.01 to 200.00, comes back when rounded as the meter rounds."""
    miles = np.arange(1, 20_001) / 100
    ones = np.ones(len(miles))
    found = features(ones, ones, miles, np.full(len(miles), "2021-02-01T08:15"))[:, 0]
    assert np.array_equal(found.astype(float).round(2), miles)


@given(TRIPS)
def test_one_trip_at_a_time_gives_the_rows_of_all_at_once(rides):
    """A service that is asked for one trip computes what training computed for a month."""
    together = features(*zip(*rides, strict=True))
    alone = np.concatenate([features([pick], [drop], [miles], [when]) for pick, drop, miles, when in rides])
    assert np.array_equal(together, alone)


@given(TRIPS, st.randoms())
def test_rows_come_out_in_the_order_they_went_in(rides, random):
    order = random.sample(range(len(rides)), len(rides))
    shuffled = features(*zip(*(rides[i] for i in order), strict=True))
    assert np.array_equal(shuffled, features(*zip(*rides, strict=True))[order])


@given(TIMES)
def test_iso_text_a_datetime_and_datetime64_mean_the_same_time(when):
    """What arrives as text over HTTP, as datetime after validation, and as datetime64 from a file."""
    forms = [when.isoformat(), when, np.datetime64(when, "us"), np.datetime64(when, "s")]
    rows = [features([1], [1], [1], [form]).tolist() for form in forms]
    assert rows == [rows[0]] * len(forms)


def test_what_is_no_time_is_refused():
    with pytest.raises(ValueError, match="yesterday"):
        features([1], [1], [1], ["yesterday"])


def test_features_import_numpy_and_nothing_else():
    """That is why a service without pandas and scikit-learn can compute exactly what training computed."""
    count = "import sys; print(*{name.split('.')[0] for name in sys.modules} - sys.stdlib_module_names)"
    before, after = (set(verb("-c", script).stdout.split()) for script in (count, f"import taxi.features; {count}"))
    assert after - before == {"numpy", "taxi"}
