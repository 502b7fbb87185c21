"""The data contract on whole months: a source that went wrong is caught, clean months pass, a bad model is not seen."""

from itertools import pairwise

import numpy as np
import pytest

import trips
from taxi import checks, model
from taxi.errors import ContractViolated

KM_PER_MILE = 1.609344
KILOMETRES = "miles over the usual miles of the same pair of zones"
UNKNOWN_ZONES = "share of trips with zones that the reference month lacks"


def city(kind, size, month="2021-02"):
    """A month of the simulated city with one incident from its first day to its last."""
    return trips.City(0, [trips.Incident(kind, f"{month}-01", "2021-03-01", size)]).month(month)


def test_kilometres_for_miles_are_caught(january, reference):
    """Every single distance could be right: only beside the usual miles of its pair of zones it is not."""
    wrong = city("kilometres", 1)
    with pytest.raises(ContractViolated, match=rf"{KILOMETRES}: 1\.6\d+, must be 0.8 to 1.25"):
        checks.check(wrong, "2021-02", reference)
    checks.check(wrong, "2021-02")  # without a month to compare with, nothing is wrong


def test_kilometres_are_caught_from_half_of_the_rows_on(reference):
    """The median moves slowly: 48 % of the rows are enough, 40 % are not. A monitor of level 3 sees the rest."""
    assert len(checks.violations(trips.as_trips(city("kilometres", 0.5)), reference)) == 1
    assert checks.violations(trips.as_trips(city("kilometres", 0.4)), reference) == []


@pytest.mark.parametrize(
    ("kind", "size", "name"),
    [
        ("new_zones", 0.03, UNKNOWN_ZONES),
        ("nulls", 0.01, "share of rows, no distance"),
        ("minus_one", 0.1, "share of rows, distance zero or less"),
    ],
)
def test_other_incidents_of_a_source_are_caught_by_name(reference, kind, size, name):
    (line,) = checks.violations(trips.as_trips(city(kind, size)), reference)
    assert line.startswith(f"{name}: ")


@pytest.mark.parametrize(("kind", "size"), [("slowdown", 0.4), ("lockdown", 0.6)])
def test_what_happens_to_the_city_is_not_the_contract_s_business(reference, kind, size):
    """The data mean what they meant; the world changed. That is for a monitor, and there is none at this level."""
    checks.check(city(kind, size), "2021-02", reference)


@pytest.mark.parametrize("seed", range(6))
def test_clean_months_pass(seed):
    """A contract that cries wolf is switched off: six cities, neighbouring months and a year later."""
    months = [trips.City(seed).month(month) for month in ("2020-12", "2021-01", "2021-02", "2022-01")]
    for before, month in pairwise(months):
        checks.check(month, "a clean month", checks.learn(before))


def test_a_bad_model_passes_the_contract(train, valid, february, reference):
    """What still hurts: the contract looks at data. A model of shuffled labels is made, handed over, and serves."""
    shuffled = train.assign(**{trips.TARGET: np.random.default_rng(0).permutation(train[trips.TARGET])})
    checks.check(february, "2021-02", reference)
    checks.check_rows(shuffled, "the training month", reference)
    found = model.evaluate(model.fit(shuffled), valid)
    assert found["rmse"] > found["rmse_of_mean"]


@pytest.mark.real
def test_every_real_month_passes_beside_the_one_before_it():
    """Eighteen months, a lockdown, years in between."""
    source = trips.open_source("tlc")
    before = None
    for month in source.months():
        raw = source.month(month)
        checks.check(raw, month, before)
        before = checks.learn(raw)


@pytest.mark.real
def test_every_real_month_in_kilometres_is_caught():
    source = trips.open_source("tlc")
    for before, month in pairwise(source.months()):
        raw = source.month(month)
        wrong = trips.as_trips(raw.assign(trip_distance=KM_PER_MILE * raw["trip_distance"]))
        found = checks.violations(wrong, checks.learn(source.month(before)))
        assert any(line.startswith(KILOMETRES) for line in found), month
