"""What an incident does to a model that was trained before it: the right way, and by as much as in reality."""

import numpy as np
import pandas as pd
import pytest
from day_statistics import features, mean
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

import trips
from trips import Incident
from trips.city.map import streets

REAL_LOCKDOWN = {  # minutes, on the real 2020-04 and 2020-05; the stale model learned from the three weeks before
    "stale, bias in April": 3.70,
    "stale, bias in May": 3.05,
    "stale, error in May": 4.50,
    "retrained on April, error in May": 3.12,
}


def clean(source: trips.Source, month: str) -> pd.DataFrame:
    return trips.clean(source.month(month))[0]


def errors(train: pd.DataFrame, *scored: pd.DataFrame) -> list[pd.Series]:
    """Prediction minus truth in minutes, for each trip of each frame."""
    with threadpool_limits(1):
        model = HistGradientBoostingRegressor(random_state=0).fit(features(train), train[trips.TARGET])
        return [model.predict(features(frame)) - frame[trips.TARGET] for frame in scored]


def lockdown(source: trips.Source) -> dict[str, float]:
    """The keys of REAL_LOCKDOWN."""
    march, april, may = (clean(source, month) for month in ("2020-03", "2020-04", "2020-05"))
    in_april, in_may = errors(march[march["pickup_at"] < "2020-03-22"], april, may)
    (retrained,) = errors(april, may)
    figures = (in_april.mean(), in_may.mean(), in_may.abs().mean(), retrained.abs().mean())
    return dict(zip(REAL_LOCKDOWN, map(float, figures), strict=True))


def test_a_slowdown_makes_a_model_promise_too_little():
    """A fifth slower: 4 minutes too few on the mean trip, and an error half as large again."""
    slow = trips.City(0, [Incident("slowdown", "2021-02-01", "2021-03-01", 0.2)])
    train, *months = clean(slow, "2021-01"), clean(slow, "2021-03"), clean(trips.City(0), "2021-03")
    hit, calm = errors(train, *months)
    assert hit.mean() - calm.mean() == pytest.approx(-4, abs=0.5)
    assert 1.3 < hit.abs().mean() / calm.abs().mean() < 1.8


def test_new_zones_hurt_those_who_ride_there():
    """Overall the error hardly moves; inside the new zones it is far larger: only a look at slices finds it."""
    city = trips.City(0, [Incident("new_zones", "2021-03-01", "2021-04-01", 0.03)])
    train, *months = clean(city, "2021-01"), clean(city, "2021-03"), clean(trips.City(0), "2021-03")
    hit, calm = errors(train, *months)
    new = months[0]["pickup_zone"].isin(np.flatnonzero(streets().reserved) + 1)
    assert hit.abs().mean() / calm.abs().mean() < 1.1
    assert hit[new].abs().mean() / hit[~new].abs().mean() > 1.5


@pytest.mark.slow
def test_a_lockdown_hurts_a_stale_model_as_the_real_one_did():
    """Size .6 for two months, mean of three seeds: bias and errors within 35 % of those of spring 2020."""
    incident = Incident("lockdown", "2020-03-22", "2020-06-01", 0.6)
    measured = mean(lockdown(trips.City(seed, [incident])) for seed in range(3))
    assert measured == pytest.approx(REAL_LOCKDOWN, rel=0.35)


@pytest.mark.real
def test_the_figures_of_the_lockdown_are_what_the_real_months_hold():
    """Within 5 %, for the rounding of another processor."""
    assert lockdown(trips.open_source("tlc")) == pytest.approx(REAL_LOCKDOWN, rel=0.05)
