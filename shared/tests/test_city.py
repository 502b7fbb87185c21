"""The simulated city is like the real one where it matters, and the checks that say so can tell when it is not."""

import importlib
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from day_statistics import day_statistics, ladder, mean

import trips
from trips import city
from trips.city import calibration
from trips.city.calibration import REAL_2021_01, REAL_DAYS, REAL_LADDER, days_outside, outside
from trips.describe import figures

rides = importlib.import_module("trips.city.rides")  # the attribute of that name is the function
SEEDS = [pytest.param(seed, marks=pytest.mark.slow if seed > 2 else ()) for seed in range(20)]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_simulated_month_looks_like_the_real_one(seed):
    """Volumes, dirt, lengths, places, hours and speeds: every figure within 10 % or three standard errors."""
    assert outside(figures(trips.City(seed).month("2021-01"))) == []


@pytest.mark.real
def test_the_calibration_is_what_the_real_month_holds():
    """The constants in the package are measured, not remembered."""
    measured = figures(trips.open_source("tlc").month("2021-01"))
    assert {name: float(f"{value:.5g}") for name, value in measured.items()} == REAL_2021_01


@pytest.mark.slow
def test_days_differ_as_real_days_do():
    """Mean of 20 seeds: errors vary from day to day, hang together and drift as on the real months."""
    with ProcessPoolExecutor(min(4, os.cpu_count() or 1), get_context("spawn")) as pool:
        runs = list(pool.map(day_statistics, [trips.City(seed) for seed in range(20)]))
    assert days_outside(mean(runs)) == []


@pytest.mark.real
@pytest.mark.slow
def test_the_day_statistics_are_what_the_real_months_hold():
    """Within 5 %: on another processor a rounding flips a split of a tree, and moves a gain as another seed does."""
    measured = mean(day_statistics(trips.open_source("tlc"), seed) for seed in range(5))
    assert measured == pytest.approx(REAL_DAYS, rel=0.05)


def test_better_models_are_better_on_the_city():
    """Mean, linear on the pair, boosting, boosting with encoded zones: the order of the real months."""
    errors = list(ladder(trips.City(0)).values())
    assert errors == sorted(errors, reverse=True)


@pytest.mark.slow
def test_the_ladder_of_models_has_the_real_steps():
    """The order holds on each of three seeds, and each RMSE lies within 10 % of the real one on their mean."""
    runs = [ladder(trips.City(seed)) for seed in range(3)]
    assert all(list(run.values()) == sorted(run.values(), reverse=True) for run in runs)
    assert mean(runs) == pytest.approx(REAL_LADDER, rel=0.1)


@pytest.mark.real
def test_the_ladder_is_what_the_real_months_hold():
    """The linear model gives the published 7.76."""
    assert ladder(trips.open_source("tlc")) == pytest.approx(REAL_LADDER, rel=0.005)


@pytest.mark.slow
def test_a_city_without_moods_is_caught(monkeypatch):
    """Take the traffic's moods away, and the check of the days says that they are too much alike."""
    moods = rides.moods
    monkeypatch.setattr(rides, "moods", lambda days, seed: moods(days, seed) * np.array([[0.0], [1.0]]))
    found = " ".join(days_outside(mean(day_statistics(trips.City(seed)) for seed in range(3))))
    assert "daily error less weekday, sd %" in found
    assert "daily error less month and weekday, sd %" in found
    assert "fresh against old, day sd %" in found


def test_a_city_with_slower_streets_is_caught(monkeypatch):
    """A speed table 15 % lower shows in the speed of the busy hours and in the length of rides."""
    monkeypatch.setattr(rides, "MPH", 0.85 * rides.MPH)
    found = " ".join(outside(figures(trips.City(0).month("2021-01"))))
    assert "hour 12, median mph" in found
    assert "minutes, 50 % below" in found


def test_a_city_where_night_is_as_slow_as_midday_is_caught(monkeypatch):
    """Few rides at night widen the tolerance, and not so far that a wrong table hides in it."""
    monkeypatch.setattr(rides, "HURRY", np.ones(24))
    found = " ".join(outside(figures(trips.City(0).month("2021-01"))))
    assert all(f"hour {hour:02d}, median mph" in found for hour in range(7))


def test_a_figure_that_is_missing_is_outside():
    """An hour without a ride has no speed, and no speed is not the right speed."""
    assert outside(REAL_2021_01 | {"hour 02, median mph": float("nan")}) != []


def test_no_draw_has_moved():
    """One month to the last bit. A changed order of draws is a new calibration: measure, then write the new digest."""
    assert calibration.digest(city.month("2021-01")) == calibration.DIGEST_2021_01, (
        f"the digest belongs to numpy {calibration.NUMPY}, here runs numpy {np.__version__}"
    )


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_every_process_simulates_the_same_month(hash_seed):
    """Same seed, same rows, whatever the process and Python's hash seed."""
    code = "from trips import city; from trips.city.calibration import digest; print(digest(city.month('2021-01', 5)))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == calibration.digest(city.month("2021-01", 5))


def test_the_order_of_the_months_does_not_matter():
    """A month is a pure function of its name and the seed: asking for others first changes nothing."""
    first = calibration.digest(city.month("2021-02", 3))
    city.month("2021-01", 3), city.month("2030-06", 4)
    assert calibration.digest(city.month("2021-02", 3)) == first


def test_seeds_are_different_worlds_on_the_same_map():
    """Another seed gives other rides, and the busiest zone stays the busiest."""
    one, other = (city.month("2021-01", seed) for seed in (0, 1))
    assert calibration.digest(one) != calibration.digest(other)
    assert one["PULocationID"].mode()[0] == other["PULocationID"].mode()[0]
