"""Three detectors, one name: incidents of known kinds are called what they are, and quiet days are called nothing."""

from collections import Counter
from datetime import date

import numpy as np
import pytest
from test_watch_drift import CALM, MONTHS, limits_of, moved
from test_watch_performance import INJECTED
from test_watch_quality import NEVER, put
from test_watch_quality import limits_of as quality_limits
from watch_days import days_of, raw_days

from taxi import checks
from taxi.watch import drift, limits, performance, quality
from taxi.watch.decide import TO_DO, Name, decide
from taxi.watch.quality import Broken

QUIET, LOUD = drift.Finding(False, {}, [], "hours 0.01"), drift.Finding(True, {}, ["hours"], "hours 0.30, limit 0.05")
FINE = performance.Finding(False, 0.01, 0.1, "", "error 3.50 minutes")
HURTS = performance.Finding(True, 0.2, 0.1, "level", "error 4.60 minutes")
BROKEN = [Broken("negative distance", "1.00% of 3,000 rows, 0.00% at most")]
WATCHED = 10


@pytest.mark.parametrize(("broken", "drifted", "hurt", "name"), [
    ([], QUIET, FINE, Name.FINE),
    ([], LOUD, FINE, Name.COVARIATE_SHIFT),
    ([], QUIET, HURTS, Name.MODEL_DECAY),
    ([], LOUD, HURTS, Name.MODEL_DECAY),
    (BROKEN, QUIET, FINE, Name.DATA_FAULT),
    (BROKEN, LOUD, HURTS, Name.DATA_FAULT),
])  # fmt: skip
def test_data_first_then_the_model_then_the_trips(broken, drifted, hurt, name):
    verdict = decide(broken, drifted, hurt)
    assert (verdict.name, verdict.to_do) == (name, TO_DO[name])
    assert verdict.reasons


@pytest.fixture(scope="module")
def world():
    """The calm real year: days, the same with slower and faster trips, raw days, and all limits."""
    days = days_of("tlc", MONTHS)
    changed = {kind: days_of("tlc", MONTHS, changed=INJECTED[kind]) for kind in ("slower", "faster")}
    raw = {day: (rows, known) for name in MONTHS[2:] for day, rows, known in raw_days("tlc", name)}
    calm = [day for day in days if day.date.month in CALM]
    found = limits.Limits(limits.error_limit(calm, np.random.default_rng(0)), limits_of(calm),
                          quality_limits("tlc", ("2020-09", "2020-10", "2020-11")), [], [], "", "")  # fmt: skip
    onsets = [n for n in range(75, len(days) - WATCHED)
              if all(day.date.month in CALM for day in days[n - 3 : n + WATCHED])
              and not any(performance.skipped(day.date) for day in days[n : n + 3])]  # fmt: skip
    return days, changed, raw, found, onsets


def spoilt(kind, raw, known, seed):
    """A raw day with an incident of the data, and what was before it."""
    raw = raw.astype({"store_and_fwd_flag": object})
    if kind == "units":
        return raw.assign(trip_distance=raw["trip_distance"] * 1.609), known
    if kind == "nulls":
        return put(raw, NEVER[seed % len(NEVER)], None, 0.01, seed), known
    if kind == "minus one":
        return put(raw, quality.MONEY[seed % len(quality.MONEY)], -1, 0.01, seed), known
    return put(raw, "PULocationID", 264, 0.005, seed), checks.Reference(known.zones - {264}, known.miles)


def called(world, kind, onset, seed):
    """The first name that is not fine, in ten days; fine without."""
    days, changed, raw, found, _ = world
    lived = {"demand": [moved(day, ("pick-up borough", "hours", "distance")[seed % 3]) for day in days[onset:]],
             "speed": changed[("slower", "faster")[seed % 2]][onset:]}.get(kind, days[onset:])  # fmt: skip
    for after in range(WATCHED):
        rows, known = raw[days[onset + after].date]
        if kind in ("units", "nulls", "minus one", "new zone"):
            rows, known = spoilt(kind, rows, known, seed)
        seen = [*days[onset - 75 : onset], *lived[: after + 1]]
        verdict = decide(quality.inspect(rows, known, found.quality), drift.look(seen, found.drift),
                         performance.look(seen, found.error))  # fmt: skip
        if verdict.name is not Name.FINE:
            return verdict.name
    return Name.FINE


@pytest.mark.real
def test_two_hundred_incidents_are_called_what_they_are_and_quiet_days_nothing(world, capsys):
    rng = np.random.default_rng(5)
    right = {"units": Name.DATA_FAULT, "nulls": Name.DATA_FAULT, "minus one": Name.DATA_FAULT,
             "new zone": Name.DATA_FAULT, "demand": Name.COVARIATE_SHIFT, "speed": Name.MODEL_DECAY}  # fmt: skip
    kinds = list(right)
    wrong = Counter()
    for seed in range(200):
        kind = kinds[seed % 6]
        name = called(world, kind, int(rng.choice(world[4])), seed // 6)
        wrong[f"{kind} called {name}"] += name is not right[kind]
    nothing = sum(called(world, "none", int(onset), 0) is not Name.FINE for onset in rng.choice(world[4], 100))
    with capsys.disabled():
        found = {what: many for what, many in wrong.items() if many}
        print(
            f"\n  incidents: {200 - sum(wrong.values())} of 200 called right {found}; quiet: {nothing} of 100", end=""
        )
    assert sum(wrong.values()) <= 6
    assert nothing == 0


@pytest.mark.real
def test_a_day_is_judged_in_a_tenth_of_a_second(world, capsys):
    """Printed, not judged: a slow machine is no fault. What bounds it are the medians of eight weeks."""
    import time

    days, _, raw, found, _ = world
    rows, known = raw[date(2021, 4, 15)]
    place = next(n for n, day in enumerate(days) if day.date == date(2021, 4, 15))
    began = time.perf_counter()
    decide(quality.inspect(rows, known, found.quality), drift.look(days[place - 120 : place + 1], found.drift),
           performance.look(days[place - 120 : place + 1], found.error))  # fmt: skip
    with capsys.disabled():
        print(f"\n  a day of {len(rows):,} rows judged in {time.perf_counter() - began:.3f} s", end="")
