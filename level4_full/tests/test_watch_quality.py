"""A bad batch is told on its first day, by name; a clean day never is."""

from collections import Counter

import numpy as np
import pytest
from watch_days import month, raw_days

from taxi import checks
from taxi.watch import quality
from taxi.watch.quality import CODES, MONEY, UNITS, UNITS_LEAST
from trips.schema import NULL_GROUP

MONTHS = ("2020-07", "2020-08", "2020-09", "2020-10", "2020-11", "2020-12", "2021-01", "2021-02", "2021-03", "2021-04",
          "2021-05")  # fmt: skip
NEVER = quality.NEVER_NULL
FILLED = (*CODES, *MONEY, "trip_distance")


def some(raw, share, seed=0):
    """Places of a share of the rows."""
    return np.random.default_rng(seed).choice(len(raw), max(1, round(share * len(raw))), replace=False)


def put(raw, column, value, share=0.01, seed=0):
    changed = raw.copy()
    changed.loc[changed.index[some(raw, share, seed)], column] = value
    return changed


@pytest.fixture(scope="module")
def city():
    """A day, what was before it, and limits of the month before."""
    days = [(raw, known) for _, raw, known in raw_days("city", "2021-02")]
    return days[9][0], days[9][1], limits_of("city", ("2021-01",))


def limits_of(source, months):
    """As calibrate makes them, of these months."""
    found = [quality.shares(raw, known) for name in months for _, raw, known in raw_days(source, name)]
    least = {name: rule.least for name, rule in quality.RULES.items()} | {UNITS: UNITS_LEAST}
    return {name: max(2 * max(day[name] for day in found), least[name]) for name in least}


def broken(raw, city):
    return [one.rule for one in quality.inspect(raw, city[1], city[2])]


@pytest.mark.parametrize(("spoilt", "rule"), [
    (lambda raw: raw, None),
    (lambda raw: raw.assign(trip_distance=raw["trip_distance"] * 1.609), UNITS),
    (lambda raw: put(raw, "fare_amount", -1), "minus one in fare_amount"),
    (lambda raw: put(raw, "RatecodeID", -1), "unknown code in RatecodeID"),
    (lambda raw: put(raw, "PULocationID", -1), "zone outside 1..265 in PULocationID"),
    (lambda raw: put(raw, "trip_distance", -1), "negative distance"),
    (lambda raw: put(raw, "total_amount", np.nan, 0.001), "null in total_amount"),
    (lambda raw: raw.drop(columns="trip_distance"), "column trip_distance is gone"),
    (lambda raw: raw.assign(trip_distance=np.nan), "null in trip_distance"),
    (lambda raw: raw.head(20), "hardly any rows"),
    (lambda raw: raw.head(0), "hardly any rows"),
    (lambda raw: raw.assign(lpep_dropoff_datetime=raw["lpep_pickup_datetime"] - np.timedelta64(1, "h")),
     "ends before it begins"),
    (lambda raw: raw.loc[raw.index.repeat(2)], "the same row twice"),
])  # fmt: skip
def test_what_is_wrong_is_named(city, spoilt, rule):
    found = broken(spoilt(city[0]), city)
    assert found == [] if rule is None else rule in found


def test_whatever_the_log_never_has_is_not_missed(city):
    raw = city[0][list(quality.LOG_COLUMNS)]
    assert quality.inspect(raw, city[1], city[2], quality.LOG_COLUMNS) == []
    assert len(quality.inspect(raw, city[1], city[2])) > 10


@pytest.fixture(scope="module")
def big():
    """A hundred real days of 2,000 trips or more, what was before each, and the limits of the months before."""
    limit = limits_of("tlc", ("2020-09", "2020-10", "2020-11"))
    days = [(day, raw, known) for name in ("2021-01", "2021-03", "2021-04", "2021-05")
            for day, raw, known in raw_days("tlc", name) if len(raw) >= 2000]  # fmt: skip
    assert len(days) >= 100
    return days[-100:], limit


@pytest.mark.real
def test_on_no_clean_real_day_of_eleven_months_does_a_rule_break(capsys):
    limit = limits_of("tlc", ("2020-09", "2020-10", "2020-11"))
    found, days = Counter(), 0
    for name in MONTHS:
        for day, raw, known in raw_days("tlc", name):
            days += 1
            found.update(f"{one.rule} {day}: {one.said}" for one in quality.inspect(raw, known, limit))
    with capsys.disabled():
        print(f"\n  quality: {len(found)} of {days} clean days {list(found)[:8]}", end="")
    assert not found


@pytest.mark.real
@pytest.mark.parametrize(("name", "spoil", "at_least"), [
    ("kilometres", lambda raw, seed: raw.assign(trip_distance=raw["trip_distance"] * 1.609), 100),
    ("-1 in 1 % of a column", lambda raw, seed: put(raw, FILLED[seed % 15], -1, 0.01, seed), 100),
    ("1 % nulls, never-null column", lambda raw, seed: put(raw, quality.NEVER_NULL[seed % 7], None, 0.01, seed), 100),
    ("1 % nulls, one of the group", lambda raw, seed: put(raw, NULL_GROUP[seed % 6], None, 0.01, seed), 99),
    ("new zone, .5 %", lambda raw, seed: put(raw, "PULocationID", 264, 0.005, seed), 99),
])  # fmt: skip
def test_the_first_bad_batch_is_told(big, name, spoil, at_least, capsys):
    days, limit = big
    caught = 0
    for seed, (_, raw, known) in enumerate(days):
        if name.startswith("new"):
            known = checks.Reference(known.zones - {264}, known.miles)
            raw = raw[(raw["PULocationID"] != 264) & (raw["DOLocationID"] != 264)]
        mixed = raw.astype({"store_and_fwd_flag": object})  # it may hold a -1, or nothing
        caught += bool(quality.inspect(spoil(mixed, seed), known, limit))
    with capsys.disabled():
        print(f"\n  {name}: {caught} of {len(days)}", end="")
    assert caught >= at_least


@pytest.mark.real
def test_one_per_cent_more_of_the_whole_null_group_cannot_be_seen(big):
    """Apps send 5 to 59 % of a day's rides without those columns: no rule on one day can tell. Stated, not hidden."""
    days, limit = big
    assert not any(quality.inspect(put(raw, list(NULL_GROUP), None), known, limit) for _, raw, known in days[:20])


def test_months_are_read_as_the_source_has_them():
    assert len(month("city", "2021-01")) > 1000
