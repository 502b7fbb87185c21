"""The data contract: every violation by its name, its figure and its limit, all of them at once."""

import numpy as np
import pandas as pd
import pytest

import trips
from taxi import checks
from taxi.errors import ContractViolated

KM_PER_MILE = 1.609344
KILOMETRES = "miles over the usual miles of the same pair of zones"
SHARES = {  # what is wrong with a row, and the share of such rows that is one too many for the contract
    "no distance": ({"distance_miles": np.nan}, 0.003),
    "distance zero or less": ({"distance_miles": -1.0}, 0.13),
    "distance over 200 miles": ({"distance_miles": 200.01}, 0.006),
    "pick-up zone outside 1..265": ({"pickup_zone": 0}, 0.002),
    "drop-off zone outside 1..265": ({"dropoff_zone": 266}, 0.002),
    "no pick-up or drop-off time": ({trips.TARGET: np.nan}, 0.002),
    "shorter than 1 minute": ({trips.TARGET: 0.99}, 0.09),
    "longer than 60 minutes": ({trips.TARGET: 60.01}, 0.09),
}


@pytest.fixture(scope="module")
def clean(valid):
    """10,000 trips without any dirt."""
    return valid.iloc[:10_000].reset_index(drop=True)


def spoilt(rows, share, **values):
    """The first rows, `share` of all, with other values."""
    first = rows.index < share * len(rows)
    return rows.assign(**{name: rows[name].mask(first, value) for name, value in values.items()})


@pytest.mark.parametrize("name", SHARES)
def test_dirt_is_named_with_its_share_and_its_limit(clean, reference, name):
    """Just over the limit it is one line; just within it is the dirt that every month has."""
    values, too_many = SHARES[name]
    limit = checks.MOST[name]
    (line,) = checks.violations(spoilt(clean, too_many, **values), reference)
    assert line == f"share of rows, {name}: {too_many:g}, must be 0 to {limit:g}"
    assert checks.violations(spoilt(clean, limit, **values), reference) == []


def test_every_kind_of_dirt_has_a_limit():
    """A rule added to what is kept and servable needs one here; a row without pick-up time has no duration either."""
    assert set(checks.MOST) == set(SHARES) == set(trips.KEPT_AND_SERVABLE) - {"no pick-up time"}


def test_a_month_of_a_handful_of_trips_is_no_month(clean, january):
    assert checks.violations(clean[:999]) == ["trips: 999, must be 1000 to inf"]
    assert checks.violations(clean[:1000]) == []
    with pytest.raises(ContractViolated, match="trips: 0, must be 1000 to inf"):
        checks.check(january[:0], "an empty month")


def test_trips_to_predict_may_be_few_and_have_no_duration_yet(clean, reference):
    checks.check_rows(clean[:1].drop(columns=trips.TARGET), "one trip", reference)


def test_all_violations_of_a_file_are_reported_at_once(february, reference):
    """Who mends a file wants the whole list, not the next line after every attempt."""
    wrong = february.assign(trip_distance=KM_PER_MILE * february["trip_distance"], PULocationID=0)
    with pytest.raises(ContractViolated) as caught:
        checks.check(wrong.drop(columns="DOLocationID").assign(DOLocationID=np.nan), "broken.parquet", reference)
    names = [line.split(":")[0] for line in caught.value.violations]
    assert names == ["share of rows, pick-up zone outside 1..265", "share of rows, drop-off zone outside 1..265"]
    assert str(caught.value).startswith("broken.parquet breaks the data contract. Look at its source")
    assert all(line in str(caught.value) for line in caught.value.violations)


def test_dirt_kilometres_and_a_missing_column_are_one_list(clean, reference):
    wrong = spoilt(clean, 0.01, pickup_zone=300).assign(distance_miles=KM_PER_MILE * clean["distance_miles"])
    found = checks.violations(wrong.drop(columns="dropoff_zone"), reference)
    assert found[0] == "no column dropoff_zone"
    assert [line.split(":")[0] for line in found[1:]] == ["share of rows, pick-up zone outside 1..265"]
    found = checks.violations(wrong, reference)
    assert [line.split(":")[0] for line in found] == ["share of rows, pick-up zone outside 1..265", KILOMETRES]


@pytest.mark.parametrize("column", ["pickup_at", "pickup_zone", "dropoff_zone", "distance_miles"])
def test_a_missing_column_is_named(clean, reference, column):
    assert f"no column {column}" in checks.violations(clean.drop(columns=column), reference)


@pytest.mark.parametrize("column", ["pickup_at", "pickup_zone", "dropoff_zone", "distance_miles"])
def test_a_column_of_another_type_is_named(clean, reference, column):
    """Text where numbers or times belong: one line, not one for each row."""
    wanted = "local times" if column == "pickup_at" else "numbers"
    found = checks.violations(clean.assign(**{column: "East Harlem"}), reference)
    assert found == [f"column {column} holds str, not {wanted}"]


def test_times_of_any_resolution_are_times(clean, reference):
    """pandas of another age wrote nanoseconds; a CSV is read in seconds."""
    for unit in ("s", "ms", "ns"):
        assert checks.violations(clean.astype({"pickup_at": f"datetime64[{unit}]"}), reference) == []


def test_nothing_is_said_of_pairs_that_the_reference_hardly_has(clean, reference):
    """A pair's usual distance is that of twenty trips or more; a month without any such pair has no ratio."""
    assert reference.miles.index.is_unique
    nowhere = checks.Reference(reference.zones, reference.miles[:0])
    assert np.isnan(checks.pair_ratio(clean, nowhere))
    assert checks.violations(clean.assign(distance_miles=9 * clean["distance_miles"].clip(upper=20)), nowhere) == []


def test_checking_changes_nothing(clean, reference):
    before = clean.copy()
    checks.violations(clean, reference)
    pd.testing.assert_frame_equal(clean, before)
