"""The error by hour, distance, borough and null group: a trip is in one slice of each, and the slices add up."""

import re

import numpy as np
import pandas as pd
import pytest

from taxi import model, slices
from trips import TARGET

pytest_plugins = ["registry_fixtures"]
KINDS = ("hour", "miles", "borough", "null_group")


@pytest.fixture(scope="module")
def predicted(pipeline, months):
    return pipeline.predict(model.table(months.valid))


@pytest.fixture(scope="module")
def figures(predicted, months):
    return slices.rmse_by_slice(predicted, months.valid, months.boroughs)


def trips_of(n=40, **columns):
    """n trips of one minute from zone 74, one mile, at noon; or with other columns."""
    usual = {"pickup_at": pd.Timestamp("2021-02-01T12:00"), "pickup_zone": 74, "distance_miles": 1.0,
             "null_group": False, TARGET: 1.0}  # fmt: skip
    return pd.DataFrame(usual | columns, index=range(n))


def boroughs(**named):
    names = np.full(266, "Queens", dtype="U20")
    for zone, name in named.items():
        names[int(zone.removeprefix("zone"))] = name
    return names


def test_every_trip_is_in_one_slice_of_each_kind(months):
    for name, cut in slices.cuts(months.valid, months.boroughs).items():
        assert cut.notna().all(), name
    assert tuple(slices.cuts(months.valid, months.boroughs)) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_the_squares_of_the_slices_add_up_to_those_of_the_whole(figures, predicted, months, kind):
    """Nothing is counted twice, nothing is left out but slices too small to say anything."""
    error = predicted - months.valid[TARGET].to_numpy()
    sizes = slices.cuts(months.valid, months.boroughs)[kind].value_counts()
    found = {value: figures.get(f"rmse.{kind}.{value}".replace(" ", "_")) for value in sizes.index}
    total = sum(sizes[value] * rmse**2 for value, rmse in found.items() if rmse is not None)
    small = sum(sizes[value] for value, rmse in found.items() if rmse is None)
    assert total == pytest.approx(np.sum(error**2), rel=1e-9 if small == 0 else 0.02)


def test_a_slice_is_the_error_of_its_trips_alone(figures, predicted, months):
    error = predicted - months.valid[TARGET].to_numpy()
    hour, miles = months.valid["pickup_at"].dt.hour, months.valid["distance_miles"]
    for name, own in {
        "rmse.hour.6-9": hour.between(6, 9), "rmse.hour.0-5": hour <= 5, "rmse.hour.20-23": hour >= 20,
        "rmse.miles.0-1": miles <= 1, "rmse.miles.2-5": (miles > 2) & (miles <= 5), "rmse.miles.10-200": miles > 10,
        "rmse.null_group.yes": months.valid["null_group"], "rmse.null_group.no": ~months.valid["null_group"],
        "rmse.borough.Queens": months.boroughs[months.valid["pickup_zone"]] == "Queens",
    }.items():  # fmt: skip
        assert figures[name] == pytest.approx(np.sqrt(np.mean(error[own] ** 2))), name


@pytest.mark.parametrize(
    ("hour", "band"),
    [(0, "0-5"), (5, "0-5"), (6, "6-9"), (9, "6-9"), (10, "10-15"), (15, "10-15"), (16, "16-19"), (19, "16-19"),
     (20, "20-23"), (23, "20-23")],
)  # fmt: skip
def test_each_hour_is_in_its_band(hour, band):
    rows = trips_of(pickup_at=pd.Timestamp("2021-02-01") + pd.Timedelta(hours=hour, minutes=59))
    assert f"rmse.hour.{band}" in slices.rmse_by_slice(np.ones(40), rows, boroughs())


@pytest.mark.parametrize(("miles", "band"), [(0.01, "0-1"), (1.0, "0-1"), (1.01, "1-2"), (5.0, "2-5"), (10.0, "5-10"),
                                             (10.01, "10-200"), (200.0, "10-200")])  # fmt: skip
def test_each_distance_is_in_its_band(miles, band):
    found = slices.rmse_by_slice(np.ones(40), trips_of(distance_miles=miles), boroughs())
    assert [name for name in found if name.startswith("rmse.miles.")] == [f"rmse.miles.{band}"]


def test_an_error_of_two_minutes_is_two_minutes_in_each_slice():
    found = slices.rmse_by_slice(np.full(40, 3.0), trips_of(), boroughs())
    assert found == dict.fromkeys(
        ("rmse.hour.10-15", "rmse.miles.0-1", "rmse.borough.Queens", "rmse.null_group.no"), pytest.approx(2.0)
    )


@pytest.mark.parametrize(("trips", "there"), [(29, False), (30, True)])
def test_a_slice_of_fewer_than_thirty_trips_says_nothing(trips, there):
    rows = pd.concat([trips_of(40), trips_of(trips, null_group=True)], ignore_index=True)
    assert ("rmse.null_group.yes" in slices.rmse_by_slice(np.ones(len(rows)), rows, boroughs())) is there


def test_names_are_what_the_registry_takes():
    """TLC's zone table has Staten Island, and writes N/A for zones in no borough."""
    rows = pd.concat([trips_of(40), trips_of(40, pickup_zone=5)], ignore_index=True)
    found = slices.rmse_by_slice(np.ones(80), rows, boroughs(zone74="N/A", zone5="Staten Island"))
    assert {"rmse.borough.NA", "rmse.borough.Staten_Island"} <= set(found)
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+", name) for name in found)
